//! The client against a server that speaks HTTP: what it asks, what it makes of the answers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod one_folder;
mod support;

mod addresses;
mod bodies;
mod conditional;
mod faults;
mod laws;
mod leaks;
mod missing;
mod reads;
mod recursive_lists;
mod refusals;
mod requests;
mod retry_budget;
mod runtimes;
mod second_looks;
mod tokens;
mod trees;
mod trees_in_doubt;
mod write_failures;
mod writes;
mod writes_batches;
mod writes_folders;
mod writes_laws;
mod writes_script;
