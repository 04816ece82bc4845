//! [`LoginForm`]: what a login sends.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use secret_source::SecretError;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Holds the route and the fields of one login. Every field counts as secret: most are.
pub(crate) struct LoginForm {
    pub(crate) route: &'static str,
    fields: Vec<(&'static str, SecretString)>,
}

impl LoginForm {
    pub(crate) fn new(route: &'static str) -> Self {
        Self {
            route,
            fields: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<SecretString>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// Writes the fields as one JSON object.
    pub(crate) fn body(&self) -> Result<SecretString, SecretError> {
        let body = serde_json::to_string(self)
            .map_err(|_| SecretError::invalid("the credentials cannot be written as JSON"))?;
        Ok(body.into())
    }
}

impl Serialize for LoginForm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for (name, value) in &self.fields {
            map.serialize_entry(name, value.expose_secret())?;
        }
        map.end()
    }
}

impl fmt::Debug for LoginForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.fields.iter().map(|(name, _)| name).collect();
        write!(f, "LoginForm({} {names:?})", self.route)
    }
}
