//! The ways to log in to Infisical, for a [`Tenant`](crate::Tenant).
//!
//! The stack's own identity is chosen by settings instead; see
//! [`StackBuilder::auth_method`](crate::StackBuilder::auth_method).

pub use infisical_http::{
    Auth, AzureAuth, GcpIamAuth, GcpIdTokenAuth, JwtAuth, KubernetesAuth, LdapAuth, OidcAuth,
    TokenAuth, UniversalAuth,
};

#[cfg(feature = "aws")]
pub use infisical_http::AwsAuth;
