//! The `keyfob` binary, run as a person or a script would run it, against the invented server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod bench;

mod check;
mod demo;
mod dev_server;
mod explain;
mod get;
mod leaks;
mod render;
mod settings;
mod snapshot;
mod terminal;
