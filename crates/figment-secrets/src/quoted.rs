//! [`Quoted`]: what of a configuration text may be shown, with the offending part marked.

use std::ops::Range;

use secret_ref::{Component, ParseError};

/// Is the reference within a text, in one line.
pub(crate) struct Quoted {
    pub(crate) reference: String,
    /// The offending bytes of the reference.
    pub(crate) mark: Range<usize>,
}

impl Quoted {
    /// Returns the offending part.
    pub(crate) fn marked(&self) -> &str {
        self.reference.get(self.mark.clone()).unwrap_or_default()
    }

    /// Quotes a reference that was found wanting, and marks the part that is to blame.
    pub(crate) fn to_blame(reference: &str, code: &str) -> Self {
        let part = part_to_blame(code).and_then(|part| part.span(reference));
        Self {
            reference: reference.to_owned(),
            mark: part.unwrap_or(0..reference.len()),
        }
    }

    /// Quotes what of a text that does not parse was meant as the reference, and marks the mistake.
    pub(crate) fn broken(error: &ParseError) -> Self {
        let (text, range, span) = (error.input(), error.quoted(), error.span());
        let escaped = |range: Range<usize>| escape(text.get(range).unwrap_or_default());
        let start = escaped(range.start..span.start.max(range.start)).len();
        let length = escaped(span).len();
        let reference = escaped(range);
        let end = (start + length).min(reference.len());
        Self {
            mark: start.min(end)..end,
            reference,
        }
    }
}

fn part_to_blame(code: &str) -> Option<Component> {
    Some(match code {
        "unknown-scheme" | "scheme-not-allowed" => Component::Scheme,
        "unknown-project" | "unknown-tenant" => Component::Project,
        "environment-not-allowed" | "unknown-environment" => Component::Environment,
        "folder-not-allowed" | "folder-not-found" | "denied" => Component::Folder,
        "secret-not-found" | "hidden-value" | "empty-value" | "unexpanded-value" => Component::Key,
        "unsupported" => Component::Options,
        "field-not-found" | "field-not-text" | "not-json" => Component::Pointer,
        _ => return None,
    })
}

/// Escapes control characters, so that no input breaks a line or moves a cursor.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() {
            true => escaped.extend(c.escape_default()),
            false => escaped.push(c),
        }
    }
    escaped
}
