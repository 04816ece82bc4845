//! Who the client is: the ways to log in, and the one token that all requests share.

pub(crate) mod method;

pub(crate) mod token_auth;
pub(crate) mod universal;

pub(crate) mod assertion;
pub(crate) mod jwt;
pub(crate) mod kubernetes;
pub(crate) mod ldap;
pub(crate) mod oidc;

#[cfg(feature = "aws")]
pub(crate) mod aws;
#[cfg(feature = "aws")]
pub(crate) mod aws_context;
pub(crate) mod azure;
pub(crate) mod gcp_iam;
pub(crate) mod gcp_id_token;
pub(crate) mod metadata;

pub(crate) mod credential;
pub(crate) mod environment;

pub(crate) mod identity;
pub(crate) mod login;
pub(crate) mod login_body;
pub(crate) mod login_form;
pub(crate) mod login_pause;
pub(crate) mod plain_file;
pub(crate) mod refusal;
pub(crate) mod refusal_memory;
pub(crate) mod token;
pub(crate) mod token_state;
pub(crate) mod tokens;
pub(crate) mod track_record;
