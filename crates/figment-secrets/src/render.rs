//! [`Diagnostics`]: problems as compilers print them.

use std::error::Error;
use std::fmt;

use annotate_snippets::{
    AnnotationKind, Element, Group, Level, Origin, Padding, Renderer, Snippet,
};

use crate::{Problem, Severity};

/// How many other keys a problem names that have the same cause.
const NAMED_KEYS: usize = 5;

/// Prints problems as compilers print theirs: where, the reference with the offending part marked, and what to do.
///
/// Where a source failed as a whole, which is one problem and not one for each key, it is printed once and names the
/// keys. Control characters come out as visible ones, so that no name moves a cursor.
///
/// # Examples
///
/// ```
/// use figment::{Figment, providers::{Format, Toml}};
/// use figment_secrets::{Diagnostics, ResolveSecrets};
/// use secret_source::{MemorySource, Resolver};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let resolver = Resolver::builder(MemorySource::new()).build()?;
/// let figment = Figment::from(Toml::string("password = 'infisical://prod/db/PASSWORD?optinal'"));
/// let error = figment.resolve_secrets(&resolver).await.unwrap_err();
/// assert_eq!(
///     Diagnostics::of(error.problems()).coloured(false).to_string(),
///     "\
/// error[unknown-option]: unknown option: `optinal`
///   |
/// 1 | infisical://prod/db/PASSWORD?optinal
///   |                              ^^^^^^^
///   |
///   = note: for key `password` in TOML source string
///   = help: did you mean `optional`?"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Diagnostics<'p> {
    problems: Vec<&'p Problem>,
    coloured: bool,
}

/// A problem, and others that have the same cause.
struct Rendered<'p> {
    problem: &'p Problem,
    others: Vec<&'p Problem>,
    coloured: bool,
}

impl<'p> Diagnostics<'p> {
    /// Shows these problems in plain text.
    pub fn of(problems: impl IntoIterator<Item = &'p Problem>) -> Self {
        Self {
            problems: problems.into_iter().collect(),
            coloured: false,
        }
    }

    /// Adds the colours of a terminal, or leaves them out.
    pub fn coloured(self, coloured: bool) -> Self {
        Self { coloured, ..self }
    }

    /// Joins problems of one cause, each at the place of the first.
    fn rendered(&self) -> Vec<Rendered<'p>> {
        let mut all: Vec<Rendered<'p>> = Vec::new();
        for problem in &self.problems {
            let same = all
                .iter_mut()
                .find(|first| first.problem.has_the_cause_of(problem));
            match same {
                Some(first) => first.others.push(problem),
                None => all.push(Rendered {
                    problem,
                    others: Vec::new(),
                    coloured: self.coloured,
                }),
            }
        }
        all
    }
}

/// Prints one paragraph for each cause, without a line break behind the last.
impl fmt::Display for Diagnostics<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, rendered) in self.rendered().iter().enumerate() {
            write!(f, "{}{rendered}", if index == 0 { "" } else { "\n\n" })?;
        }
        Ok(())
    }
}

impl<'p> Rendered<'p> {
    fn snippet(&self) -> Option<Element<'p>> {
        let problem = self.problem;
        let reference = problem.reference.as_deref()?;
        let (start, end) = problem.mark.unwrap_or((0, reference.len()));
        let lead = problem.lead.as_deref().unwrap_or_default();
        let mark = AnnotationKind::Primary.span(lead.len() + start..lead.len() + end);
        let snippet = Snippet::source(format!("{lead}{reference}")).annotation(mark);
        Some(match (problem.file.as_deref(), problem.line) {
            (Some(file), Some(line)) => snippet.path(file).line_start(line).into(),
            _ => snippet.into(),
        })
    }

    /// Says where a problem without a snippet stands.
    fn origin(&self) -> Option<Element<'p>> {
        let problem = self.problem;
        let origin = Origin::path(problem.file.as_deref()?).line(problem.line?);
        Some(match problem.column {
            Some(column) => origin.char_column(column).into(),
            None => origin.into(),
        })
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        notes.extend(self.whereabouts());
        if !self.others.is_empty() {
            notes.push(format!("the same for {}", self.other_keys()));
        }
        if let Some(cause) = self.problem.error.as_ref().and_then(Error::source) {
            notes.push(format!("cause: {}", chain(cause)));
        }
        notes
    }

    /// Names key and place as far as the snippet does not.
    fn whereabouts(&self) -> Option<String> {
        let problem = self.problem;
        let located = problem.file.is_some() && problem.line.is_some();
        let place = problem.place.as_deref().filter(|_| !located);
        let key_is_shown = problem
            .lead
            .as_ref()
            .zip(problem.key.as_ref())
            .is_some_and(|(lead, key)| written_key(lead) == key);
        let key = problem.key.as_deref().filter(|_| !key_is_shown);
        match (key, place) {
            (Some(key), Some(place)) => Some(format!("for key `{key}` in {place}")),
            (Some(key), None) => Some(format!("for key `{key}`")),
            (None, Some(place)) => Some(format!("in {place}")),
            (None, None) => None,
        }
    }

    fn other_keys(&self) -> String {
        let keys = self.others.iter().filter_map(|other| other.key.as_deref());
        let named: Vec<_> = keys
            .take(NAMED_KEYS)
            .map(|key| format!("`{key}`"))
            .collect();
        match self.others.len().saturating_sub(NAMED_KEYS) {
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        }
    }
}

impl fmt::Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = self.problem;
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level
            .primary_title(problem.message.as_str())
            .id(problem.code);
        let mut group = Group::with_title(title);
        if let Some(source) = self.snippet().or_else(|| self.origin()) {
            group = group.element(source).element(Padding);
        }
        for note in self.notes() {
            group = group.element(Level::NOTE.message(visible(&note)));
        }
        if let Some(hint) = &problem.hint {
            group = group.element(Level::HELP.message(visible(hint)));
        }
        let renderer = match self.coloured {
            false => Renderer::plain(),
            true => Renderer::styled(),
        };
        f.write_str(renderer.render(&[group]).trim_end())
    }
}

/// Prints an error and all it came from, each after a colon.
fn chain(mut error: &dyn Error) -> String {
    let mut text = error.to_string();
    while let Some(cause) = error.source() {
        text = format!("{text}: {cause}");
        error = cause;
    }
    text
}

/// Replaces what a terminal takes for a command: names come from files and servers.
fn visible(text: &str) -> String {
    let commands = |c: char| {
        let turns_around = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() || turns_around
    };
    text.replace(commands, "\u{fffd}")
}

/// Returns the key that stands before a value in its line.
fn written_key(lead: &str) -> &str {
    lead.trim_matches(|c: char| c.is_whitespace() || matches!(c, '=' | ':' | '"' | '\''))
}
