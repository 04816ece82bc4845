//! Folders, and imports between them.

use super::{Call, reads::LIST};

const FOLDERS: &str = "/api/v1/folders";
const IMPORTS: &str = "/api/v1/secret-imports";
const IMPORT: &str = "/api/v1/secret-imports/{import}";
const LIST_OF_IMPORTS: &str =
    "/api/v1/secret-imports?workspaceId={project}&environment={environment}&path={folder}";
const NO_IMPORTS: &str =
    "/api/v1/secret-imports?workspaceId={project}&environment={environment}&path={folder}/nowhere";
const THROUGH: &str = "/api/v3/secrets/raw/SHARED?workspaceId={project}&environment={environment}&secretPath={folder}\
                       &expandSecretReferences=true&include_imports=true";
const ASIDE: &str = "/api/v3/secrets/raw/SHARED?workspaceId={project}&environment={environment}&secretPath={folder}\
                     &expandSecretReferences=true&include_imports=false";

const ONE: &str =
    r#"{"workspaceId":"{project}","environment":"{environment}","path":"{folder}","name":"one"}"#;
const TWO: &str =
    r#"{"workspaceId":"{project}","environment":"{environment}","path":"{folder}","name":"two"}"#;
const WHERE: &str =
    r#"{"workspaceId":"{project}","environment":"{environment}","path":"{folder}"}"#;
const SHARED_ONE: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}/one","secretValue":"one {mark}"}"#;
const SHARED_TWO: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}/two","secretValue":"two {mark}"}"#;
const FROM_ONE: &str = r#"{"workspaceId":"{project}","environment":"{environment}","path":"{folder}","import":{"environment":"{environment}","path":"{folder}/one"}}"#;
const FROM_TWO: &str = r#"{"workspaceId":"{project}","environment":"{environment}","path":"{folder}","import":{"environment":"{environment}","path":"{folder}/two"}}"#;
const FROM_NOWHERE: &str = r#"{"workspaceId":"{project}","environment":"{environment}","path":"{folder}","import":{"environment":"{environment}","path":"{folder}/nowhere"}}"#;
const BACK: &str = r#"{"workspaceId":"{project}","environment":"{environment}","path":"{folder}/one","import":{"environment":"{environment}","path":"{folder}"}}"#;
const FROM_NO_ENVIRONMENT: &str = r#"{"workspaceId":"{project}","environment":"{environment}","path":"{folder}","import":{"environment":"keyfob-nowhere","path":"/"}}"#;
const WITHOUT_A_SOURCE: &str =
    r#"{"workspaceId":"{project}","environment":"{environment}","path":"{folder}"}"#;

const RELATIVE: &str = "/api/v3/secrets/raw/RELATIVE";
const OVERRIDDEN: &str = "/api/v3/secrets/raw/OVERRIDDEN";
const REFERRING: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}/one","secretValue":"<${OVERRIDDEN}>"}"#;
const BESIDE: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}/one","secretValue":"beside {mark}"}"#;
const HERE: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}","secretValue":"here {mark}"}"#;
const REFERENCE: &str = "/api/v3/secrets/raw/RELATIVE?workspaceId={project}&environment={environment}\
                         &secretPath={folder}&expandSecretReferences=true&include_imports=true";
const CURRENT_REFERENCE: &str = "/api/v4/secrets/RELATIVE?projectId={project}&environment={environment}&secretPath={folder}\
                                 &expandSecretReferences=true&include_imports=true&includeImports=true";

/// Two folders with one key in common, imported one after the other, then a third that does not exist.
pub(super) const CALLS: &[Call] = &[
    Call::post("a folder", FOLDERS, ONE),
    Call::post("another folder", FOLDERS, TWO),
    Call::post("a folder that exists", FOLDERS, ONE),
    Call::get("no imports", LIST_OF_IMPORTS),
    Call::get("imports of a folder that does not exist", NO_IMPORTS),
    Call::post(
        "a secret to import",
        "/api/v3/secrets/raw/SHARED",
        SHARED_ONE,
    ),
    Call::post(
        "another of the same name",
        "/api/v3/secrets/raw/SHARED",
        SHARED_TWO,
    ),
    Call::post("an import", IMPORTS, FROM_ONE),
    Call::post("a second import", IMPORTS, FROM_TWO),
    Call::get("an imported secret", THROUGH),
    Call::get("an imported secret, without imports", ASIDE),
    Call::get("a list with imports", LIST),
    Call::post("a reference to import", RELATIVE, REFERRING),
    Call::post("what it refers to, beside it", OVERRIDDEN, BESIDE),
    Call::post("what it refers to, where it is imported", OVERRIDDEN, HERE),
    Call::get("an imported reference", REFERENCE),
    Call::get("an imported reference over v4", CURRENT_REFERENCE),
    Call::get("a list with an imported reference", LIST),
    Call::post(
        "an import of a folder that does not exist",
        IMPORTS,
        FROM_NOWHERE,
    ),
    Call::get("a list with such an import", LIST),
    Call::get("three imports", LIST_OF_IMPORTS),
    Call::delete("a deletion of an import", IMPORT, WHERE),
    Call::delete("a deletion of an import again", IMPORT, WHERE),
    Call::post("an import back", IMPORTS, BACK),
    Call::post(
        "an import out of no environment",
        IMPORTS,
        FROM_NO_ENVIRONMENT,
    ),
    Call::post("an import of nothing", IMPORTS, WITHOUT_A_SOURCE),
    Call::delete(
        "a deletion of a folder that is not empty",
        "/api/v1/folders/two",
        WHERE,
    ),
    Call::delete("a deletion of a folder again", "/api/v1/folders/two", WHERE),
    Call::get("a list with imports of folders that are gone", LIST),
];
