//! Whether Infisical is used, and how to log in: one decision from what is set.

use std::collections::BTreeMap;

use super::auth_method::{AuthMethod, CLIENT_ID, CLIENT_SECRET, IDENTITY, Need, TOKEN};
use super::fault::Fault;

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
    /// The places of the settings of the login that are set, by their names.
    pub(super) login: BTreeMap<&'static str, String>,
}

const ADDRESS: &str = "INFISICAL_API_URL";
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
    if given.enabled == Some(false) || (undecided && !given.address && given.login.is_empty()) {
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
        let pair = self.has(CLIENT_ID) || self.has(CLIENT_SECRET);
        match (self.method, pair, self.has(TOKEN)) {
            (Some(method), ..) => self.complete(method),
            (None, false, true) => self.complete(AuthMethod::Token),
            (None, true, false) => self.complete(AuthMethod::Universal),
            (None, true, true) => Err(vec![self.two_sets()]),
            (None, false, false) => Err(vec![self.no_credentials()]),
        }
    }

    /// Checks that all is set that a method needs.
    fn complete(&self, method: AuthMethod) -> Result<AuthMethod, Vec<Fault>> {
        let missing: Vec<_> = method
            .needs()
            .iter()
            .filter(|need| !self.has(**need))
            .collect();
        if missing.is_empty() {
            Ok(method)
        } else {
            Err(missing.into_iter().map(|need| lacks(*need)).collect())
        }
    }

    fn has(&self, (setting, _): Need) -> bool {
        self.login.contains_key(setting)
    }

    fn place(&self, (setting, _): Need) -> Option<&str> {
        self.login.get(setting).map(String::as_str)
    }

    fn no_credentials(&self) -> Fault {
        let methods: Vec<_> = AuthMethod::ALL
            .into_iter()
            .filter(|method| method.needs().contains(&IDENTITY))
            .map(|method| format!("`{}`", method.word()))
            .collect();
        // Every other setting of a login belongs to a method that has to be named.
        if let Some(place) = self.login.values().next() {
            let message = format!("part of a login is set ({place}), and not which login");
            return Fault::new("auth_method", message)
                .at("INFISICAL_AUTH_METHOD")
                .hint_at(format!("set it to one of {}", methods.join(", ")));
        }
        let (setting, id) = CLIENT_ID;
        let ((_, secret), (_, token)) = (CLIENT_SECRET, TOKEN);
        Fault::new(
            setting,
            "Infisical is to be used, and no credentials are set",
        )
        .at(id)
        .hint_at(format!("set {id} and {secret}, or {token}"))
    }

    fn no_address(&self) -> Fault {
        let message = match self.login.values().next() {
            Some(place) => format!("a login is set ({place}), and no address to send it to"),
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
            .place(CLIENT_ID)
            .or(self.place(CLIENT_SECRET))
            .unwrap_or_default();
        let token = self.place(TOKEN).unwrap_or_default();
        Fault::new(
            "auth_method",
            format!("two sets of credentials are set: {pair} and {token}"),
        )
        .at("INFISICAL_AUTH_METHOD")
        .hint_at("choose one with `universal-auth` or `token`, or remove the other set")
    }
}

fn lacks((setting, variable): Need) -> Fault {
    Fault::new(setting, "the login needs this, and it is not set")
        .at(variable)
        .hint_at(format!("set {variable}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(address: bool, id: bool, secret: bool, token: bool) -> Given {
        let set = [(id, CLIENT_ID), (secret, CLIENT_SECRET), (token, TOKEN)];
        let login = set
            .into_iter()
            .filter(|(is_set, _)| *is_set)
            .map(|(_, (name, variable))| (name, variable.to_owned()));
        Given {
            address,
            login: login.collect(),
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
    }

    #[test]
    fn any_part_of_a_login_without_an_address_is_an_error() {
        for name in [
            "auth_method",
            "identity_id",
            "gcp_key_file",
            "jwt",
            "client_id",
        ] {
            let given = Given {
                login: [(name, name.to_owned())].into(),
                ..Given::default()
            };
            assert_eq!(missing_settings(&given)[0], "address", "{name}");
        }
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
        assert!(faults[0].message().contains(TOKEN.1));
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
