//! [`Problem`]: one thing that is wrong with a configuration, and what to do about it.

use std::fmt;

use figment::Figment;
use figment::value::Tag;
use secret_ref::{ParseError, ParseErrorKind, SecretRef};
use secret_source::{ErrorKind, SecretError};
use serde::Serialize;

use crate::ProblemKind;
use crate::key_path::KeyPath;
use crate::place::Place;
use crate::provider_error::explain;

/// Describes one thing that is wrong with a configuration. It holds no value.
///
/// It serialises to the fields `key`, `file`, `line`, `reference`, `kind`, `message` and `hint`.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// The configuration key; `None` where a whole file cannot be read.
    pub key: Option<String>,
    /// The file that holds the key, where figment knows one.
    pub file: Option<String>,
    /// The line in the file, counted from 1, where it is known.
    pub line: Option<usize>,
    /// The reference in its canonical form; as far as it may be shown where it does not parse.
    pub reference: Option<String>,
    /// What sort of problem it is, for code that branches.
    pub kind: ProblemKind,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do, in one sentence.
    pub hint: Option<String>,
    /// The failed look-up, with its cause and the time to wait, where there was one.
    #[serde(skip)]
    pub error: Option<SecretError>,
    /// What figment calls the place: the file, or the provider where there is none.
    #[serde(skip)]
    pub place: Option<String>,
}

impl Problem {
    /// Describes a text that does not parse as the reference or template it was meant to be.
    pub(crate) fn parse(figment: &Figment, tag: Tag, key: &KeyPath, error: &ParseError) -> Self {
        let mut message = error.kind().to_string();
        if let Some(part) = error
            .input()
            .get(error.span())
            .filter(|part| !part.is_empty())
        {
            message = format!("{message}: `{}`", part.escape_debug());
        }
        Self {
            reference: Some(reference_of(error)),
            hint: Some(error.hint().to_owned()),
            ..Self::at(
                figment,
                tag,
                key,
                ProblemKind::InvalidReference(error.kind()),
                message,
            )
        }
    }

    /// Describes a text whose scheme is nearly a registered one. The text itself may be a password.
    pub(crate) fn near_scheme(
        figment: &Figment,
        tag: Tag,
        key: &KeyPath,
        written: &str,
        registered: &str,
    ) -> Self {
        let message =
            format!("`{written}` is not a registered scheme, so the text is used as it is");
        Self {
            reference: Some(format!("{written}://…")),
            hint: Some(format!("did you mean `{registered}://`?")),
            ..Self::at(figment, tag, key, ProblemKind::NearScheme, message)
        }
    }

    /// Describes a reference that could not be answered.
    pub(crate) fn lookup(
        figment: &Figment,
        tag: Tag,
        key: &KeyPath,
        reference: &SecretRef,
        error: SecretError,
    ) -> Self {
        let reference = reference.to_string();
        // The message of a reference that never became an address begins with it.
        let message = error
            .message()
            .strip_prefix(&format!("{reference}: "))
            .unwrap_or(error.message());
        let kind = ProblemKind::Lookup(error.kind());
        Self {
            hint: Some(error.hint().unwrap_or(remedy(error.kind())).to_owned()),
            ..Self::at(figment, tag, key, kind, message.to_owned())
        }
        .about(reference, error)
    }

    /// Describes a provider of the configuration that failed, without the text that it quotes.
    pub(crate) fn configuration(error: &figment::Error) -> Self {
        let key = KeyPath::of(error);
        let place = error
            .metadata
            .as_ref()
            .map(Place::of_metadata)
            .unwrap_or_default();
        let explained = explain(&error.kind);
        Self {
            key: Some(key.to_string()).filter(|_| !key.is_root()),
            file: place.file,
            line: explained.line,
            reference: None,
            kind: ProblemKind::Configuration,
            message: explained.message,
            hint: Some(
                "correct it there; its text is not shown, since it may hold secrets".to_owned(),
            ),
            error: None,
            place: place.shown,
        }
    }

    fn at(figment: &Figment, tag: Tag, key: &KeyPath, kind: ProblemKind, message: String) -> Self {
        let place = Place::of_tag(figment, tag);
        Self {
            key: Some(key.to_string()),
            file: place.file,
            line: None,
            reference: None,
            kind,
            message,
            hint: None,
            error: None,
            place: place.shown,
        }
    }

    fn about(self, reference: String, error: SecretError) -> Self {
        Self {
            reference: Some(reference),
            error: Some(error),
            ..self
        }
    }
}

/// Prints `key (file): reference: message`, and the hint on a line of its own.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        match (&self.key, &self.place) {
            (Some(key), Some(place)) => write!(f, "{key} ({place}{line}): ")?,
            (Some(key), None) => write!(f, "{key}: ")?,
            (None, Some(place)) => write!(f, "{place}{line}: ")?,
            (None, None) => {}
        }
        if let Some(reference) = &self.reference {
            write!(f, "{reference}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Returns what of a text that does not parse was meant as the reference. The text around it in a
/// template may hold a password, and so may what follows a reference that is never closed.
fn reference_of(error: &ParseError) -> String {
    let (text, span) = (error.input(), error.span());
    let marked = text.get(span.clone()).unwrap_or_default();
    let unbounded = matches!(
        error.kind(),
        ParseErrorKind::UnclosedReference
            | ParseErrorKind::NestedReference
            | ParseErrorKind::NearScheme
    );
    let before = text.get(..span.start).unwrap_or_default();
    let reference = match before.rfind("${") {
        _ if unbounded => marked,
        Some(opening) => {
            let inside = text.get(opening + "${".len()..).unwrap_or_default();
            inside.split('}').next().unwrap_or_default()
        }
        None => text,
    };
    reference
        .chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect()
            } else {
                vec![c]
            }
        })
        .collect()
}

/// Says what to do about a failure whose source gave no better advice.
fn remedy(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound(_) => {
            "create the secret, or say in the reference what to do without it: `optional`, `default=…`"
        }
        ErrorKind::Denied => {
            "let the identity read this folder, or refer to a secret that it may read"
        }
        ErrorKind::Unauthenticated => "check the credentials that the source logs in with",
        ErrorKind::RateLimited => "try again later, or ask for fewer secrets at a time",
        ErrorKind::Unavailable => "check that the source can be reached, then try again",
        ErrorKind::Unsupported => "remove from the reference what this source does not know",
        ErrorKind::Protocol => {
            "check the stored value, and that the address is that of the intended server"
        }
        _ => "correct the reference",
    }
}
