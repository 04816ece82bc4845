//! [`AwsAuth`]: the IAM role or user of an AWS machine.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use reqsign_aws_v4::{DefaultCredentialProvider, RequestSigner, StaticCredentialProvider};
use reqsign_core::Signer;
use secrecy::{ExposeSecret, SecretString};
use secret_source::SecretError;

use crate::BuildError;

use super::aws_context;
use super::environment::Variables;
use super::login_form::LoginForm;
use super::metadata::Metadata;

/// What is signed: the question who is asking.
const QUESTION: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// The SHA-256 of [`QUESTION`], which the signature covers.
const QUESTION_SHA256: &str = "ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843";

/// Logs in as whoever the machine is to AWS: Infisical passes a signed `GetCallerIdentity` request on to
/// AWS, which answers who signed it. Needs the feature `aws`.
#[derive(Clone)]
pub struct AwsAuth {
    pub(crate) identity_id: String,
    pub(crate) region: String,
    keys: Option<(SecretString, SecretString, Option<SecretString>)>,
}

impl AwsAuth {
    /// Takes the id of the identity and the region whose STS is asked (such as `us-east-1`).
    ///
    /// Credentials are searched for as AWS's own tools do: environment, profile, web identity, container,
    /// instance metadata.
    pub fn new(identity_id: impl Into<String>, region: impl Into<String>) -> Self {
        Self {
            identity_id: identity_id.into(),
            region: region.into(),
            keys: None,
        }
    }

    /// Signs with these keys instead of searching for some.
    #[must_use]
    pub fn keys(
        mut self,
        access_key_id: impl Into<SecretString>,
        secret_access_key: impl Into<SecretString>,
        session_token: Option<SecretString>,
    ) -> Self {
        self.keys = Some((
            access_key_id.into(),
            secret_access_key.into(),
            session_token,
        ));
        self
    }

    /// Reads `INFISICAL_MACHINE_IDENTITY_ID` (or `INFISICAL_AWS_IAM_AUTH_IDENTITY_ID`), and the region from
    /// `AWS_REGION` or `AWS_DEFAULT_REGION` (else `us-east-1`).
    ///
    /// # Errors
    ///
    /// Fails where no identity is set.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(&Variables::of_process())
    }

    fn from_variables(variables: &Variables<'_>) -> Result<Self, BuildError> {
        let identity = variables.identity(&["INFISICAL_AWS_IAM_AUTH_IDENTITY_ID"]);
        let identity = identity.map_err(|fault| BuildError::new(vec![fault]))?;
        let region = variables.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]);
        Ok(Self::new(
            identity,
            region.unwrap_or_else(|| "us-east-1".to_owned()),
        ))
    }

    pub(crate) async fn form(&self, metadata: &Metadata) -> Result<LoginForm, SecretError> {
        let headers = self.signed_headers(metadata).await?;
        Ok(LoginForm::new("POST /api/v1/auth/aws-auth/login")
            .with("identityId", self.identity_id.as_str())
            .with("iamHttpRequestMethod", "POST")
            .with("iamRequestBody", STANDARD.encode(QUESTION))
            .with(
                "iamRequestHeaders",
                STANDARD.encode(headers.expose_secret()),
            ))
    }

    /// Signs the question and writes its headers as a JSON object.
    async fn signed_headers(&self, metadata: &Metadata) -> Result<SecretString, SecretError> {
        let host = format!("sts.{}.amazonaws.com", self.region);
        let request = Request::post(format!("https://{host}/"))
            .header(HOST, &host)
            .header(
                CONTENT_TYPE,
                "application/x-www-form-urlencoded; charset=utf-8",
            )
            .header(CONTENT_LENGTH, QUESTION.len())
            .header("x-amz-content-sha256", QUESTION_SHA256)
            .body(());
        let unusable = |_| {
            SecretError::invalid(format!("`{}` is not a region of AWS", self.region))
                .with_hint("an example: us-east-1")
        };
        let (mut parts, ()) = request.map_err(unusable)?.into_parts();
        let (context, trouble) = aws_context::context(metadata);
        let signer = RequestSigner::new("sts", &self.region);
        let signed = match &self.keys {
            Some((id, secret, token)) => {
                let mut keys =
                    StaticCredentialProvider::new(id.expose_secret(), secret.expose_secret());
                if let Some(token) = token {
                    keys = keys.with_session_token(token.expose_secret());
                }
                Signer::new(context, keys, signer)
                    .sign(&mut parts, None)
                    .await
            }
            None => {
                let keys = DefaultCredentialProvider::new();
                Signer::new(context, keys, signer)
                    .sign(&mut parts, None)
                    .await
            }
        };
        // The library's own words may quote what it read, so they are not passed on. Nor do they tell where
        // it failed: of several places to search, each that fails is passed over.
        signed.map_err(|_| match trouble.was_met() {
            true => SecretError::unavailable(
                "no AWS credentials were found, and a service of AWS that may have some did not answer",
            )
            .with_hint(
                "check that the metadata service, or STS, can be reached from here; where the machine has no \
                 role, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            ),
            false => SecretError::unauthenticated("no AWS credentials that can sign were found").with_hint(
                "give the machine a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            ),
        })?;
        let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (canonical(name.as_str()), value)
        };
        let headers: BTreeMap<_, _> = parts.headers.iter().map(text).collect();
        let headers = serde_json::to_string(&headers)
            .map_err(|_| SecretError::invalid("the signed headers cannot be written as JSON"))?;
        Ok(headers.into())
    }
}

/// Writes a header's name as Infisical's own clients do: `Content-Type`, `X-Amz-Date`.
fn canonical(name: &str) -> String {
    let upper = |part: &str| {
        let (first, rest) = part.split_at(part.len().min(1));
        first.to_ascii_uppercase() + rest
    };
    name.split('-').map(upper).collect::<Vec<_>>().join("-")
}

/// Shows the identity and the region.
impl fmt::Debug for AwsAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsAuth")
            .field("identity_id", &self.identity_id)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::IDENTITY;
    use super::super::environment::tests::with;
    use super::*;

    #[test]
    fn the_environment_names_the_identity_and_as_with_awss_tools_the_region() {
        let regions = [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-2"),
        ];
        for (set, region) in [
            (&regions[..], "eu-west-1"),
            (&regions[1..], "eu-west-2"),
            (&[], "us-east-1"),
        ] {
            let set = [&[("INFISICAL_AWS_IAM_AUTH_IDENTITY_ID", "id")], set].concat();
            let auth = with(&set, AwsAuth::from_variables).unwrap();
            assert_eq!((&*auth.identity_id, &*auth.region), ("id", region));
        }
        let error = with(&regions, AwsAuth::from_variables).unwrap_err();
        assert!(error.to_string().contains(IDENTITY), "{error}");
    }

    #[test]
    fn names_of_headers_are_written_as_in_the_documentation() {
        assert_eq!(canonical("x-amz-date"), "X-Amz-Date");
        assert_eq!(canonical("host"), "Host");
    }
}
