//! The fake server, asked over plain sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod wire;

mod availability;
mod edits;
mod etags;
mod faults;
mod logins;
mod machine_logins;
mod reads;
mod recorded;
mod recorded_writes;
mod tokens;
mod trees;
