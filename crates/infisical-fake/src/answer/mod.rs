//! The bodies of refusals.

pub(crate) mod envelope;
pub(crate) mod refusal;
pub(crate) mod validation;
