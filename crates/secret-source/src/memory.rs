//! [`MemorySource`]: secrets that live in memory, for tests and examples.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use secret_ref::{SecretRef, SecretType};

use crate::{
    AddressMap, Change, FolderAddress, Missing, Origin, PutMode, PutOptions, Secret, SecretAddress,
    SecretError, SecretSource, SecretStore, Written, suggest,
};

/// Answers from a map in memory, and takes values in.
///
/// It knows projects, environments and folders, but neither versions nor personal values.
///
/// # Examples
///
/// ```
/// use secret_source::{ExposeSecret, MemorySource, SecretAddress, SecretSource};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let source = MemorySource::new().with("infisical://dev/db/PASSWORD", "hunter2")?;
/// let address = SecretAddress::new("infisical", "dev", &"/db".parse()?, "PASSWORD");
/// assert_eq!(source.get(&address).await?.value().expose_secret(), "hunter2");
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Default)]
pub struct MemorySource {
    secrets: Mutex<AddressMap<Secret>>,
}

impl MemorySource {
    /// Makes a source that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the value of a reference, which names its environment and takes no options.
    ///
    /// # Errors
    ///
    /// Fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) where the reference does not parse,
    /// names no environment, or says more than which secret is meant.
    pub fn with(self, reference: &str, value: &str) -> Result<Self, SecretError> {
        let reference = SecretRef::parse(reference)
            .map_err(|error| SecretError::invalid(error.to_string()).with_hint(error.hint()))?;
        let Some(environment) = reference.environment() else {
            return Err(
                SecretError::invalid(format!("{reference} names no environment"))
                    .with_hint("write one, as in `infisical://dev/KEY`"),
            );
        };
        let mut address = SecretAddress::new(
            reference.scheme(),
            environment,
            reference.folder(),
            reference.key(),
        );
        if let Some(project) = reference.project() {
            address = address.with_project(project);
        }
        if reference.to_string() != address.to_string() {
            return Err(
                SecretError::invalid(format!("{reference} has options or a pointer"))
                    .with_hint("name the secret alone: options are for those who ask for it"),
            );
        }
        self.set(&address, value);
        Ok(self)
    }

    /// Sets a value, one version above the one before.
    pub fn set(&self, address: &SecretAddress, value: &str) {
        let mut secrets = self.secrets();
        let version = secrets.get(address).and_then(Secret::version).unwrap_or(0) + 1;
        secrets.insert(
            address.clone(),
            Secret::new(value, self.origin()).with_version(version),
        );
    }

    /// Removes a value and tells whether there was one.
    pub fn remove(&self, address: &SecretAddress) -> bool {
        self.secrets().remove(address).is_some()
    }

    fn find(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        check(address)?;
        let secrets = self.secrets();
        match secrets.get(address) {
            Some(secret) => Ok(secret.clone()),
            None => Err(missing(&secrets, address)),
        }
    }

    /// Lists what is in the folders of an environment whose paths are `within`.
    fn listed(
        &self,
        folder: &FolderAddress,
        within: impl Fn(&str) -> bool,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let secrets = self.secrets();
        let mut found: Vec<_> = secrets
            .iter()
            .filter(|(address, _)| {
                is_beside(address, &folder.secret("KEY")) && within(address.folder())
            })
            .map(|(address, secret)| (address.clone(), secret.clone()))
            .collect();
        if found.is_empty() {
            return Err(match elsewhere(&secrets, &folder.secret("KEY")) {
                Some(error) => error,
                None => SecretError::not_found(Missing::Folder)
                    .with_hint(format!("{folder} holds nothing")),
            });
        }
        found.sort_by(|(left, _), (right, _)| {
            (left.folder(), left.key()).cmp(&(right.folder(), right.key()))
        });
        Ok(found)
    }

    fn secrets(&self) -> MutexGuard<'_, AddressMap<Secret>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SecretSource for MemorySource {
    fn origin(&self) -> Origin {
        Origin::new("memory")
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        self.find(address)
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        addresses.iter().map(|address| self.find(address)).collect()
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.listed(folder, |path| path == folder.path())
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let beneath = match folder.path() {
            "/" => "/".to_owned(),
            path => format!("{path}/"),
        };
        let within = |path: &str| path == folder.path() || path.starts_with(&beneath);
        self.listed(folder, within)
    }
}

/// Has no folders of its own: a folder exists while it holds a secret.
#[async_trait]
impl SecretStore for MemorySource {
    async fn put(
        &self,
        address: &SecretAddress,
        value: &SecretString,
        options: PutOptions,
    ) -> Result<Written, SecretError> {
        check(address)?;
        let mut secrets = self.secrets();
        let change = match (options.mode(), secrets.get(address)) {
            (PutMode::Create, Some(_)) => {
                return Err(SecretError::invalid("the secret exists already")
                    .with_hint("update it, or delete it first")
                    .with_address(address));
            }
            (PutMode::Update, None) => return Err(missing(&secrets, address)),
            (_, None) => Change::Created,
            (_, Some(old)) if old.value().expose_secret() == value.expose_secret() => {
                Change::Unchanged
            }
            (_, Some(_)) => Change::Updated,
        };
        let old = secrets.get(address).and_then(Secret::version).unwrap_or(0);
        let version = if change == Change::Unchanged {
            old
        } else {
            old + 1
        };
        let secret = Secret::new(value.clone(), self.origin()).with_version(version);
        secrets.insert(address.clone(), secret);
        Ok(Written::new(change).with_version(version).confirmed())
    }

    async fn delete(&self, address: &SecretAddress) -> Result<(), SecretError> {
        check(address)?;
        let mut secrets = self.secrets();
        match secrets.remove(address) {
            Some(_) => Ok(()),
            None => Err(missing(&secrets, address)),
        }
    }
}

impl std::fmt::Debug for MemorySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut addresses: Vec<_> = self.secrets().keys().map(ToString::to_string).collect();
        addresses.sort();
        f.debug_struct("MemorySource")
            .field("addresses", &addresses)
            .finish()
    }
}

/// Refuses what values in memory have no notion of.
fn check(address: &SecretAddress) -> Result<(), SecretError> {
    if address.version().is_some() {
        return Err(
            SecretError::unsupported("values in memory have no versions").with_address(address),
        );
    }
    if address.secret_type() != SecretType::Shared {
        return Err(
            SecretError::unsupported("values in memory are never personal").with_address(address),
        );
    }
    Ok(())
}

/// Tells whether two secrets are in one environment of one project.
fn is_beside(one: &SecretAddress, other: &SecretAddress) -> bool {
    (one.scheme(), one.project(), one.environment())
        == (other.scheme(), other.project(), other.environment())
}

/// As a server would: an environment that does not exist is a mistake, and excused by no default.
fn elsewhere<S>(
    secrets: &HashMap<SecretAddress, Secret, S>,
    address: &SecretAddress,
) -> Option<SecretError> {
    if secrets.is_empty() || secrets.keys().any(|other| is_beside(other, address)) {
        return None;
    }
    let environment = address.environment();
    let error = SecretError::invalid(format!("there is no environment `{environment}`"));
    Some(error.with_hint(
        "name an environment, and a project, that the source in memory holds secrets of",
    ))
}

fn missing<S>(secrets: &HashMap<SecretAddress, Secret, S>, address: &SecretAddress) -> SecretError {
    let folder = address.folder_address();
    let keys: Vec<_> = secrets
        .keys()
        .filter(|other| other.folder_address() == folder)
        .map(SecretAddress::key)
        .collect();
    if let Some(error) = elsewhere(secrets, address) {
        return error.with_address(address);
    }
    let missing = if keys.is_empty() {
        Missing::Folder
    } else {
        Missing::Secret
    };
    let error = SecretError::not_found(missing).with_address(address);
    match suggest(address.key(), keys) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error,
    }
}
