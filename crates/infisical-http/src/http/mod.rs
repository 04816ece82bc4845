//! The way to the server and back: one request, its retries, and the connection.

pub(crate) mod budget;
pub(crate) mod http_client;
pub(crate) mod proxy;
pub(crate) mod rate_window;
pub(crate) mod request;
pub(crate) mod retry;
pub(crate) mod retry_after;
pub(crate) mod retry_budget;
pub(crate) mod send;
pub(crate) mod shared_pauses;
pub(crate) mod tls;
pub(crate) mod transport;
pub(crate) mod trouble;
pub(crate) mod trust;
