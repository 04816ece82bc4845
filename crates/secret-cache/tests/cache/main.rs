//! What callers see of a cache, in paused time over a scripted source.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod scene;

mod closing;
mod eviction;
mod fresh;
mod handle;
mod laws;
mod missing;
mod model;
mod refresh;
mod shelf;
mod single_flight;
mod snapshot;
mod stale;
