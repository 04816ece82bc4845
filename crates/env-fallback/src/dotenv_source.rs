//! [`DotenvSource`]: secrets from a `.env` file alone.

use async_trait::async_trait;
use secret_source::{FolderAddress, Origin, Secret, SecretAddress, SecretError, SecretSource};

use crate::{Dotenv, EnvSource, Environment, VariableNames};

/// Answers from a `.env` file and nothing else, whatever the environment holds.
///
/// # Examples
///
/// ```
/// use env_fallback::{Dotenv, DotenvSource, VariableNames};
/// use secret_source::{ExposeSecret, SecretAddress, SecretSource};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let dotenv = Dotenv::parse(".env", "DB_HASH=$2b$12$abcdefghijklmnopqrstuv # bcrypt\n")?;
/// let source = DotenvSource::new(&dotenv, VariableNames::new());
/// let address = SecretAddress::new("infisical", "dev", &"/db".parse()?, "HASH");
///
/// let secret = source.get(&address).await?;
/// assert_eq!(secret.value().expose_secret(), "$2b$12$abcdefghijklmnopqrstuv");
/// assert_eq!(secret.origin().to_string(), "dotenv (file .env, line 1, variable DB_HASH)");
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct DotenvSource {
    file: String,
    // An environment without variables leaves the answers to the file.
    inner: EnvSource,
}

impl DotenvSource {
    /// Answers from the variables of `dotenv`, by these names.
    pub fn new(dotenv: &Dotenv, names: VariableNames) -> Self {
        let inner = EnvSource::new(Environment::default(), names).with_dotenv(dotenv);
        Self {
            file: dotenv.file().to_owned(),
            inner,
        }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SecretSource for DotenvSource {
    fn origin(&self) -> Origin {
        Origin::new("dotenv").with("file", &self.file)
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        self.inner.peek(address)
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        self.inner.get(address).await
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        self.inner.get_many(addresses).await
    }

    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        self.inner.refresh_many(addresses).await
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.inner.list(folder).await
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.inner.list_recursive(folder).await
    }
}
