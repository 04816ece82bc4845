//! [`Retired`]: what is not current any more, dropped when nothing else is left to do.

use std::any::Any;

use tracing::warn;

use super::error::caught;

/// Is something of the application's, whose `Drop` may do anything.
pub(super) type Retired = Box<dyn Any + Send + Sync>;

/// Drops each by itself. A panic then ends neither the watch nor the dropping of the others.
pub(super) fn let_go(retired: impl IntoIterator<Item = Retired>) {
    for each in retired {
        if caught("dropped", || drop(each)).is_err() {
            warn!("the application's code panicked while an old configuration was dropped");
        }
    }
}
