//! The client against real connections: TLS, proxies, compression, and what servers must not get away with.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod authority;
mod proxy_server;
mod server;
mod system_proxy;

mod answers;
mod certificates;
mod connections;
mod correlation;
mod dialects;
mod pauses;
mod proxies;
