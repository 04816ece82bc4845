//! The endpoints, one file for each kind.

pub(crate) mod auth;
pub(crate) mod aws_signature;
pub(crate) mod expand;
pub(crate) mod folders;
pub(crate) mod imports;
pub(crate) mod machine_login;
pub(crate) mod parameters;
pub(crate) mod read;
pub(crate) mod row;
pub(crate) mod secret_by_id;
pub(crate) mod secrets;
pub(crate) mod status;
pub(crate) mod tree;
pub(crate) mod workspace;
pub(crate) mod write;
pub(crate) mod write_batch;
pub(crate) mod write_folders;
pub(crate) mod write_imports;
pub(crate) mod write_target;
