//! [`Profiles`]: the policies of an application's profiles, and what follows from the one that is selected.

use secret_ref::FolderPath;

use super::ProfilePolicy;
use crate::{Secret, SecretAddress, SecretError};

/// Holds what references may ask for in each profile of the configuration.
///
/// A profile without a policy may read nothing, unless there is a policy for the others. The case of a profile's name
/// does not matter, as in figment. See [`ProfilePolicy`] for an example.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Profiles {
    named: Vec<(String, ProfilePolicy)>,
    others: Option<ProfilePolicy>,
}

/// The policy that a resolver follows.
#[derive(Clone, Debug)]
pub(super) struct Following {
    profile: String,
    /// `None` where the application thought of other profiles only.
    policy: Option<ProfilePolicy>,
}

impl Profiles {
    /// Begins without a policy, which leaves every profile alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the policy of a profile; the last one for a name counts.
    pub fn with(mut self, profile: impl Into<String>, policy: ProfilePolicy) -> Self {
        let profile = profile.into();
        self.named.retain(|(known, _)| !is_same(known, &profile));
        self.named.push((profile, policy));
        self
    }

    /// Sets the policy of every profile that has none of its own.
    pub fn others(mut self, policy: ProfilePolicy) -> Self {
        self.others = Some(policy);
        self
    }

    /// Returns what to follow in a profile; `None` where the application has no policy at all.
    pub(super) fn of(&self, profile: &str) -> Option<Following> {
        if self.named.is_empty() && self.others.is_none() {
            return None;
        }
        let named = self.named.iter().find(|(known, _)| is_same(known, profile));
        Some(Following {
            profile: profile.to_owned(),
            policy: named
                .map(|(_, policy)| policy)
                .or(self.others.as_ref())
                .cloned(),
        })
    }
}

impl Following {
    pub(super) fn environment(&self) -> Option<&str> {
        self.policy.as_ref()?.environment.as_deref()
    }

    pub(super) fn check(
        &self,
        scheme: &str,
        environment: &str,
        folder: &FolderPath,
    ) -> Result<(), SecretError> {
        let profile = &self.profile;
        let Some(policy) = &self.policy else {
            let message = format!("the profile `{profile}` has no policy, so it may read nothing");
            return Err(SecretError::invalid(message)
                .with_code("profile-without-policy")
                .with_hint(
                    "select a profile that has one, or let the application add one for it",
                ));
        };
        let place = format!("in the profile `{profile}`");
        policy.allowed.check(&place, scheme, environment, folder)
    }

    /// Refuses a value that came from the environment, if the profile does.
    pub(super) fn check_value(
        &self,
        address: &SecretAddress,
        secret: &Secret,
    ) -> Result<(), SecretError> {
        let origin = secret.origin();
        let refused = self
            .policy
            .as_ref()
            .is_some_and(|policy| !policy.environment_values);
        if !refused || !matches!(origin.name(), "env" | "dotenv") {
            return Ok(());
        }
        let message = format!(
            "the profile `{}` takes no value from {origin}",
            self.profile
        );
        Err(SecretError::invalid(message)
            .with_code("environment-value-not-allowed")
            .with_address(address)
            .with_hint("unset it, so that the source answers"))
    }
}

/// Compares names as figment does.
fn is_same(one: &str, two: &str) -> bool {
    one.eq_ignore_ascii_case(two)
}
