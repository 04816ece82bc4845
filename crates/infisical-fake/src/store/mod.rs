//! What the server knows while it runs.

pub(crate) mod folder;
pub(crate) mod id;
pub(crate) mod project;
pub(crate) mod request_limit;
pub(crate) mod short_expansions;
pub(crate) mod state;
pub(crate) mod token;
