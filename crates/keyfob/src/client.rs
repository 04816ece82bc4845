//! The client of Infisical, from settings.

use infisical_http::{BuildFault, Infisical};
use secret_source::ExposeSecret;

use crate::settings::{AuthMethod, Fault, Mode, Settings};

/// Builds the client of Infisical where the settings ask for one.
pub(crate) fn client(
    settings: &Settings,
    mode: Option<Mode>,
) -> Result<Option<Infisical>, Vec<Fault>> {
    let (Some(Mode::Infisical(method)), Some(address)) = (mode, &settings.address) else {
        return Ok(None);
    };
    let mut client = Infisical::builder(&address.to_string())
        .allow_http(settings.allow_http)
        .connect_timeout(settings.connect_timeout)
        .request_timeout(settings.request_timeout)
        .lookup_deadline(settings.look_up_limit())
        .retries(settings.retries)
        .retry_delay(settings.retry_delay)
        .retry_max_delay(settings.retry_max_delay)
        .log_names(settings.log_names)
        .system_proxy(settings.system_proxy);
    if let Some(path) = &settings.ca_file {
        client = client.ca_file(path);
    }
    if let Some(path) = &settings.client_cert_file {
        client = client.client_cert_file(path);
    }
    if let Some(path) = &settings.client_key_file {
        client = client.client_key_file(path);
    }
    if let Some(url) = &settings.proxy {
        client = client.proxy(url.clone());
    }
    if let Some(project) = &settings.project {
        client = client.project(project);
    }
    client = match (
        method,
        &settings.client_id,
        &settings.client_secret,
        &settings.token,
    ) {
        (AuthMethod::Universal, Some(id), Some(secret), _) => {
            client.universal_auth(id.expose_secret(), secret.clone())
        }
        (AuthMethod::Token, _, _, Some(token)) => client.token(token.clone()),
        // Something is set that could not be read, which is a fault already.
        _ => return Ok(None),
    };
    client.build().map(Some).map_err(|error| {
        let fault =
            |fault: &BuildFault| Fault::new(fault.setting(), fault.message()).hint_at(fault.hint());
        error.faults().iter().map(fault).collect()
    })
}
