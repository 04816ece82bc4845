//! [`AllowList`]: the environments and folders that references may name.

use secret_ref::FolderPath;

use crate::{SecretError, suggest};

/// Limits references, so that who controls one configuration layer cannot read all that the
/// identity may. `None` allows everything.
#[derive(Clone, Debug, Default)]
pub(super) struct AllowList {
    pub(super) schemes: Option<Vec<String>>,
    pub(super) environments: Option<Vec<String>>,
    pub(super) folders: Option<Vec<FolderPath>>,
}

impl AllowList {
    /// Refuses what is not on the list; `place` says where that is so.
    pub(super) fn check(
        &self,
        place: &str,
        scheme: &str,
        environment: &str,
        folder: &FolderPath,
    ) -> Result<(), SecretError> {
        if let Some(allowed) = &self.schemes
            && !allowed.iter().any(|name| name == scheme)
        {
            let error =
                SecretError::invalid(format!("the scheme `{scheme}` is not allowed {place}"));
            return Err(one_of(error, scheme, allowed).with_code("scheme-not-allowed"));
        }
        if let Some(allowed) = &self.environments
            && !allowed.iter().any(|name| name == environment)
        {
            let message = format!("the environment `{environment}` is not allowed {place}");
            let error = SecretError::invalid(message);
            return Err(one_of(error, environment, allowed).with_code("environment-not-allowed"));
        }
        if let Some(allowed) = &self.folders
            && !allowed.iter().any(|root| folder.starts_with(root))
        {
            let allowed: Vec<_> = allowed.iter().map(FolderPath::as_str).collect();
            let error =
                SecretError::invalid(format!("the folder `{folder}` is not allowed {place}"));
            let hint = format!("allowed are the folders beneath {}", allowed.join(", "));
            return Err(error.with_code("folder-not-allowed").with_hint(hint));
        }
        Ok(())
    }
}

fn one_of(error: SecretError, written: &str, allowed: &[String]) -> SecretError {
    match suggest(written, allowed.iter().map(String::as_str)) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error.with_hint(format!("allowed: {}", allowed.join(", "))),
    }
}
