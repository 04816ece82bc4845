//! What the whole stack does, against the invented server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod bench;

mod callers;
mod correlation;
mod decisions;
mod folders;
mod leaks;
mod log_levels;
mod main_job;
mod matrix;
mod mistakes;
mod outage;
mod refused;
mod requirements;
mod tenants;
mod unreliable;
mod watch;
