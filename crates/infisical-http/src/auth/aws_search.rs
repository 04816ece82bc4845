//! [`Search`]: the places where AWS's own tools look for credentials.

use reqsign_aws_v4::{
    AssumeRoleWithWebIdentityCredentialProvider, Credential, ECSCredentialProvider,
    EnvCredentialProvider, IMDSv2CredentialProvider, ProfileCredentialProvider,
    SSOCredentialProvider,
};
use reqsign_core::{Context, ProvideCredential, ProvideCredentialDyn, Result};

type Place = Box<dyn ProvideCredentialDyn<Credential = Credential>>;

/// Looks in one place after the other, and passes over each that fails.
///
/// The library's own chain does the same and writes every failure to the log, in words that quote what a
/// service answered; an answer with credentials that are cut off is such a failure. The places are those of the
/// library and in its order, but for commands to run, which this client lends it no way to.
#[derive(Debug)]
pub(crate) struct Search(Vec<Place>);

impl Search {
    pub(crate) fn new() -> Self {
        Self(vec![
            Box::new(EnvCredentialProvider::new()),
            Box::new(ProfileCredentialProvider::default()),
            Box::new(SSOCredentialProvider::default()),
            Box::new(AssumeRoleWithWebIdentityCredentialProvider::default()),
            Box::new(ECSCredentialProvider::default()),
            Box::new(IMDSv2CredentialProvider::default()),
        ])
    }
}

impl ProvideCredential for Search {
    type Credential = Credential;

    async fn provide_credential(&self, context: &Context) -> Result<Option<Credential>> {
        for place in &self.0 {
            if let Ok(Some(found)) = place.provide_credential_dyn(context).await {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}
