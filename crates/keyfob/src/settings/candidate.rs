//! [`Candidate`]: the text of a setting, and where it stands.

use secrecy::SecretString;

use super::provenance::Provenance;

/// Holds a text that was given for a setting; any of them may be a secret put in the wrong place.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) text: SecretString,
    pub(crate) from: Provenance,
}

impl Candidate {
    /// Takes a text without the white space around it; blank is unset.
    pub(crate) fn new(text: &str, from: Provenance) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self {
            text: text.into(),
            from,
        })
    }
}
