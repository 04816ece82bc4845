//! Reads, of what is there and of what is not.

use super::Call;

pub(super) const LIST: &str = "/api/v3/secrets/raw?workspaceId={project}&environment={environment}&secretPath={folder}\
                    &viewSecretValue=true&expandSecretReferences=true&include_imports=true&recursive=false";
const TREE: &str = "/api/v3/secrets/raw?workspaceId={project}&environment={environment}&secretPath={folder}\
                    &viewSecretValue=true&expandSecretReferences=false&include_imports=false&recursive=true";
const NOWHERE: &str = "/api/v3/secrets/raw?workspaceId={project}&environment={environment}&secretPath={folder}/nowhere";
const CURRENT: &str = "/api/v4/secrets?projectId={project}&environment={environment}&secretPath={folder}\
                       &includeImports=true&include_imports=true&expandSecretReferences=true";
const BARE: &str =
    "/api/v4/secrets?projectId={project}&environment={environment}&secretPath={folder}";
const ONE: &str =
    "/api/v3/secrets/raw/PLAIN?workspaceId={project}&environment={environment}&secretPath={folder}";
const CURRENT_ONE: &str =
    "/api/v4/secrets/PLAIN?projectId={project}&environment={environment}&secretPath={folder}";
const NONE: &str =
    "/api/v3/secrets/raw/NOPE?workspaceId={project}&environment={environment}&secretPath={folder}";
const BAD: &str =
    "/api/v3/secrets/raw?workspaceId={project}&environment={environment}&recursive=maybe";
const FOLDERS: &str =
    "/api/v1/folders?workspaceId={project}&environment={environment}&path={folder}";
const NO_FOLDERS: &str =
    "/api/v1/folders?workspaceId={project}&environment={environment}&path={folder}/nowhere";

const BY_ID: &str = "/api/v4/secrets/id/{secret}";
const BY_NO_ID: &str = "/api/v4/secrets/id/00000000-0000-4000-8000-000000000000";

/// Made while the folder is empty.
pub(super) const BEFORE: &[Call] = &[
    Call::get("a route that does not exist", "/api/v9/nope"),
    Call::get("an empty folder", LIST),
    Call::get("a folder that does not exist", NOWHERE),
    Call::get("a secret that does not exist", NONE),
    Call::get("a switch that is neither true nor false", BAD),
    Call::get("the folders of an empty one", FOLDERS),
    Call::get("the folders of none", NO_FOLDERS),
];

/// Made once there are secrets.
pub(super) const AFTER: &[Call] = &[
    Call::get("one secret", ONE),
    Call::get("a list with a reference", LIST),
    Call::get("a tree", TREE),
    Call::get("a list of the current generation", CURRENT),
    Call::get("such a list without switches", BARE),
    Call::get("one secret of the current generation", CURRENT_ONE),
    Call::get("a secret by its id", BY_ID),
    Call::get("a secret by an id that there is not", BY_NO_ID),
];
