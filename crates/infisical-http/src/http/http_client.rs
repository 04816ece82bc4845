//! The HTTP client, set up so that it does nothing by itself.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

use crate::ServerAddress;
use crate::build_error::BuildFault;
use crate::http::proxy::ProxyChoice;
use crate::http::tls;
use crate::http::trust::Trust;
use crate::limits::Limits;

/// How the client names itself to servers.
const USER_AGENT: &str = concat!("keyfob/", env!("CARGO_PKG_VERSION"));

/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(60);

/// How many headers an answer may have; Infisical sends about thirty.
///
/// All of them together are bounded too: to 64 KiB in HTTP/2, and in HTTP/1.1 to the 408 KiB that the
/// HTTP library buffers, which it has no setting for.
const MOST_HEADERS: usize = 100;
const LARGEST_HEADERS: u32 = 64 * 1024;

/// Builds the client of one server.
///
/// It asks for compressed answers and speaks HTTP/2 where the server offers it (ALPN).
pub(crate) fn build(
    server: &ServerAddress,
    limits: &Limits,
    trust: &Trust,
    proxy: &ProxyChoice,
) -> Result<Client, BuildFault> {
    configured(server, limits, trust, proxy, |client| {
        // Infisical closes a connection that was idle for 72 s; one that is about to be closed must not
        // be given a request.
        client.pool_idle_timeout(IDLE)
    })
}

/// Builds a client whose connections end with the answer.
pub(crate) fn build_without_pool(
    server: &ServerAddress,
    limits: &Limits,
    trust: &Trust,
    proxy: &ProxyChoice,
) -> Result<Client, BuildFault> {
    configured(server, limits, trust, proxy, |client| {
        client.pool_max_idle_per_host(0)
    })
}

fn configured(
    server: &ServerAddress,
    limits: &Limits,
    trust: &Trust,
    proxy: &ProxyChoice,
    pool: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Client, BuildFault> {
    let needs_tls = server.is_https() || proxy.may_need_tls();
    let tls = tls::client_config(needs_tls, trust)?;
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .connect_timeout(limits.connect_timeout)
        .http1_max_headers(MOST_HEADERS)
        .http2_max_header_list_size(LARGEST_HEADERS)
        // What is repeated, and how often, is decided and counted in one place, which is not the library.
        .retry(reqwest::retry::never())
        // A redirect would carry the token to a place that nobody chose.
        .redirect(Policy::none());
    let client = match (proxy.named()?, proxy.system) {
        (Some(proxy), _) => client.proxy(proxy),
        (None, true) => client,
        // Without this the HTTP library reads proxies from the environment by itself.
        (None, false) => client.no_proxy(),
    };
    pool(client).build().map_err(|error| {
        BuildFault::new(
            "address",
            format!("HTTP cannot be set up: {}", error.without_url()),
            "check the settings of TLS and of the proxy",
        )
    })
}
