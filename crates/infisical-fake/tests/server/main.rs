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
mod relative_references;
mod request_limit;
mod short_expansions;
mod tokens;
mod trees;
mod users;
