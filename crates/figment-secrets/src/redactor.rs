//! [`Redactor`]: takes secrets out of figment's errors.

use std::fmt;
use std::sync::Arc;

use figment::Error;
use figment::error::{Actual, Kind};

use crate::key_path::KeyPath;
use crate::leaf::Leaf;
use crate::provider::is_from_provider;
use crate::twin::Twin;

/// Stands in for a message that is not shown.
const REFUSED: &str = "the value was refused; the reason is not shown, since it may quote a secret";
const NOT_SHOWN: &str = "<not shown>";
const OTHER_TYPE: &str = "another type";

/// What the types of Rust and serde say they expect. Any other text may have been formatted from a value.
const KNOWN_TYPES: [&str; 23] = [
    "a boolean",
    "a string",
    "a borrowed string",
    "a character",
    "a sequence",
    "a map",
    "unit",
    "option",
    "a path string",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "f32",
    "f64",
];

/// Takes secrets out of the errors of a plain figment, such as one that holds a
/// [`SecretProvider`](crate::SecretProvider).
///
/// Key, file, expected type and the names of the allowed variants and fields stay. All that was found
/// goes, whether or not it looks like a secret, since an error may show one transformed, in part, or
/// only its length. The errors of [`Resolved`](crate::Resolved) are scrubbed already, and keep more.
#[derive(Clone, Default)]
pub struct Redactor {
    leaves: Arc<[Leaf]>,
}

impl Redactor {
    pub(crate) fn new(leaves: Arc<[Leaf]>) -> Self {
        Self { leaves }
    }

    /// Returns the error and those chained to it without anything that may hold a secret.
    ///
    /// # Examples
    ///
    /// ```
    /// use figment::{Figment, providers::{Format, Toml}};
    /// use figment_secrets::ResolveSecrets;
    /// use secret_source::{MemorySource, Resolver};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let source = MemorySource::new().with("infisical://prod/PORT", "hunter2")?;
    /// let resolver = Resolver::builder(source).build()?;
    /// let figment = Figment::from(Toml::string("port = 'infisical://prod/PORT'"));
    /// let resolved = figment.resolve_secrets(&resolver).await?;
    ///
    /// let redactor = resolved.redactor();
    /// let plain = resolved.into_figment_exposed();
    /// let error = redactor.scrub(plain.extract_inner::<u16>("port").unwrap_err());
    /// assert!(error.to_string().starts_with("invalid type: found <secret of port>, expected u16"));
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub fn scrub(&self, error: Error) -> Error {
        map_chain(error, |mut error| {
            if !is_from_provider(&error) {
                error.kind = self.kind(&error, None);
            }
            error
        })
    }

    /// Scrubs an error and keeps what its twin, written without the secrets, says as well.
    pub(crate) fn scrub_beside(&self, error: Error, twin: Option<&Twin<'_>>) -> Error {
        map_chain(error, |mut error| {
            error.kind = self.kind(&error, twin.filter(|twin| twin.error.path == error.path));
            error
        })
    }

    fn kind(&self, error: &Error, twin: Option<&Twin<'_>>) -> Kind {
        let mask = self.mask_at(&KeyPath::of(error));
        let same = |ours: &str, theirs: &str| twin.and_then(|twin| twin.agreed(ours, theirs));
        match (&error.kind, twin.map(|twin| &twin.error.kind)) {
            (Kind::InvalidType(found, expected), other) => {
                let (theirs, expected) = expectation(expected, other);
                Kind::InvalidType(self.found(found, theirs, mask, twin), expected)
            }
            (Kind::InvalidValue(found, expected), other) => {
                let (theirs, expected) = expectation(expected, other);
                Kind::InvalidValue(self.found(found, theirs, mask, twin), expected)
            }
            (Kind::InvalidLength(length, expected), Some(Kind::InvalidLength(other, same)))
                if (length, expected) == (other, same) =>
            {
                error.kind.clone()
            }
            (Kind::InvalidLength(_, expected), other) => {
                let (_, expected) = expectation(expected, other);
                Kind::Message(format!(
                    "invalid length, which is not shown, expected {expected}"
                ))
            }
            (Kind::UnknownVariant(found, known), other) => {
                let shown = match other {
                    Some(Kind::UnknownVariant(theirs, _)) => same(found, theirs),
                    _ => None,
                };
                Kind::UnknownVariant(
                    shown.or(mask).unwrap_or_else(|| NOT_SHOWN.to_owned()),
                    known,
                )
            }
            (Kind::UnknownField(found, known), other) => {
                let shown = match other {
                    Some(Kind::UnknownField(theirs, _)) => same(found, theirs),
                    _ => None,
                };
                Kind::UnknownField(shown.unwrap_or_else(|| NOT_SHOWN.to_owned()), known)
            }
            (Kind::Message(ours), Some(Kind::Message(theirs))) => {
                Kind::Message(same(ours, theirs).unwrap_or_else(|| REFUSED.to_owned()))
            }
            // These name fields of the application's types, or the path it asked for.
            (Kind::MissingField(_) | Kind::DuplicateField(_), _) => error.kind.clone(),
            _ => Kind::Message(REFUSED.to_owned()),
        }
    }

    /// Says what was found: at a secret its mask, elsewhere what the twin found too, else only the sort.
    fn found(
        &self,
        ours: &Actual,
        theirs: Option<&Actual>,
        mask: Option<String>,
        twin: Option<&Twin<'_>>,
    ) -> Actual {
        if let Some(mask) = mask {
            return Actual::Other(mask);
        }
        match (ours, theirs, twin) {
            (Actual::Str(text), Some(Actual::Str(other)), Some(twin)) => {
                match twin.agreed(text, other) {
                    Some(text) => Actual::Str(text),
                    None => hidden("a string"),
                }
            }
            (Actual::Other(text), Some(Actual::Other(other)), Some(twin)) => {
                match twin.agreed(text, other) {
                    Some(text) => Actual::Other(text),
                    None => hidden("a value"),
                }
            }
            (Actual::Str(_), ..) => hidden("a string"),
            (Actual::Other(_), ..) => hidden("a value"),
            (Actual::Char(_), Some(same), Some(_)) if same == ours => ours.clone(),
            (
                Actual::Bool(_) | Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_),
                Some(same),
                Some(_),
            ) if same == ours => ours.clone(),
            (Actual::Bool(_), ..) => hidden("a boolean"),
            (Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_), ..) => hidden("a number"),
            (Actual::Char(_), ..) => hidden("a character"),
            (Actual::Bytes(_), ..) => hidden("bytes"),
            // The others are names of sorts and hold nothing.
            _ => ours.clone(),
        }
    }

    /// Names the text with a secret that stands exactly at this place.
    fn mask_at(&self, path: &KeyPath) -> Option<String> {
        self.leaves
            .iter()
            .find(|leaf| leaf.path == *path)
            .map(Leaf::label)
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor")
            .field("leaves", &self.leaves)
            .finish()
    }
}

/// Returns what the twin found, if it expected the same, and the expectation as far as it may be shown.
fn expectation<'t>(expected: &str, twin: Option<&'t Kind>) -> (Option<&'t Actual>, String) {
    let theirs = match twin {
        Some(Kind::InvalidType(found, same) | Kind::InvalidValue(found, same))
            if same == expected =>
        {
            Some(found)
        }
        _ => None,
    };
    let agreed = theirs.is_some()
        || matches!(twin, Some(Kind::InvalidLength(_, same)) if same == expected)
        || KNOWN_TYPES.contains(&expected);
    (
        theirs,
        if agreed { expected } else { OTHER_TYPE }.to_owned(),
    )
}

fn hidden(sort: &str) -> Actual {
    Actual::Other(format!("{sort} that is not shown"))
}

/// Changes an error and all those chained to it, which figment offers only one after the other.
fn map_chain(error: Error, change: impl Fn(Error) -> Error) -> Error {
    let mut errors: Vec<_> = error.into_iter().map(change).collect();
    let last = errors.pop().unwrap_or_else(|| Error::from(REFUSED));
    errors
        .into_iter()
        .rev()
        .fold(last, |previous, error| previous.chain(error))
}
