//! What a server begins with: projects, secrets and identities.

pub(crate) mod identity;
pub(crate) mod login_method;
pub(crate) mod secret_seed;
pub(crate) mod seed;
pub(crate) mod seed_error;
pub(crate) mod seed_example;
pub(crate) mod seed_tree;
