//! Reading: from a batch of addresses to calls, and from answers to secrets.

pub(crate) mod batch;
pub(crate) mod listing;
pub(crate) mod lookup;
pub(crate) mod unexpanded;
pub(crate) mod wire;
