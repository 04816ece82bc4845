//! The way to the server and back: one request, one answer, and the connection.

pub(crate) mod http_client;
pub(crate) mod proxy;
pub(crate) mod rate_window;
pub(crate) mod request;
pub(crate) mod retry_after;
pub(crate) mod send;
pub(crate) mod tls;
pub(crate) mod trouble;
pub(crate) mod trust;
