//! The bodies of refusals.

pub(crate) mod envelope;
pub(crate) mod rate_limit;
pub(crate) mod refusal;
pub(crate) mod validation;
