//! Configuration that follows what it is made of, while the application runs.

mod watched;

mod builder;
mod changes;
mod error;
mod live;
mod status;
mod trigger;

mod contents;
mod failure_log;
mod loading;
mod pace;
mod part;
mod record;
mod retired;
mod state;
mod task;
mod verdict;
mod version;

pub use builder::WatchBuilder;
pub use changes::{Changes, ConfigChange};
pub use error::{WatchError, WatchErrorKind};
pub use live::Live;
pub use status::WatchStatus;
pub use trigger::Trigger;
pub use watched::{Reloaded, Watched};
