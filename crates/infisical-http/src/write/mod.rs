//! Writing: from entries to calls, and from answers to what each entry came to.
//!
//! Writes go one request after the other, those of a batch and those of one client. A server of 2024 gives no
//! atomicity: two requests that make one secret at the same time both succeed and leave two rows.

mod batch;
mod body;
mod chunks;
mod delete;
mod folders;
mod group;
mod name;
mod outcome;
mod put;
mod reach;
mod read_back;
mod request;
mod step;
mod store;
mod trim;
pub(crate) mod wire;
