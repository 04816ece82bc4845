//! [`LogEvent`]: one thing that was logged.

use std::fmt;

use tracing::Level;

/// Holds one event with all its fields as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    pub(crate) level: Level,
    pub(crate) target: String,
    pub(crate) span: Option<String>,
    pub(crate) fields: Vec<(&'static str, String)>,
}

impl LogEvent {
    /// Returns the level.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Returns the target, which is the module that logged unless it said otherwise.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Returns the name of the span that began or gained fields; `None` for an event proper.
    pub fn span(&self) -> Option<&str> {
        self.span.as_deref()
    }

    /// Returns the message, empty where there is none.
    pub fn message(&self) -> &str {
        self.field("message").unwrap_or_default()
    }

    /// Returns the text of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| *field == name)
            .map(|(_, text)| text.as_str())
    }

    /// Returns all fields, the message among them, in the order they were written.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
    }
}

impl fmt::Display for LogEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}:", self.level, self.target)?;
        if let Some(span) = &self.span {
            write!(f, " span {span}")?;
        }
        self.fields().try_for_each(|(name, text)| match name {
            "message" => write!(f, " {text}"),
            _ => write!(f, " {name}={text}"),
        })
    }
}
