//! [`Written`]: typed values in the words that settings are read from.

use std::time::Duration;

use env_fallback::{FallbackPolicy, Override};
use secret_source::{ExposeSecret, LogNames, SecretString, ValuePolicy};

use crate::settings::{AuthMethod, Candidate, Provenance, print_duration};

/// Writes a value as a person would, so that the builder's values take the one way through the
/// table that checks everything.
pub(super) trait Written {
    fn written(self) -> String;
}

/// Makes the builder's candidate of a value.
pub(super) fn candidate(value: impl Written) -> Option<Candidate> {
    Candidate::new(&value.written(), Provenance::Builder)
}

impl Written for &str {
    fn written(self) -> String {
        self.to_owned()
    }
}

impl Written for SecretString {
    fn written(self) -> String {
        self.expose_secret().to_owned()
    }
}

impl Written for AuthMethod {
    fn written(self) -> String {
        self.word().to_owned()
    }
}

impl Written for bool {
    fn written(self) -> String {
        self.to_string()
    }
}

impl Written for u32 {
    fn written(self) -> String {
        self.to_string()
    }
}

impl Written for Duration {
    fn written(self) -> String {
        print_duration(self)
    }
}

/// Writes each variant of an enumeration as the word that the table knows it by.
///
/// A variant that the table does not know becomes a fault when the stack is built.
macro_rules! words {
    ($($kind:ident { $($variant:ident = $word:literal),* })*) => {$(
        impl Written for $kind {
            fn written(self) -> String {
                #[allow(unreachable_patterns, reason = "some of these enumerations may grow in their own crates")]
                let word = match self {
                    $(Self::$variant => $word,)*
                    _ => "unknown to this version",
                };
                word.to_owned()
            }
        }
    )*};
}

words! {
    Override { Qualified = "qualified", Bare = "bare", Off = "off" }
    FallbackPolicy { Table = "table", Transient = "transient", Off = "off" }
    ValuePolicy { Allow = "allow", Warn = "warn", Error = "error" }
    LogNames { Full = "full", Hashed = "hashed", None = "none" }
}
