//! [`AllowList`]: the environments and folders that references may name.

use secret_ref::FolderPath;

use crate::{SecretError, suggest};

/// Limits references, so that who controls one configuration layer cannot read all that the
/// identity may. `None` allows everything.
#[derive(Debug, Default)]
pub(super) struct AllowList {
    pub(super) environments: Option<Vec<String>>,
    pub(super) folders: Option<Vec<FolderPath>>,
}

impl AllowList {
    pub(super) fn check(&self, environment: &str, folder: &FolderPath) -> Result<(), SecretError> {
        if let Some(allowed) = &self.environments
            && !allowed.iter().any(|name| name == environment)
        {
            let error = SecretError::invalid(format!(
                "the environment `{environment}` is not allowed here"
            ))
            .with_code("environment-not-allowed");
            return Err(
                match suggest(environment, allowed.iter().map(String::as_str)) {
                    Some(near) => error.with_hint(format!("did you mean `{near}`?")),
                    None => error.with_hint(format!("allowed: {}", allowed.join(", "))),
                },
            );
        }
        if let Some(allowed) = &self.folders
            && !allowed.iter().any(|root| folder.starts_with(root))
        {
            let allowed: Vec<_> = allowed.iter().map(FolderPath::as_str).collect();
            return Err(
                SecretError::invalid(format!("the folder `{folder}` is not allowed here"))
                    .with_code("folder-not-allowed")
                    .with_hint(format!(
                        "allowed are the folders beneath {}",
                        allowed.join(", ")
                    )),
            );
        }
        Ok(())
    }
}
