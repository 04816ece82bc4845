//! [`Live`]: a part of a configuration that is always the current one.

use std::fmt;
use std::sync::Arc;

use super::part::Holds;
use super::watched::Keep;

/// Gives the current part of a watched configuration, to whoever needs no more of it.
///
/// It is made by [`Watched::project`](crate::Watched::project), and knows nothing of the whole. The part is computed
/// once for each version, before that becomes the current one; a read takes no lock and allocates nothing. Clones
/// share it, and each keeps the watch going. Where the watch ends before, the last good part stays.
///
/// Take what is needed when it is needed, such as when a connection is made, and do not keep it: the next read may
/// give another.
pub struct Live<U> {
    part: Arc<dyn Holds<U>>,
    keep: Arc<Keep>,
}

impl<U> Live<U> {
    pub(super) fn new(part: Arc<dyn Holds<U>>, keep: Arc<Keep>) -> Self {
        Self { part, keep }
    }

    /// Returns the current part.
    pub fn get(&self) -> Arc<U> {
        self.part.current()
    }
}

impl<U> Clone for Live<U> {
    fn clone(&self) -> Self {
        Self {
            part: Arc::clone(&self.part),
            keep: Arc::clone(&self.keep),
        }
    }
}

/// Shows nothing of the configuration.
impl<U> fmt::Debug for Live<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}
