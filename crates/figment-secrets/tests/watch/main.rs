//! What an application sees of a configuration that is watched, in paused time over a source that a test changes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]
#![allow(clippy::result_large_err, reason = "figment's error is what it is")]

mod scene;

mod blocking;
mod canaries;
mod changes;
mod drops;
mod ending;
mod failures;
mod live;
mod reloads;
mod schedules;
mod starting;
