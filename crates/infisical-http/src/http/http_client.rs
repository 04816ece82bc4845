//! The HTTP client, set up so that it does nothing by itself.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

use crate::ServerAddress;
use crate::build_error::BuildFault;
use crate::http::tls;
use crate::limits::Limits;

/// How the client names itself to servers.
const USER_AGENT: &str = concat!("keyfob/", env!("CARGO_PKG_VERSION"));

/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(60);

/// Builds the client of one server.
pub(crate) fn build(server: &ServerAddress, limits: &Limits) -> Result<Client, BuildFault> {
    let tls = tls::client_config(server).map_err(|error| fault(&error.to_string()))?;
    Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .connect_timeout(limits.connect_timeout)
        // Infisical closes a connection that was idle for 72 s; one that is about to be closed must not
        // be given a request.
        .pool_idle_timeout(IDLE)
        // A redirect would carry the token to a place that nobody chose.
        .redirect(Policy::none())
        // Without this the HTTP library reads proxies from the environment by itself.
        .no_proxy()
        .build()
        .map_err(|error| fault(&error.without_url().to_string()))
}

fn fault(problem: &str) -> BuildFault {
    BuildFault::new(
        "address",
        format!("TLS cannot be set up: {problem}"),
        "check that the machine's certificate store is installed and readable",
    )
}
