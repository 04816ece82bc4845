//! Traffic with the server: what is sent when, how many at a time, and what is sent again.

pub(crate) mod budget;
pub(crate) mod retry;
pub(crate) mod retry_budget;
pub(crate) mod shared_pauses;
pub(crate) mod transport;
