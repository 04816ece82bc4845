//! [`ListReferences`]: what a configuration refers to, without fetching any of it.

use figment::Figment;
use secret_ref::SecretRef;
use secret_source::{Resolver, SecretAddress};

use crate::ResolveError;
use crate::finding::{Finding, Text};
use crate::occurrence::search;
use crate::place::Place;
use crate::resolve::selected_profile;

/// Lists the references of a configuration.
///
/// As with [`ResolveSecrets`](crate::ResolveSecrets), only what the selected profile sees counts, and its policy applies.
///
/// # Examples
///
/// ```
/// use figment::{Figment, providers::{Format, Toml}};
/// use figment_secrets::ListReferences;
/// use secret_source::{MemorySource, Resolver};
///
/// let resolver = Resolver::builder(MemorySource::new()).environment("prod").build()?;
/// let figment = Figment::from(Toml::string("db.password = 'infisical:///db/PASSWORD?optional'"));
///
/// let references = figment.references(&resolver)?;
/// assert_eq!(references[0].key(), "db.password");
/// assert_eq!(references[0].address().to_string(), "infisical://prod/db/PASSWORD");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ListReferences {
    /// Returns each reference with its place, in the order of the keys; one for each time it is written. Nothing
    /// is asked for.
    ///
    /// # Errors
    ///
    /// Reports at once everything that is wrong without asking a source: providers that could not be read,
    /// references that do not parse, and those that have no address or are not allowed.
    fn references(
        &self,
        resolver: &impl AsRef<Resolver>,
    ) -> Result<Vec<ConfigReference>, ResolveError>;
}

/// Is a reference as it is written in a configuration.
#[derive(Clone, Debug)]
pub struct ConfigReference {
    key: String,
    file: Option<String>,
    reference: SecretRef,
    address: SecretAddress,
}

impl ConfigReference {
    /// Returns the configuration key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the file that holds the key, where figment knows one.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Returns the reference.
    pub fn reference(&self) -> &SecretRef {
        &self.reference
    }

    /// Returns the secret that the reference means.
    pub fn address(&self) -> &SecretAddress {
        &self.address
    }
}

impl ListReferences for Figment {
    fn references(
        &self,
        resolver: &impl AsRef<Resolver>,
    ) -> Result<Vec<ConfigReference>, ResolveError> {
        let resolver = resolver.as_ref().in_profile(selected_profile(self));
        let tree = self.find_value("")?.into_dict().unwrap_or_default();
        let findings = search(self, &tree, resolver.schemes());
        let mut problems = findings.problems;
        let mut found = Vec::new();
        for occurrence in &findings.occurrences {
            let key = &occurrence.key;
            for (number, reference) in occurrence.references().enumerate() {
                match resolver.address(reference) {
                    Ok(address) => found.push(ConfigReference {
                        key: key.to_string(),
                        file: Place::of_tag(self, occurrence.tag).file,
                        reference: reference.clone(),
                        address,
                    }),
                    Err(error) => {
                        let (ordinal, tag) = (occurrence.ordinal, occurrence.tag);
                        let text = Text::at(self, &tree, ordinal, tag, key);
                        let schemes = resolver.schemes();
                        let finding = Finding::unanswered(text, number, schemes, reference, error);
                        problems.push(finding);
                    }
                }
            }
        }
        if problems.is_empty() {
            return Ok(found);
        }
        let count = found.len() + problems.len();
        let [problems, warnings] =
            [problems, findings.warnings].map(|findings| Finding::settle(self, findings));
        Err(ResolveError::new(problems, warnings, count))
    }
}
