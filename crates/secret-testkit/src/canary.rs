//! [`Canary`]: a value that is found again wherever it leaks.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many letters and digits a canary of our own has.
const LENGTH: usize = 32;

/// Letters and digits that survive a URL, TOML, JSON, a shell and a `.env` file as they are.
const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/// Names a value that means nothing, to be stored as a secret and looked for afterwards.
///
/// `Debug` and `Display` show the name, so that a canary may stand in any message.
///
/// # Examples
///
/// ```
/// use secret_testkit::Canary;
///
/// let one = Canary::named("client secret");
/// assert_eq!(one.value(), Canary::named("client secret").value());
/// assert_ne!(one.value(), Canary::named("token").value());
/// assert_eq!(format!("{one:?}"), "Canary(client secret)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Canary {
    name: String,
    value: String,
}

impl Canary {
    /// Makes the canary of a name: 32 letters and digits, the same in each run, in which no part of
    /// the name occurs.
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        let digit = |index: usize| {
            let mut hasher = DefaultHasher::new();
            (&name, index).hash(&mut hasher);
            char::from(ALPHABET[hasher.finish() as usize % ALPHABET.len()])
        };
        let value = (0..LENGTH).map(digit).collect();
        Self { name, value }
    }

    /// Makes a canary of a value that a test needs in a certain form, such as a key in PEM.
    ///
    /// Values of 8 bytes or more are found in every [`Spelling`](crate::Spelling) and in parts. Those
    /// of 3 to 7 bytes are found as they are, and shorter ones never, since any text would hold them.
    pub fn of_value(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }

    /// Returns the name that reports use.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the value to store, and to look for.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Canary({})", self.name)
    }
}
