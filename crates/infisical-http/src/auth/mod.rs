//! Who the client is: credentials, logins, and the one token that all requests share.

pub(crate) mod credentials;
pub(crate) mod login;
pub(crate) mod refusal;
pub(crate) mod token;
