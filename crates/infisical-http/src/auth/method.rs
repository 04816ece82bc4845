//! [`Auth`]: a way to prove who the client is.

use std::fmt;

use secrecy::SecretString;
use secret_source::SecretError;

use super::azure::AzureAuth;
use super::credential::Credential;
use super::gcp_iam::GcpIamAuth;
use super::gcp_id_token::GcpIdTokenAuth;
use super::jwt::JwtAuth;
use super::kubernetes::KubernetesAuth;
use super::ldap::LdapAuth;
use super::login_form::LoginForm;
use super::metadata::Metadata;
use super::oidc::OidcAuth;
use super::token_auth::TokenAuth;
use super::universal::UniversalAuth;

/// Holds one way to log in, made from the type that is named after it.
///
/// # Examples
///
/// ```
/// use infisical_http::{Infisical, KubernetesAuth};
///
/// let builder = Infisical::builder("https://app.infisical.com").auth(KubernetesAuth::new("identity"));
/// # let _ = builder;
/// ```
#[derive(Clone)]
pub struct Auth(pub(crate) Method);

/// The ways that there are; each has a file of its own.
#[derive(Clone, Debug)]
pub(crate) enum Method {
    Universal(UniversalAuth),
    Token(TokenAuth),
    Kubernetes(KubernetesAuth),
    Oidc(OidcAuth),
    Jwt(JwtAuth),
    Ldap(LdapAuth),
    Azure(AzureAuth),
    GcpIdToken(GcpIdTokenAuth),
    GcpIam(GcpIamAuth),
    #[cfg(feature = "aws")]
    Aws(super::aws::AwsAuth),
}

impl Method {
    /// Names the method as Infisical's documentation does.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Universal(_) => "universal auth",
            Self::Token(_) => "token",
            Self::Kubernetes(_) => "kubernetes auth",
            Self::Oidc(_) => "oidc auth",
            Self::Jwt(_) => "jwt auth",
            Self::Ldap(_) => "ldap auth",
            Self::Azure(_) => "azure auth",
            Self::GcpIdToken(_) => "gcp id token auth",
            Self::GcpIam(_) => "gcp iam auth",
            #[cfg(feature = "aws")]
            Self::Aws(_) => "aws auth",
        }
    }

    /// Returns where the credential is found that a login sends or signs with, or the token itself; some
    /// methods have none of their own.
    pub(crate) fn credential(&self) -> Option<Credential> {
        match self {
            Self::Universal(auth) => Some(auth.secret.clone()),
            Self::Kubernetes(auth) => Some(auth.0.jwt.clone()),
            Self::Oidc(auth) => Some(auth.0.jwt.clone()),
            Self::Jwt(auth) => Some(auth.0.jwt.clone()),
            Self::Ldap(auth) => Some(auth.password.clone()),
            Self::GcpIam(auth) => Some(Credential::File(auth.key_file.clone())),
            Self::Token(auth) => Some(auth.0.clone()),
            Self::Azure(_) | Self::GcpIdToken(_) => None,
            #[cfg(feature = "aws")]
            Self::Aws(_) => None,
        }
    }

    /// Puts together what a login sends with this credential.
    ///
    /// What fails as [`Unauthenticated`](secret_source::ErrorKind::Unauthenticated) was refused by the
    /// service that vouches for the client.
    pub(crate) async fn form(
        &self,
        credential: &SecretString,
        metadata: &Metadata,
    ) -> Result<LoginForm, SecretError> {
        match self {
            Self::Universal(auth) => Ok(auth.form(credential)),
            // Asked for by nobody: a token needs no login.
            Self::Token(_) => Err(SecretError::invalid("a token is used as it is")),
            Self::Kubernetes(auth) => Ok(auth.form(credential)),
            Self::Oidc(auth) => Ok(auth.form(credential)),
            Self::Jwt(auth) => Ok(auth.form(credential)),
            Self::Ldap(auth) => Ok(auth.form(credential)),
            Self::Azure(auth) => auth.form(metadata).await,
            Self::GcpIdToken(auth) => auth.form(metadata).await,
            Self::GcpIam(auth) => auth.form(credential, metadata).await,
            #[cfg(feature = "aws")]
            Self::Aws(auth) => auth.form(metadata).await,
        }
    }

    /// Names what is blank, for the one who builds the client.
    pub(crate) fn blanks(&self) -> Vec<&'static str> {
        let parts: &[(&'static str, bool)] = match self {
            Self::Universal(auth) => &[
                ("client id", auth.client_id.trim().is_empty()),
                ("client secret", auth.secret.is_blank()),
            ],
            Self::Token(auth) => &[("token", auth.0.is_blank())],
            Self::Kubernetes(auth) => &auth.0.parts("service account token"),
            Self::Oidc(auth) => &auth.0.parts("JWT"),
            Self::Jwt(auth) => &auth.0.parts("JWT"),
            Self::Ldap(auth) => &[
                ("identity id", auth.identity_id.trim().is_empty()),
                ("username", auth.username.trim().is_empty()),
                ("password", auth.password.is_blank()),
            ],
            Self::Azure(auth) => &[("identity id", auth.identity_id.trim().is_empty())],
            Self::GcpIdToken(auth) => &[("identity id", auth.identity_id.trim().is_empty())],
            Self::GcpIam(auth) => &[
                ("identity id", auth.identity_id.trim().is_empty()),
                ("key file", auth.key_file.as_os_str().is_empty()),
            ],
            #[cfg(feature = "aws")]
            Self::Aws(auth) => &[
                ("identity id", auth.identity_id.trim().is_empty()),
                ("region", auth.region.trim().is_empty()),
            ],
        };
        let blank = parts.iter().filter(|(_, is_blank)| *is_blank);
        blank.map(|(name, _)| *name).collect()
    }
}

/// Shows the method and no credential.
impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Auth({})", self.0.name())
    }
}

macro_rules! from {
    ($($auth:ty => $method:ident),+ $(,)?) => {$(
        impl From<$auth> for Auth {
            fn from(auth: $auth) -> Self {
                Self(Method::$method(auth))
            }
        }
    )+};
}

from! {
    UniversalAuth => Universal,
    TokenAuth => Token,
    KubernetesAuth => Kubernetes,
    OidcAuth => Oidc,
    JwtAuth => Jwt,
    LdapAuth => Ldap,
    AzureAuth => Azure,
    GcpIdTokenAuth => GcpIdToken,
    GcpIamAuth => GcpIam,
}

#[cfg(feature = "aws")]
from! { super::aws::AwsAuth => Aws }
