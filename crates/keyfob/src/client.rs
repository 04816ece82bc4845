//! The client of Infisical, from settings.

use infisical_http::{BuildFault, Infisical, InfisicalBuilder};
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
    let mut client = tuned(&address.to_string(), settings).allow_http(settings.allow_http);
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

/// Begins a client with the limits of the stack, which are the same for each of its servers.
pub(crate) fn tuned(address: &str, settings: &Settings) -> InfisicalBuilder {
    Infisical::builder(address)
        .connect_timeout(settings.connect_timeout)
        .request_timeout(settings.request_timeout)
        .lookup_deadline(settings.look_up_limit())
        .retries(settings.retries)
        .retry_delay(settings.retry_delay)
        .retry_max_delay(settings.retry_max_delay)
        .log_names(settings.log_names)
}
