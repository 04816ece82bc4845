//! [`Origin`]: where a value really came from.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// Says where a value really came from, or what a source is.
///
/// An origin is a name (`infisical`, `env`, `dotenv`, `default`, or your own) with details that place
/// it: host, environment and folder, or the variable. A decorator's origin nests the one it wraps.
/// It is shown in reports, errors and logs, so it holds no credentials, ever.
///
/// # Examples
///
/// ```
/// use secret_source::Origin;
///
/// let vault = Origin::new("vault").with("host", "vault.internal").with("mount", "kv");
/// assert_eq!(vault.to_string(), "vault (host vault.internal, mount kv)");
/// assert_eq!(Origin::over("cache", &vault).to_string(), "cache over vault (host vault.internal, mount kv)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Origin(Arc<Parts>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Parts {
    name: Cow<'static, str>,
    details: Vec<(Cow<'static, str>, String)>,
    inner: Option<Origin>,
}

impl Origin {
    /// Names an origin.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Parts {
            name: name.into(),
            details: Vec::new(),
            inner: None,
        }))
    }

    /// Names a decorator on top of `inner`.
    pub fn over(name: impl Into<Cow<'static, str>>, inner: &Origin) -> Self {
        Self(Arc::new(Parts {
            name: name.into(),
            details: Vec::new(),
            inner: Some(inner.clone()),
        }))
    }

    /// Adds a detail that places the origin.
    #[must_use]
    pub fn with(mut self, detail: impl Into<Cow<'static, str>>, text: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0)
            .details
            .push((detail.into(), text.into()));
        self
    }

    /// Returns the name, such as `infisical` or `env`.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns the text of a detail.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details()
            .find(|(detail, _)| *detail == name)
            .map(|(_, text)| text)
    }

    /// Returns the details in the order they were added.
    pub fn details(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .details
            .iter()
            .map(|(detail, text)| (&**detail, text.as_str()))
    }

    /// Returns the origin that a decorator wraps.
    pub fn inner(&self) -> Option<&Origin> {
        self.0.inner.as_ref()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        for (index, (detail, text)) in self.details().enumerate() {
            write!(f, "{}{detail} {text}", if index == 0 { " (" } else { ", " })?;
        }
        if !self.0.details.is_empty() {
            f.write_str(")")?;
        }
        match self.inner() {
            Some(inner) => write!(f, " over {inner}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({self})")
    }
}

/// Serialises as the text that people read.
impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
