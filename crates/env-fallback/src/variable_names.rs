//! [`VariableNames`]: which variable stands for which secret.

use std::collections::BTreeMap;

use secret_ref::SecretType;
use secret_source::{AddressMap, SecretAddress, SecretError};

use crate::name_bytes;
use crate::variables::FILE_SUFFIX;

/// Says which variable stands for which secret; the crate's documentation has the rules.
///
/// # Examples
///
/// ```
/// use env_fallback::VariableNames;
/// use secret_source::SecretAddress;
///
/// let dsn = SecretAddress::new("infisical", "prod", &"/shared/db".parse()?, "POSTGRES_DSN");
/// let names = VariableNames::new().prefix("SHOP_");
/// assert_eq!(names.of(&dsn), ["SHOP_SHARED_DB_POSTGRES_DSN", "POSTGRES_DSN"]);
///
/// let names = names.variable("DATABASE_URL", dsn.clone());
/// assert_eq!(names.of(&dsn), ["DATABASE_URL"]);
/// # Ok::<(), secret_ref::ParseError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct VariableNames {
    prefix: String,
    project: Option<String>,
    mapped: AddressMap<Vec<String>>,
    owners: BTreeMap<String, SecretAddress>,
}

/// Which kinds of names count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Qualified,
    QualifiedAndBare,
}

impl VariableNames {
    /// Begins without a prefix, without a project and with nothing mapped.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what qualified names begin with, its `_` included; it is upper-cased like the rest.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Names the project that the variables belong to, so that addresses that name it are answered too.
    ///
    /// A stack of one tenant sets this, and a prefix, so that tenants do not share variables.
    #[must_use]
    pub fn project(mut self, project: impl Into<String>) -> Self {
        self.project = Some(project.into());
        self
    }

    /// Maps a variable to a secret. Of several for one secret the first that is set counts; of several
    /// secrets for one variable the last.
    #[must_use]
    pub fn variable(mut self, variable: impl Into<String>, address: SecretAddress) -> Self {
        let variable = variable.into();
        if let Some(former) = self.owners.insert(variable.clone(), address.clone())
            && let Some(variables) = self.mapped.get_mut(&former)
        {
            variables.retain(|other| *other != variable);
        }
        self.mapped.entry(address).or_default().push(variable);
        self.mapped.retain(|_, variables| !variables.is_empty());
        self
    }

    /// Returns the names that are tried for a secret, in order; each also with `_FILE` at its end.
    pub fn of(&self, address: &SecretAddress) -> Vec<String> {
        if let Some(variables) = self.mapped(address) {
            return variables.to_vec();
        }
        let mut names = vec![
            name_bytes::spelled(name_bytes::qualified(&self.prefix, address)),
            name_bytes::spelled(name_bytes::bare(address)),
        ];
        names.dedup();
        names
    }

    pub(crate) fn prefix_text(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn mapped(&self, address: &SecretAddress) -> Option<&[String]> {
        // Most stacks map nothing, and looking into an empty map is not quite free.
        if self.mapped.is_empty() {
            return None;
        }
        self.mapped.get(address).map(Vec::as_slice)
    }

    /// Tells whether a variable, or the one it is the `_FILE` of, is mapped to any secret.
    pub(crate) fn is_mapped(&self, variable: &str) -> bool {
        let file_of = variable.strip_suffix(FILE_SUFFIX);
        !self.owners.is_empty()
            && (self.owners.contains_key(variable)
                || file_of.is_some_and(|name| self.owners.contains_key(name)))
    }

    /// Tells whether variables may answer an address at all.
    pub(crate) fn covers(&self, address: &SecretAddress) -> bool {
        address.version().is_none()
            && address.secret_type() == SecretType::Shared
            && (address.project().is_none()
                || address.project() == self.project.as_deref()
                || self.mapped(address).is_some())
    }

    /// Says why variables may not answer an address that they do not [cover](Self::covers).
    pub(crate) fn refuse(&self, address: &SecretAddress) -> SecretError {
        let (problem, hint) = if address.version().is_some() {
            (
                "a variable has no versions",
                "leave `version` out of the reference",
            )
        } else if address.secret_type() != SecretType::Shared {
            (
                "a variable is never a personal value",
                "leave `type` out of the reference",
            )
        } else {
            (
                "a variable belongs to no project",
                "leave the project out of the reference, or map a variable to it",
            )
        };
        SecretError::unsupported(problem)
            .with_address(address)
            .with_hint(hint)
    }

    /// Tells whether a variable stands for an address by its qualified name, or by its bare one too.
    pub(crate) fn stands_for(&self, variable: &str, address: &SecretAddress, scope: Scope) -> bool {
        if !self.covers(address) || self.mapped(address).is_some() {
            return false;
        }
        [Some(variable), variable.strip_suffix(FILE_SUFFIX)]
            .into_iter()
            .flatten()
            .any(|name| {
                let name = name_bytes::existing(name);
                name.clone()
                    .eq(name_bytes::qualified(&self.prefix, address))
                    || (scope == Scope::QualifiedAndBare && name.eq(name_bytes::bare(address)))
            })
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;

    fn address(folder: &str, key: &str) -> SecretAddress {
        SecretAddress::new("infisical", "prod", &folder.parse().unwrap(), key)
    }

    #[test]
    fn in_the_root_folder_there_is_one_name() {
        assert_eq!(VariableNames::new().of(&address("/", "KEY")), ["KEY"]);
        assert_eq!(
            VariableNames::new().prefix("P_").of(&address("/", "KEY")),
            ["P_KEY", "KEY"]
        );
    }

    #[test]
    fn a_variable_mapped_twice_belongs_to_the_last_secret() {
        let (one, two) = (address("/", "ONE"), address("/", "TWO"));
        let names = VariableNames::new()
            .variable("V", one.clone())
            .variable("V", two.clone());
        assert_eq!(names.of(&one), ["ONE"]);
        assert_eq!(names.of(&two), ["V"]);
        assert!(names.is_mapped("V") && names.is_mapped("V_FILE") && !names.is_mapped("W"));
    }

    #[test]
    fn a_project_is_covered_only_where_it_is_the_variables_own_or_mapped() {
        let acme = address("/", "KEY").with_project("acme");
        assert!(!VariableNames::new().covers(&acme));
        assert!(VariableNames::new().project("acme").covers(&acme));
        assert!(
            VariableNames::new()
                .project("acme")
                .covers(&address("/", "KEY"))
        );
        assert!(!VariableNames::new().project("other").covers(&acme));
        assert!(
            VariableNames::new()
                .variable("V", acme.clone())
                .covers(&acme)
        );
        assert!(!VariableNames::new().covers(&address("/", "KEY").with_version(NonZeroU64::MIN)));
    }
}
