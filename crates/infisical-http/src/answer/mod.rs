//! What an answer that is no success means.

pub(crate) mod envelope;
pub(crate) mod status;

mod clue;
mod explain;
pub(crate) mod failure;
pub(crate) mod place;
