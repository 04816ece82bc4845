//! [`Written`]: what a write did.

/// Says what a write did to the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// There was no such secret before.
    Created,
    /// The secret has another value than before, or the same once more.
    Updated,
    /// The store saw that it held this value already, and did nothing.
    Unchanged,
}

/// Reports a write that succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    change: Change,
    version: Option<u64>,
    confirmed: bool,
}

impl Written {
    /// Reports a change of which nothing more is known than that the store accepted it.
    pub fn new(change: Change) -> Self {
        Self {
            change,
            version: None,
            confirmed: false,
        }
    }

    /// Adds the version that the value has now.
    #[must_use]
    pub fn with_version(mut self, version: u64) -> Self {
        self.version = Some(version);
        self
    }

    /// Says that the store was seen to hold the value afterwards.
    #[must_use]
    pub fn confirmed(mut self) -> Self {
        self.confirmed = true;
        self
    }

    /// Returns what the write did.
    pub fn change(self) -> Change {
        self.change
    }

    /// Returns the version that the value has now, where the store told.
    pub fn version(self) -> Option<u64> {
        self.version
    }

    /// Tells whether the store was seen to hold the value afterwards.
    ///
    /// An identity that may write and not read cannot know more than that its write was accepted.
    pub fn is_confirmed(self) -> bool {
        self.confirmed
    }
}
