//! The HTTP side: connections, requests, and which endpoint each is.

pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod etag;
pub(crate) mod port;
pub(crate) mod query;
pub(crate) mod request;
pub(crate) mod route;
pub(crate) mod server;
pub(crate) mod tree_call;
