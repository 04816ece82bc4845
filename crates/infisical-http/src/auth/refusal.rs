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
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::LockedOut => "the identity is locked out after too many failed logins",
            Self::Expired => "the client secret has expired",
            Self::UsedUp => "the client secret may not be used any more",
            Self::UnknownId => "there is no identity with this client id",
            Self::Wrong => "the client id or the client secret is wrong",
        }
    }

    /// Says what to do about it.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::LockedOut => {
                "wait (300 s unless the identity is set up otherwise) and correct the client secret first"
            }
            Self::Expired | Self::UsedUp => "create a new client secret for the identity",
            Self::UnknownId | Self::Wrong => {
                "check the client id and secret, and that the address is that of the identity's server \
                 (the US and EU clouds are separate)"
            }
        }
    }
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
}
