//! [`Claims`]: which address each variable answers for.

use std::sync::OnceLock;

use secret_source::SecretAddress;

/// Remembers the one address that each variable answers for.
///
/// Each entry is set once and only read afterwards, so a look-up on the hot path takes no lock.
#[derive(Debug)]
pub(crate) struct Claims(Box<[OnceLock<Claim>]>);

/// Says whom a variable answers, once and for all.
#[derive(Debug)]
pub(crate) enum Claim {
    One(SecretAddress),
    /// Two were asked for at once; the variable answers neither, also later.
    Two(SecretAddress, SecretAddress),
}

/// The two addresses that one variable could mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict(pub(crate) SecretAddress, pub(crate) SecretAddress);

impl Claims {
    pub(crate) fn new(variables: usize) -> Self {
        Self((0..variables).map(|_| OnceLock::new()).collect())
    }

    /// Tells whether a variable was claimed for this address.
    pub(crate) fn is_held_by(&self, variable: usize, address: &SecretAddress) -> bool {
        matches!(self.0.get(variable).and_then(OnceLock::get), Some(Claim::One(owner)) if owner == address)
    }

    /// Claims a variable for an address. Whose it is, is decided the first time only.
    pub(crate) fn claim(
        &self,
        variable: usize,
        address: &SecretAddress,
        decide: impl FnOnce() -> Claim,
    ) -> Result<(), Conflict> {
        let Some(slot) = self.0.get(variable) else {
            return Ok(());
        };
        match slot.get_or_init(decide) {
            Claim::One(owner) if owner == address => Ok(()),
            Claim::One(owner) => Err(Conflict(owner.clone(), address.clone())),
            Claim::Two(one, two) => Err(Conflict(one.clone(), two.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(key: &str) -> SecretAddress {
        SecretAddress::new("infisical", "prod", &"/".parse().unwrap(), key)
    }

    #[test]
    fn the_first_address_keeps_the_variable() {
        let claims = Claims::new(1);
        let [a, b] = [address("A"), address("B")];
        assert!(!claims.is_held_by(0, &a));
        assert_eq!(claims.claim(0, &a, || Claim::One(a.clone())), Ok(()));
        assert_eq!(claims.claim(0, &a, || unreachable!()), Ok(()));
        assert_eq!(
            claims.claim(0, &b, || unreachable!()),
            Err(Conflict(a.clone(), b))
        );
        assert!(claims.is_held_by(0, &a));
    }

    #[test]
    fn a_variable_that_two_ask_for_at_once_is_nobodys_for_good() {
        let claims = Claims::new(1);
        let [a, b] = [address("A"), address("B")];
        let conflict = Err(Conflict(a.clone(), b.clone()));
        assert_eq!(
            claims.claim(0, &a, || Claim::Two(a.clone(), b.clone())),
            conflict
        );
        assert_eq!(claims.claim(0, &a, || Claim::One(a.clone())), conflict);
        assert!(!claims.is_held_by(0, &a));
    }
}
