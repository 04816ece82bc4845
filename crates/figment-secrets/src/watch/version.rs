//! [`Version`]: one good configuration, and its number.

use std::fmt;
use std::sync::Arc;

use super::contents::Contents;

/// Is a configuration that was valid as a whole.
pub(super) struct Version<T> {
    /// Counted from 1.
    pub(super) number: u64,
    pub(super) config: Arc<T>,
    pub(super) contents: Arc<Contents>,
}

/// Shows the number only.
impl<T> fmt::Debug for Version<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({})", self.number)
    }
}
