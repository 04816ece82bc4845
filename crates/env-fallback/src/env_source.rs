//! [`EnvSource`]: secrets from environment variables alone.

use std::sync::Arc;

use async_trait::async_trait;
use secret_source::{
    FolderAddress, Missing, Origin, Secret, SecretAddress, SecretError, SecretSource,
};

use crate::lookup::{Lookup, Ready};
use crate::variable_names::Scope;
use crate::{Dotenv, Environment, VariableNames, tried};

/// Answers from environment variables, and after them from a `.env` file where one is given.
///
/// This is the source of a stack without a server. Qualified and bare names both count.
///
/// # Examples
///
/// ```
/// use env_fallback::{EnvSource, Environment, VariableNames};
/// use secret_source::{ExposeSecret, SecretAddress, SecretSource};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let environment = Environment::from_pairs([("POSTGRES_DSN", "postgres://localhost/dev")]);
/// let source = EnvSource::new(environment, VariableNames::new());
/// let address = SecretAddress::new("infisical", "dev", &"/shared/db".parse()?, "POSTGRES_DSN");
/// assert_eq!(source.get(&address).await?.value().expose_secret(), "postgres://localhost/dev");
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct EnvSource {
    environment: Lookup,
    dotenv: Option<Lookup>,
    dotenv_file: Option<String>,
    names: Arc<VariableNames>,
    note: Option<String>,
}

impl EnvSource {
    /// Answers from the variables of `environment`, by these names.
    pub fn new(environment: Environment, names: VariableNames) -> Self {
        let names = Arc::new(names);
        let environment = Lookup::new(environment.variables(), &names);
        Self {
            environment,
            dotenv: None,
            dotenv_file: None,
            names,
            note: None,
        }
    }

    /// Lets a `.env` file answer where no variable is set.
    #[must_use]
    pub fn with_dotenv(mut self, dotenv: &Dotenv) -> Self {
        self.dotenv = Some(Lookup::new(dotenv.variables(), &self.names));
        self.dotenv_file = Some(dotenv.file().to_owned());
        self
    }

    /// Adds a sentence to the hint of every missing secret, such as why nothing else was asked.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    fn find(
        &self,
        address: &SecretAddress,
        batch: &[SecretAddress],
    ) -> Result<Secret, SecretError> {
        if !self.names.covers(address) {
            return Err(self.names.refuse(address));
        }
        for lookup in [Some(&self.environment), self.dotenv.as_ref()]
            .into_iter()
            .flatten()
        {
            if let Some(secret) = lookup.find(address, batch, Scope::QualifiedAndBare)? {
                return Ok(secret);
            }
        }
        let tried = tried::hint(&self.names, address, self.dotenv_file.as_deref(), None);
        let hint = match &self.note {
            Some(note) => format!("{tried}; {note}"),
            None => tried,
        };
        Err(SecretError::not_found(Missing::Unknown)
            .with_address(address)
            .with_hint(hint))
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SecretSource for EnvSource {
    fn origin(&self) -> Origin {
        match &self.dotenv_file {
            Some(file) => Origin::new("env").with("dotenv", file),
            None => Origin::new("env"),
        }
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        if !self.names.covers(address) {
            return None;
        }
        match self.environment.ready(address, Scope::QualifiedAndBare) {
            Ready::Value(secret) => Some(secret),
            Ready::Absent | Ready::Unknown => None,
        }
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        self.find(address, std::slice::from_ref(address))
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        addresses
            .iter()
            .map(|address| self.find(address, addresses))
            .collect()
    }

    /// Variables do not change, and a file that one names is read at each look-up.
    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        self.get_many(addresses).await
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        Err(not_listed(folder))
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        Err(not_listed(folder))
    }
}

fn not_listed(folder: &FolderAddress) -> SecretError {
    SecretError::unsupported(format!("variables cannot be listed as {folder}"))
        .with_hint("a variable's name does not tell its folder; name the secrets one by one")
}
