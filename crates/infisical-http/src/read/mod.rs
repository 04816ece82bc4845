//! Reading: from a batch of addresses to requests, and from answers to secrets.

pub(crate) mod batch;
pub(crate) mod environments;
pub(crate) mod folder_list;
pub(crate) mod folder_tree;
pub(crate) mod found;
pub(crate) mod kept_lists;
pub(crate) mod listing;
pub(crate) mod lookup;
pub(crate) mod missing_folder;
mod row_secret;
pub(crate) mod second_look;
pub(crate) mod tree_list;
pub(crate) mod trees;
mod unexpanded;
mod wanted;
pub(crate) mod wire;
