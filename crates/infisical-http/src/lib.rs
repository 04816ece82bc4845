//! A [`SecretSource`](secret_source::SecretSource) over Infisical's HTTP API.
//!
//! [`Infisical`] answers secret addresses from one server as one machine identity. It needs no setting to
//! work with servers of different ages: it asks in the current generation of the API (v4), falls back to
//! the one before (v3 raw) where the server has no other, and never relies on a default.
//!
//! # What one batch does
//!
//! 1. Addresses are grouped by folder: one list for each, and a look-up by name for a version, a personal value,
//!    or a batch of one.
//! 2. The token is taken, or obtained by one login for all who need it.
//! 3. Where many folders of one environment are asked for, or more than the server allows in the present
//!    minute, a recursive list stands in for theirs. It may take a third of the time; what it does not answer is
//!    left to smaller ones, or to lists of the folders.
//! 4. Folders are read side by side, all within the one deadline of the batch. A list that was read before is
//!    asked for with `If-None-Match`, and what was handed out of it is renewed where nothing changed.
//! 5. What a list could not show is looked at again: values that an old server did not expand, and the
//!    secrets of a folder in which one reference may not be followed.
//! 6. Where something is missing, a question to the folder above or to the environment's root tells what.
//! 7. Answers go back in the order asked. One failure fails the entries it concerns and no others.
//!
//! Requests that may be repeated are, with exponential backoff and full jitter. A pause that the server asks for is
//! kept by all requests of its kind.
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
mod traffic;
mod write;

mod counters;
mod deadline;
mod flight;
mod limits;
mod object;
mod secret_text;
mod tolerant;

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
