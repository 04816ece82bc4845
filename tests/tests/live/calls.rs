//! The calls that are made to both servers, one after the other.

/// One call. `{folder}`, `{environment}` and `{project}` are filled in.
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) target: &'static str,
    pub(crate) body: &'static str,
}

const fn call(
    name: &'static str,
    method: &'static str,
    target: &'static str,
    body: &'static str,
) -> Call {
    Call {
        name,
        method,
        target,
        body,
    }
}

const LIST: &str = "/api/v3/secrets/raw?workspaceId={project}&environment={environment}&secretPath={folder}\
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
const NONE: &str =
    "/api/v3/secrets/raw/NOPE?workspaceId={project}&environment={environment}&secretPath={folder}";
const BAD: &str =
    "/api/v3/secrets/raw?workspaceId={project}&environment={environment}&recursive=maybe";
const PLAIN: &str = "/api/v3/secrets/raw/PLAIN";
const REFERENCE: &str = "/api/v3/secrets/raw/REFERENCE";
const BATCH: &str = "/api/v3/secrets/batch/raw";

const VALUE: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}","secretValue":"value"}"#;
const REFERRING: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}","secretValue":"<${PLAIN}>"}"#;
const CHANGED: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}","secretValue":"  changed  "}"#;
const WHERE: &str =
    r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}"}"#;
const TWO: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}","secrets":[{"secretKey":"A","secretValue":"1"},{"secretKey":"B","secretValue":"2"}]}"#;
const BOTH: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}","secrets":[{"secretKey":"A"},{"secretKey":"B"}]}"#;

/// Reads, writes, references and refusals, on routes that servers of all eras have, but for one.
pub(crate) const CALLS: &[Call] = &[
    call("a route that does not exist", "GET", "/api/v9/nope", ""),
    call("an empty folder", "GET", LIST, ""),
    call("a folder that does not exist", "GET", NOWHERE, ""),
    call("a secret that does not exist", "GET", NONE, ""),
    call("a switch that is neither true nor false", "GET", BAD, ""),
    call("a creation", "POST", PLAIN, VALUE),
    call("a creation of what exists", "POST", PLAIN, VALUE),
    call("a creation without a value", "POST", REFERENCE, WHERE),
    call("a creation with a reference", "POST", REFERENCE, REFERRING),
    call(
        "a change, with white space around the value",
        "PATCH",
        PLAIN,
        CHANGED,
    ),
    call("one secret", "GET", ONE, ""),
    call("a list with a reference", "GET", LIST, ""),
    call("a tree", "GET", TREE, ""),
    call("a list of the current generation", "GET", CURRENT, ""),
    call("such a list without switches", "GET", BARE, ""),
    call("a batch", "POST", BATCH, TWO),
    call("the same batch again", "POST", BATCH, TWO),
    call("a deletion of a batch", "DELETE", BATCH, BOTH),
    call("a deletion of what is gone", "DELETE", BATCH, BOTH),
    call("a deletion", "DELETE", PLAIN, WHERE),
    call("a deletion again", "DELETE", PLAIN, WHERE),
];
