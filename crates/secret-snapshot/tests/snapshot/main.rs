//! What a snapshot does on a disk, alone and beneath a cache.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod scene;

mod cache;
mod disk;
mod environment;
mod killed;
