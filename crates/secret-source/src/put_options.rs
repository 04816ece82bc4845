//! [`PutOptions`]: what a write may do, and what it must refuse.

/// Says whether a write may make a secret, replace one, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PutMode {
    /// Makes a secret; one that exists is left as it is, and the write fails.
    Create,
    /// Replaces the value of a secret; where there is none the write fails.
    Update,
    /// Replaces the value of a secret, or makes it where there is none.
    Upsert,
}

/// Says what a write may do. Whatever is not allowed here is refused, never done silently.
///
/// # Examples
///
/// ```
/// use secret_source::{PutMode, PutOptions};
///
/// let options = PutOptions::upsert().create_folders();
/// assert_eq!(options.mode(), PutMode::Upsert);
/// assert!(options.creates_folders() && !options.allows_trimming());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PutOptions {
    mode: PutMode,
    folders: bool,
    trimming: bool,
}

impl PutOptions {
    /// Makes secrets that do not exist yet.
    pub const fn create() -> Self {
        Self::new(PutMode::Create)
    }

    /// Replaces the values of secrets that exist.
    pub const fn update() -> Self {
        Self::new(PutMode::Update)
    }

    /// Makes or replaces, whichever is called for.
    pub const fn upsert() -> Self {
        Self::new(PutMode::Upsert)
    }

    /// Begins with a mode that is not known before the program runs.
    pub const fn new(mode: PutMode) -> Self {
        Self {
            mode,
            folders: false,
            trimming: false,
        }
    }

    /// Makes missing folders, those in between included.
    #[must_use]
    pub const fn create_folders(mut self) -> Self {
        self.folders = true;
        self
    }

    /// Lets the store cut whitespace off the ends of a value.
    ///
    /// Without this, a value that would not come back as it was sent is refused before it is sent.
    #[must_use]
    pub const fn allow_trimming(mut self) -> Self {
        self.trimming = true;
        self
    }

    /// Returns whether the write may make, replace, or both.
    pub const fn mode(self) -> PutMode {
        self.mode
    }

    /// Tells whether missing folders are made.
    pub const fn creates_folders(self) -> bool {
        self.folders
    }

    /// Tells whether the store may cut whitespace off the ends of a value.
    pub const fn allows_trimming(self) -> bool {
        self.trimming
    }
}
