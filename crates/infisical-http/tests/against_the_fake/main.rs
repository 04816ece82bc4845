//! The client against a server that speaks HTTP: what it asks, what it makes of the answers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod support;

mod addresses;
mod bodies;
mod conditional;
mod faults;
mod laws;
mod leaks;
mod reads;
mod requests;
mod runtimes;
mod second_looks;
mod tokens;
mod trees;
mod write_failures;
mod writes;
mod writes_laws;
mod writes_script;
