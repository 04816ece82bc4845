//! A [`SecretSource`](secret_source::SecretSource) over Infisical's HTTP API.
//!
//! [`Infisical`] answers secret addresses from one server as one machine identity. It needs no setting to
//! work with servers of different ages: it asks in the current generation of the API (v4), falls back to
//! the one before (v3 raw) where the server has no other, and never relies on a default.
//!
//! # What one batch does
//!
//! 1. Addresses are grouped by folder: one list for each, and a look-up by name for a single address.
//! 2. The token is taken, or obtained by one login for all who need it.
//! 3. Folders are read side by side, each within the one deadline of the batch.
//! 4. Answers go back in the order asked. One failure fails the entries it concerns and no others.
//!
//! # What a failure means
//!
//! One function maps the status of an answer to an [`ErrorKind`](secret_source::ErrorKind); its table is in
//! `answer/status.rs`, with the servers on which each row was seen. Errors name host, project, environment and
//! folder. They hold no URL, no body, no value and no credential.

mod build_error;
mod builder;
mod infisical;
mod server_address;

mod client;
mod dialect;
mod home_runtime;
mod project;

mod answer;
mod auth;
mod http;
mod read;
mod write;

mod counters;
mod deadline;
mod flight;
mod limits;

#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(test)]
mod recorded;

#[cfg(feature = "aws")]
pub use auth::aws::AwsAuth;
pub use auth::azure::AzureAuth;
pub use auth::gcp_iam::GcpIamAuth;
pub use auth::gcp_id_token::GcpIdTokenAuth;
pub use auth::jwt::JwtAuth;
pub use auth::kubernetes::KubernetesAuth;
pub use auth::ldap::LdapAuth;
pub use auth::method::Auth;
pub use auth::oidc::OidcAuth;
pub use auth::token_auth::TokenAuth;
pub use auth::universal::UniversalAuth;
pub use build_error::{BuildError, BuildFault};
pub use builder::InfisicalBuilder;
pub use counters::Requests;
pub use infisical::Infisical;
pub use server_address::{AddressError, ServerAddress};
