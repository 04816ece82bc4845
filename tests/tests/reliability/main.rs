//! What stays up: outages, floods, faults and cancellations, each with a promise that is counted.
//!
//! Each experiment is a function that returns [`Rows`](rows::Rows). A plain test runs it briefly, and an ignored
//! one, in a module `measured`, at its full length: `cargo xtask reliability` runs those and writes the table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod rows;
mod scale;

mod application;
mod latencies;
mod scene;

mod canaries;
mod cancellation;
mod cost;
mod deadlines;
mod load;
#[cfg(unix)]
mod memory_scan;
mod name_lookup;
mod outage;
mod overshoot;
mod soak;
