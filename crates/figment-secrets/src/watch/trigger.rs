//! [`Trigger`]: tells a watch to look now.

use std::fmt;
use std::sync::Arc;

use tokio::sync::Notify;

/// Tells a watch to look now, from wherever it is known that something changed: a webhook, an event stream, a signal.
///
/// Clones tell the same watch, and do not keep it going.
#[derive(Clone, Default)]
pub struct Trigger(Arc<Notify>);

impl Trigger {
    /// Lets the configuration be loaded anew, once however often this is called before that begins. It returns at
    /// once; [`Watched::reload`](crate::Watched::reload) waits for the outcome.
    pub fn fire(&self) {
        self.0.notify_one();
    }

    pub(super) async fn fired(&self) {
        self.0.notified().await;
    }
}

impl fmt::Debug for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trigger").finish_non_exhaustive()
    }
}
