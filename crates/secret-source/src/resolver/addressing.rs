//! How a resolver makes addresses of references: defaults, allow-lists, the policy of a profile.

use secret_ref::{FolderPath, FolderRef, SecretRef, encoded_segment};

use super::profiles::Following;
use super::{DEFAULT_SCHEME, Resolver};
use crate::{FolderAddress, SecretAddress, SecretError, suggest};

impl Resolver {
    /// Completes a reference to an address.
    ///
    /// # Errors
    ///
    /// Fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) where the scheme is not
    /// registered, no environment is named or set, or the allow-lists forbid it.
    pub fn address(&self, reference: &SecretRef) -> Result<SecretAddress, SecretError> {
        let (scheme, folder) = (reference.scheme(), reference.folder());
        let (project, environment) = self
            .complete(scheme, reference.project(), reference.environment(), folder)
            .map_err(|error| name_it(error, reference))?;
        let project = project.unwrap_or_default();
        let parts = [
            scheme,
            project,
            environment,
            folder.as_str(),
            reference.key(),
        ];
        Ok(SecretAddress::assemble(
            parts,
            reference.version(),
            reference.secret_type(),
        ))
    }

    /// Completes a folder reference to an address.
    ///
    /// # Errors
    ///
    /// Fails as [`address`](Self::address) does.
    pub fn folder(&self, reference: &FolderRef) -> Result<FolderAddress, SecretError> {
        let (scheme, folder) = (reference.scheme(), reference.folder());
        let (project, environment) =
            self.complete(scheme, reference.project(), reference.environment(), folder)?;
        Ok(FolderAddress::from_parts(
            scheme,
            project,
            environment,
            folder.as_str(),
        ))
    }

    /// Returns the address of `key` in the default folder of the default environment.
    ///
    /// # Errors
    ///
    /// Fails as [`address`](Self::address) does, and where `key` is not the name of a secret.
    pub fn key(&self, key: &str) -> Result<SecretAddress, SecretError> {
        // The grammar says what a key is, and it is the only place that does.
        let text = format!("{DEFAULT_SCHEME}:///{}", encoded_segment(key));
        let parsed = SecretRef::parse(&text).map_err(|error| {
            SecretError::invalid(error.to_string())
                .with_code(error.kind().code())
                .with_hint(error.hint())
        })?;
        let (scheme, folder) = (DEFAULT_SCHEME, &self.inside.folder);
        let (project, environment) = self.complete(scheme, None, None, folder)?;
        let folder = FolderAddress::from_parts(scheme, project, environment, folder.as_str());
        Ok(folder.secret(parsed.key()))
    }

    /// Returns the project, `None` for the default one, and the environment of an address.
    fn complete<'a>(
        &'a self,
        scheme: &str,
        project: Option<&'a str>,
        environment: Option<&'a str>,
        folder: &FolderPath,
    ) -> Result<(Option<&'a str>, &'a str), SecretError> {
        if !self.inside.schemes.contains(scheme) {
            return Err(self.unknown_scheme(scheme));
        }
        let following = self.following.as_deref();
        let environment = environment
            .or(following.and_then(Following::environment))
            .or(self.inside.environment.as_deref())
            .ok_or_else(no_environment)?;
        self.inside
            .allowed
            .check("here", scheme, environment, folder)?;
        if let Some(following) = following {
            following.check(scheme, environment, folder)?;
        }
        // The default project has one address, whether it is named or not.
        let default = self
            .inside
            .project
            .as_deref()
            .filter(|_| scheme == DEFAULT_SCHEME);
        Ok((project.filter(|_| project != default), environment))
    }

    fn unknown_scheme(&self, scheme: &str) -> SecretError {
        let error = SecretError::invalid(format!("no source is registered for `{scheme}://`"))
            .with_code("unknown-scheme");
        match suggest(scheme, self.inside.schemes.iter()) {
            Some(near) => error.with_hint(format!("did you mean `{near}://`?")),
            None => {
                let known: Vec<_> = self
                    .inside
                    .schemes
                    .iter()
                    .map(|known| format!("`{known}://`"))
                    .collect();
                error.with_hint(format!("registered: {}", known.join(", ")))
            }
        }
    }
}

fn no_environment() -> SecretError {
    SecretError::invalid("the reference names no environment and no default is set")
        .with_code("no-environment")
        .with_hint(
            "write the environment (`infisical://prod/…`) or set the default one (INFISICAL_ENVIRONMENT)",
        )
}

/// Keeps the reference in the message of an error that came before there was an address.
fn name_it(error: SecretError, reference: &SecretRef) -> SecretError {
    let message = format!("{reference}: {}", error.message());
    let named = SecretError::new(error.kind(), message).with_code(error.code());
    match error.hint() {
        Some(hint) => named.with_hint(hint),
        None => named,
    }
}
