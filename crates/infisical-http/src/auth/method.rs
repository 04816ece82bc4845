//! [`Auth`]: a way to prove who the client is.

use std::fmt;

use secret_source::SecretError;

use super::azure::AzureAuth;
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

    /// Puts together what a login sends, with each credential as it is now.
    pub(crate) async fn form(&self, metadata: &Metadata) -> Result<LoginForm, SecretError> {
        match self {
            Self::Universal(auth) => auth.form().await,
            // Asked for by nobody: a token needs no login.
            Self::Token(_) => Err(SecretError::invalid("a token is used as it is")),
            Self::Kubernetes(auth) => auth.form().await,
            Self::Oidc(auth) => auth.form().await,
            Self::Jwt(auth) => auth.form().await,
            Self::Ldap(auth) => auth.form().await,
            Self::Azure(auth) => auth.form(metadata).await,
            Self::GcpIdToken(auth) => auth.form(metadata).await,
            Self::GcpIam(auth) => auth.form(metadata).await,
            #[cfg(feature = "aws")]
            Self::Aws(auth) => auth.form(metadata).await,
        }
    }

    /// Tells whether a credential is in a file, which someone may replace.
    pub(crate) fn reads_files(&self) -> bool {
        match self {
            Self::Universal(auth) => auth.secret.is_file(),
            Self::Kubernetes(auth) => auth.0.jwt.is_file(),
            Self::Oidc(auth) => auth.0.jwt.is_file(),
            Self::Jwt(auth) => auth.0.jwt.is_file(),
            Self::Ldap(auth) => auth.password.is_file(),
            _ => false,
        }
    }

    /// Names what is blank, for the one who builds the client.
    pub(crate) fn blanks(&self) -> Vec<&'static str> {
        let parts: &[(&'static str, bool)] = match self {
            Self::Universal(auth) => &[
                ("client id", auth.client_id.trim().is_empty()),
                ("client secret", auth.secret.is_blank()),
            ],
            Self::Token(_) => &[],
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
