//! [`Lookup`]: answers addresses from one set of variables.

use std::sync::Arc;

use secret_source::{Secret, SecretAddress, SecretError};

use crate::claims::{Claim, Claims, Conflict};
use crate::name_bytes;
use crate::reserved::is_reserved;
use crate::value_file;
use crate::variable_names::{Scope, VariableNames};
use crate::variables::{Holds, Variable, Variables};

/// Answers addresses from the environment or from a `.env` file, by the rules of the crate.
#[derive(Debug)]
pub(crate) struct Lookup {
    variables: Arc<Variables>,
    names: Arc<VariableNames>,
    claims: Claims,
}

/// What can be said about an address without waiting.
#[derive(Debug)]
pub(crate) enum Ready {
    /// No variable is set for it.
    Absent,
    /// A variable answers it.
    Value(Secret),
    /// A variable is set, and [`Lookup::find`] says what it gives.
    Unknown,
}

/// A variable that is set and stands for an address.
struct Candidate<'a> {
    position: usize,
    variable: &'a Variable,
    holds: Holds,
    is_mapped: bool,
}

impl Lookup {
    pub(crate) fn new(variables: &Arc<Variables>, names: &Arc<VariableNames>) -> Self {
        Self {
            variables: Arc::clone(variables),
            names: Arc::clone(names),
            claims: Claims::new(variables.len()),
        }
    }

    /// Says what is known without I/O and without an allocation.
    ///
    /// Only [`find`](Self::find) sees whole batches, so a value is ready once that has given it.
    pub(crate) fn ready(&self, address: &SecretAddress, scope: Scope) -> Ready {
        match self.candidate(address, scope) {
            None => Ready::Absent,
            Some(Candidate {
                position,
                variable:
                    Variable {
                        secret: Some(secret),
                        ..
                    },
                holds: Holds::Value,
                is_mapped,
            }) if is_mapped || self.claims.is_held_by(position, address) => {
                Ready::Value(secret.clone())
            }
            Some(_) => Ready::Unknown,
        }
    }

    /// Answers an address that was asked for together with `batch`; `None` where no variable is set.
    pub(crate) fn find(
        &self,
        address: &SecretAddress,
        batch: &[SecretAddress],
        scope: Scope,
    ) -> Result<Option<Secret>, SecretError> {
        let Some(Candidate {
            position,
            variable,
            holds,
            is_mapped,
        }) = self.candidate(address, scope)
        else {
            return Ok(None);
        };
        if !is_mapped {
            let decide = || self.owner(variable, address, batch);
            self.claims
                .claim(position, address, decide)
                .map_err(|conflict| self.ambiguous(variable, &conflict).with_address(address))?;
        }
        let secret = variable
            .secret
            .as_ref()
            .ok_or_else(|| variable.not_text().with_address(address))?;
        match holds {
            Holds::Value => Ok(Some(secret.clone())),
            Holds::Path => {
                let value = value_file::read(&variable.name, secret.value());
                let value = value.map_err(|error| error.with_address(address))?;
                Ok(Some(Secret::new(value, secret.origin().clone())))
            }
        }
    }

    fn candidate<'a>(&'a self, address: &'a SecretAddress, scope: Scope) -> Option<Candidate<'a>> {
        if let Some(mapped) = self.names.mapped(address) {
            return mapped.iter().find_map(|name| self.mapped(name));
        }
        if !self.variables.may_hold(address.key()) {
            return None;
        }
        let qualified = name_bytes::qualified(self.names.prefix_text(), address);
        let by_qualified = self.usable(qualified);
        match scope {
            Scope::Qualified => by_qualified,
            Scope::QualifiedAndBare => {
                by_qualified.or_else(|| self.usable(name_bytes::bare(address)))
            }
        }
    }

    fn mapped<'a>(&'a self, name: &'a str) -> Option<Candidate<'a>> {
        let (position, variable, holds) =
            self.variables.holding(name_bytes::existing(name)).next()?;
        Some(Candidate {
            position,
            variable,
            holds,
            is_mapped: true,
        })
    }

    fn usable<'a>(&'a self, name: impl Iterator<Item = u8> + Clone + 'a) -> Option<Candidate<'a>> {
        let mut found = self.variables.holding(name);
        found
            .find(|(_, variable, _)| {
                !is_reserved(&variable.name) && !self.names.is_mapped(&variable.name)
            })
            .map(|(position, variable, holds)| Candidate {
                position,
                variable,
                holds,
                is_mapped: false,
            })
    }

    /// Decides whose a variable is: a qualified name beats a bare one, and of two equals neither wins.
    fn owner(
        &self,
        variable: &Variable,
        address: &SecretAddress,
        batch: &[SecretAddress],
    ) -> Claim {
        for scope in [Scope::Qualified, Scope::QualifiedAndBare] {
            let mut claimants = batch
                .iter()
                .filter(|other| self.names.stands_for(&variable.name, other, scope));
            if let Some(one) = claimants.next() {
                return match claimants.find(|other| *other != one) {
                    Some(two) => Claim::Two(one.clone(), two.clone()),
                    None => Claim::One(one.clone()),
                };
            }
        }
        Claim::One(address.clone())
    }

    fn ambiguous(&self, variable: &Variable, Conflict(one, two): &Conflict) -> SecretError {
        let qualified = |address: &SecretAddress| self.names.of(address).swap_remove(0);
        let (first, second) = (qualified(one), qualified(two));
        let name = &variable.name;
        let remedy = if first == second || [&first, &second].contains(&name) {
            "map it to one of them".to_owned()
        } else {
            format!("set `{first}` or `{second}` instead")
        };
        SecretError::invalid(format!(
            "the variable `{name}` could mean more than one secret"
        ))
        .with_code("ambiguous-variable")
        .with_hint(format!("it could mean {one} or {two}: {remedy}"))
    }
}
