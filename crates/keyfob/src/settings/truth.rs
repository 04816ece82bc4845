//! Whether Infisical is used, and how to log in: one decision from what is set.

use std::collections::BTreeMap;

use super::fault::Fault;

/// Says how to log in, where the settings say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthMethod {
    /// Universal auth: a client id and a client secret.
    Universal,
    /// An access token that someone else obtained.
    Token,
    /// The service account of a Kubernetes pod.
    Kubernetes,
    /// An id token of an OpenID Connect issuer.
    Oidc,
    /// A JWT of an issuer that the identity trusts.
    Jwt,
    /// A signed request to AWS. Needs the feature `aws`.
    Aws,
    /// The service account of a Google Cloud machine.
    GcpIdToken,
    /// The key of a Google service account.
    GcpIam,
    /// The managed identity of an Azure machine.
    Azure,
    /// The name and password of an LDAP directory.
    Ldap,
}

/// Says what a stack answers from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    EnvironmentOnly,
    Infisical(AuthMethod),
}

/// Holds what the decision rests on: what is set, and where.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    pub(super) enabled: Option<bool>,
    pub(super) method: Option<AuthMethod>,
    pub(super) address: bool,
    /// The places of the credentials that are set.
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<String>,
    pub(super) token: Option<String>,
    /// The other settings that logins need, with their places.
    pub(super) more: BTreeMap<&'static str, String>,
}

const ADDRESS: &str = "INFISICAL_API_URL";
const CLIENT_ID: &str = "INFISICAL_CLIENT_ID";
const CLIENT_SECRET: &str = "INFISICAL_CLIENT_SECRET";
const TOKEN: &str = "INFISICAL_TOKEN";
const IDENTITY: (&str, &str) = ("identity_id", "INFISICAL_MACHINE_IDENTITY_ID");

/// The settings that a method cannot do without, each with its variable.
fn needs(method: AuthMethod) -> &'static [(&'static str, &'static str)] {
    match method {
        AuthMethod::Universal => &[("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)],
        AuthMethod::Token => &[("token", TOKEN)],
        AuthMethod::Oidc | AuthMethod::Jwt => &[IDENTITY, ("jwt", "INFISICAL_JWT")],
        AuthMethod::Kubernetes | AuthMethod::Aws | AuthMethod::GcpIdToken | AuthMethod::Azure => {
            &[IDENTITY]
        }
        AuthMethod::GcpIam => &[
            IDENTITY,
            (
                "gcp_key_file",
                "INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH",
            ),
        ],
        AuthMethod::Ldap => &[
            IDENTITY,
            ("ldap_username", "INFISICAL_LDAP_USERNAME"),
            ("ldap_password", "INFISICAL_LDAP_PASSWORD"),
        ],
    }
}

/// Decides, or lists all that stands in the way.
///
/// | enabled | address | credentials | result |
/// |---|---|---|---|
/// | false | any | any | environment only |
/// | unset | no | no | environment only |
/// | unset | yes | yes | Infisical |
/// | unset | yes | no | the credentials that are missing |
/// | unset | no | yes | the address that is missing: credentials go to no guessed host |
/// | true | incomplete | incomplete | all that is missing |
pub(super) fn decide(given: &Given) -> Result<Mode, Vec<Fault>> {
    let undecided = given.enabled.is_none();
    if given.enabled == Some(false) || (undecided && !given.address && given.credential().is_none())
    {
        return Ok(Mode::EnvironmentOnly);
    }
    let address = if given.address {
        Vec::new()
    } else {
        vec![given.no_address()]
    };
    match given.login() {
        Ok(method) if address.is_empty() => Ok(Mode::Infisical(method)),
        Ok(_) => Err(address),
        Err(login) => Err(address.into_iter().chain(login).collect()),
    }
}

impl Given {
    fn login(&self) -> Result<AuthMethod, Vec<Fault>> {
        let pair = self.client_id.is_some() || self.client_secret.is_some();
        match (self.method, pair, self.token.is_some()) {
            (Some(method), ..) => self.complete(method),
            (None, false, true) => self.complete(AuthMethod::Token),
            (None, true, false) => self.complete(AuthMethod::Universal),
            (None, true, true) => Err(vec![self.two_sets()]),
            (None, false, false) => Err(vec![self.no_credentials()]),
        }
    }

    /// Checks that all is set that a method needs.
    fn complete(&self, method: AuthMethod) -> Result<AuthMethod, Vec<Fault>> {
        let is_missing = |(setting, _): &&(&str, &str)| self.place(setting).is_none();
        let faults: Vec<_> = needs(method)
            .iter()
            .filter(is_missing)
            .map(|(setting, variable)| missing(setting, variable))
            .collect();
        if faults.is_empty() {
            Ok(method)
        } else {
            Err(faults)
        }
    }

    fn place(&self, setting: &str) -> Option<&str> {
        match setting {
            "client_id" => self.client_id.as_deref(),
            "client_secret" => self.client_secret.as_deref(),
            "token" => self.token.as_deref(),
            _ => self.more.get(setting).map(String::as_str),
        }
    }

    fn no_credentials(&self) -> Fault {
        if let Some(place) = self.place("identity_id") {
            return Fault::new(
                "auth_method",
                format!("an identity is set ({place}), and not how it logs in"),
            )
            .at("INFISICAL_AUTH_METHOD")
            .hint_at("set it to one of `kubernetes`, `oidc`, `jwt`, `aws`, `gcp-id-token`, `gcp-iam`, `azure`, `ldap`");
        }
        Fault::new(
            "client_id",
            "Infisical is to be used, and no credentials are set",
        )
        .at(CLIENT_ID)
        .hint_at(format!("set {CLIENT_ID} and {CLIENT_SECRET}, or {TOKEN}"))
    }

    fn credential(&self) -> Option<&str> {
        self.client_id
            .as_deref()
            .or(self.client_secret.as_deref())
            .or(self.token.as_deref())
            .or(self.place("jwt"))
            .or(self.place("ldap_password"))
    }

    fn no_address(&self) -> Fault {
        let message = match self.credential() {
            Some(place) => format!("credentials are set ({place}), and no address to send them to"),
            None => "Infisical is to be used, and no address is set".to_owned(),
        };
        let hint = format!(
            "set {ADDRESS} to your server, or for Infisical Cloud to `https://app.infisical.com` (US) \
             or `https://eu.infisical.com` (EU); credentials are never sent to a guessed host"
        );
        Fault::new("address", message).at(ADDRESS).hint_at(hint)
    }

    fn two_sets(&self) -> Fault {
        let pair = self
            .client_id
            .as_deref()
            .or(self.client_secret.as_deref())
            .unwrap_or_default();
        let token = self.token.as_deref().unwrap_or_default();
        Fault::new(
            "auth_method",
            format!("two sets of credentials are set: {pair} and {token}"),
        )
        .at("INFISICAL_AUTH_METHOD")
        .hint_at("choose one with `universal-auth` or `token`, or remove the other set")
    }
}

fn missing(setting: &str, variable: &str) -> Fault {
    Fault::new(setting, "the login needs this, and it is not set")
        .at(variable)
        .hint_at(format!("set {variable}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(address: bool, id: bool, secret: bool, token: bool) -> Given {
        let place = |set: bool, name: &str| set.then(|| name.to_owned());
        Given {
            address,
            client_id: place(id, CLIENT_ID),
            client_secret: place(secret, CLIENT_SECRET),
            token: place(token, TOKEN),
            ..Given::default()
        }
    }

    fn missing_settings(given: &Given) -> Vec<String> {
        decide(given)
            .unwrap_err()
            .iter()
            .map(|fault| fault.setting().to_owned())
            .collect()
    }

    #[test]
    fn disabled_means_environment_only_whatever_else_is_set() {
        for address in [false, true] {
            for credentials in [false, true] {
                let given = Given {
                    enabled: Some(false),
                    ..given(address, credentials, credentials, false)
                };
                assert_eq!(decide(&given), Ok(Mode::EnvironmentOnly));
            }
        }
    }

    #[test]
    fn nothing_set_means_environment_only() {
        assert_eq!(decide(&Given::default()), Ok(Mode::EnvironmentOnly));
        let method = Given {
            method: Some(AuthMethod::Token),
            ..Given::default()
        };
        assert_eq!(decide(&method), Ok(Mode::EnvironmentOnly));
    }

    #[test]
    fn address_and_credentials_turn_infisical_on() {
        assert_eq!(
            decide(&given(true, true, true, false)),
            Ok(Mode::Infisical(AuthMethod::Universal))
        );
        assert_eq!(
            decide(&given(true, false, false, true)),
            Ok(Mode::Infisical(AuthMethod::Token))
        );
    }

    #[test]
    fn an_address_without_credentials_lists_those_that_are_missing() {
        let hint = decide(&given(true, false, false, false)).unwrap_err()[0]
            .hint()
            .unwrap()
            .to_owned();
        assert_eq!(
            hint,
            "set INFISICAL_CLIENT_ID and INFISICAL_CLIENT_SECRET, or INFISICAL_TOKEN"
        );
        assert_eq!(
            missing_settings(&given(true, true, false, false)),
            ["client_secret"]
        );
        assert_eq!(
            missing_settings(&given(true, false, true, false)),
            ["client_id"]
        );
    }

    #[test]
    fn credentials_without_an_address_name_the_variable_and_both_clouds() {
        let faults = decide(&given(false, false, false, true)).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].message().contains(TOKEN));
        let hint = faults[0].hint().unwrap();
        assert!(
            hint.contains("https://app.infisical.com") && hint.contains("https://eu.infisical.com")
        );
        assert_eq!(
            missing_settings(&given(false, true, false, false)),
            ["address", "client_secret"]
        );
    }

    #[test]
    fn enabled_and_incomplete_lists_all_that_is_missing() {
        let on = |given| Given {
            enabled: Some(true),
            ..given
        };
        assert_eq!(
            missing_settings(&on(given(false, false, false, false))),
            ["address", "client_id"]
        );
        assert_eq!(
            missing_settings(&on(given(true, false, true, false))),
            ["client_id"]
        );
        assert_eq!(
            missing_settings(&on(given(false, false, false, true))),
            ["address"]
        );
        assert_eq!(
            decide(&on(given(true, true, true, false))),
            Ok(Mode::Infisical(AuthMethod::Universal))
        );
    }

    #[test]
    fn two_sets_of_credentials_need_the_login_method() {
        let both = given(true, true, true, true);
        assert_eq!(missing_settings(&both), ["auth_method"]);
        for method in [AuthMethod::Universal, AuthMethod::Token] {
            let chosen = Given {
                method: Some(method),
                ..both.clone()
            };
            assert_eq!(decide(&chosen), Ok(Mode::Infisical(method)));
        }
        let wrong = Given {
            method: Some(AuthMethod::Universal),
            ..given(true, false, false, true)
        };
        assert_eq!(missing_settings(&wrong), ["client_id", "client_secret"]);
    }
}
