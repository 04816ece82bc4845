//! [`Refusal`]: why a login was refused.

use std::time::Duration;

/// How long a server locks an identity out after three failures, unless it is set up otherwise.
const LOCKOUT: Duration = Duration::from_secs(300);

/// Says why a login was refused, as far as servers tell.
///
/// The words are those of Infisical's universal-auth service, unchanged from 2024 to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    LockedOut,
    Expired,
    UsedUp,
    UnknownId,
    Wrong,
}

impl Refusal {
    /// Recognises a message of Infisical's.
    pub(crate) fn of(message: &str) -> Self {
        let known = [
            ("temporarily locked", Self::LockedOut),
            ("expired client secret", Self::Expired),
            ("usage limit reached", Self::UsedUp),
            ("No identity with specified client ID", Self::UnknownId),
        ];
        let found = known.iter().find(|(words, _)| message.contains(words));
        found.map_or(Self::Wrong, |(_, refusal)| *refusal)
    }

    /// Returns how long the identity is locked out, where it is.
    pub(crate) fn lockout(self) -> Option<Duration> {
        (self == Self::LockedOut).then_some(LOCKOUT)
    }

    /// Says it as the second half of a sentence.
    pub(crate) fn what(self, words: Words<'_>) -> String {
        let organization = words
            .organization
            .map(|slug| format!("the organization `{slug}`"));
        let text = match (self, words.method, organization) {
            (Self::LockedOut, ..) => "the identity is locked out after too many failed logins",
            (Self::Expired, ..) => "the client secret has expired",
            (Self::UsedUp, ..) => "the client secret may not be used any more",
            (Self::UnknownId, "universal auth", _) => "there is no identity with this client id",
            (_, "universal auth", None) => "the client id or the client secret is wrong",
            (_, "universal auth", Some(organization)) => {
                return format!("the client id, the client secret or {organization} is wrong");
            }
            // The server's words do not say which of several things is wrong, and they differ by method.
            (_, method, None) => return format!("it does not accept the {method} credentials"),
            (_, method, Some(organization)) => {
                return format!("it does not accept the {method} credentials for {organization}");
            }
        };
        text.to_owned()
    }

    /// Says what to do about it.
    pub(crate) fn hint(self, words: Words<'_>) -> String {
        let hint = match (self, words.method) {
            (Self::LockedOut, method) => {
                let secret = match method {
                    "universal auth" => "client secret",
                    "ldap auth" => "password",
                    _ => "credentials",
                };
                return format!(
                    "wait (300 s unless the identity is set up otherwise) and correct the {secret} first"
                );
            }
            (Self::Expired | Self::UsedUp, _) => "create a new client secret for the identity",
            (Self::UnknownId | Self::Wrong, "universal auth") => {
                "check the client id and secret, and that the address is that of the identity's server \
                 (the US and EU clouds are separate)"
            }
            (Self::UnknownId | Self::Wrong, _) => {
                "check the identity id, that the identity has this method, and that what it demands \
                 (issuer, audience, account, region) fits this machine"
            }
        };
        match words.organization {
            Some(slug) => format!("{hint}; the identity must be a member of `{slug}`"),
            None => hint.to_owned(),
        }
    }
}

/// What a refusal is told in: how the client logs in, and for whom.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) method: &'static str,
    /// The slug of the organization, where one is named.
    pub(crate) organization: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reasons_that_servers_give_are_recognised() {
        for (message, expected) in [
            (
                "This identity auth method is temporarily locked, please try again later",
                Refusal::LockedOut,
            ),
            (
                "Access denied due to expired client secret",
                Refusal::Expired,
            ),
            (
                "Access denied due to client secret usage limit reached",
                Refusal::UsedUp,
            ),
            (
                "No identity with specified client ID was found",
                Refusal::UnknownId,
            ),
            ("Invalid credentials", Refusal::Wrong),
            ("", Refusal::Wrong),
        ] {
            assert_eq!(Refusal::of(message), expected, "{message}");
        }
    }

    #[test]
    fn a_refusal_is_told_in_the_words_of_the_method_and_names_the_organization() {
        let words = |method, organization| Words {
            method,
            organization,
        };
        let (universal, ldap) = (words("universal auth", None), words("ldap auth", None));
        assert!(
            Refusal::LockedOut
                .hint(universal)
                .contains("the client secret")
        );
        assert!(Refusal::LockedOut.hint(ldap).contains("the password"));
        assert!(Refusal::Wrong.what(ldap).contains("ldap auth"));
        assert!(!Refusal::Wrong.what(universal).contains("organization"));
        for method in ["universal auth", "ldap auth"] {
            let acme = words(method, Some("acme"));
            assert!(Refusal::Wrong.what(acme).contains("organization `acme`"));
            assert!(Refusal::Wrong.hint(acme).contains("`acme`"));
        }
    }
}
