//! What a rule found.

/// Collects problems, which make `tidy` fail, and notes, which do not.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    problems: Vec<String>,
    notes: Vec<String>,
}

impl Findings {
    pub(crate) fn problem(&mut self, place: &str, message: impl AsRef<str>) {
        self.problems.push(format!("{place}: {}", message.as_ref()));
    }

    /// Adds a problem at a line, counted from 1, in the form that editors make clickable.
    pub(crate) fn problem_at(&mut self, path: &str, line: usize, message: impl AsRef<str>) {
        self.problems
            .push(format!("{path}:{line}: {}", message.as_ref()));
    }

    pub(crate) fn note(&mut self, message: impl Into<String>) {
        self.notes.push(message.into());
    }

    pub(crate) fn problems(&self) -> &[String] {
        &self.problems
    }

    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }
}
