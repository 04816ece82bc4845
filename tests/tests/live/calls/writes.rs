//! Writes, one by one and in batches, of both generations.

use super::Call;

const PLAIN: &str = "/api/v3/secrets/raw/PLAIN";
const REFERENCE: &str = "/api/v3/secrets/raw/REFERENCE";
const BATCH: &str = "/api/v3/secrets/batch/raw";
const CURRENT: &str = "/api/v4/secrets/CURRENT";
const RENAMED: &str = "/api/v4/secrets/RENAMED";
const CURRENT_BATCH: &str = "/api/v4/secrets/batch";

const VALUE: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}","secretValue":"{mark}"}"#;
const REFERRING: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}","secretValue":"<${PLAIN}>"}"#;
const CHANGED: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}","secretValue":"  changed {mark}  "}"#;
const WHERE: &str =
    r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}"}"#;
const TWO: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}","secrets":[{"secretKey":"A","secretValue":"1 {mark}"},{"secretKey":"B","secretValue":"2 {mark}"}]}"#;
const BOTH: &str = r#"{"workspaceId":"{project}","environment":"{environment}","secretPath":"{folder}","secrets":[{"secretKey":"A"},{"secretKey":"B"}]}"#;

/// The writes of v3, which servers of all eras have.
pub(super) const RAW: &[Call] = &[
    Call::post("a creation", PLAIN, VALUE),
    Call::post("a creation of what exists", PLAIN, VALUE),
    Call::post("a creation without a value", REFERENCE, WHERE),
    Call::post("a creation with a reference", REFERENCE, REFERRING),
    Call::patch(
        "a change, with white space around the value",
        PLAIN,
        CHANGED,
    ),
    Call::patch(
        "a change of what does not exist",
        "/api/v3/secrets/raw/NOPE",
        VALUE,
    ),
    Call::post("a batch", BATCH, TWO),
    Call::post("the same batch again", BATCH, TWO),
    Call::delete("a deletion of a batch", BATCH, BOTH),
    Call::delete("a deletion of what is gone", BATCH, BOTH),
];

const V4_VALUE: &str = r#"{"projectId":"{project}","environment":"{environment}","secretPath":"{folder}","secretValue":"current {mark}","secretComment":"made by a test"}"#;
const V4_NOWHERE: &str = r#"{"projectId":"{project}","environment":"{environment}","secretPath":"{folder}/nowhere","secretValue":"current {mark}"}"#;
const V4_COMMENT: &str = r#"{"projectId":"{project}","environment":"{environment}","secretPath":"{folder}","secretComment":"changed by a test"}"#;
const V4_NAME: &str = r#"{"projectId":"{project}","environment":"{environment}","secretPath":"{folder}","newSecretName":"RENAMED"}"#;
const V4_WHERE: &str =
    r#"{"projectId":"{project}","environment":"{environment}","secretPath":"{folder}"}"#;
const V4_TWO: &str = r#"{"projectId":"{project}","environment":"{environment}","secretPath":"{folder}","secrets":[{"secretKey":"C","secretValue":"3 {mark}"},{"secretKey":"D","secretValue":"4 {mark}"}]}"#;
const V4_THREE: &str = r#"{"projectId":"{project}","environment":"{environment}","secretPath":"{folder}","mode":"upsert","secrets":[{"secretKey":"C","secretValue":"5 {mark}"},{"secretKey":"E","secretValue":"6 {mark}"}]}"#;
const V4_STRICT: &str = r#"{"projectId":"{project}","environment":"{environment}","secretPath":"{folder}","secrets":[{"secretKey":"C","secretValue":"7 {mark}"},{"secretKey":"NOPE","secretValue":"8 {mark}"}]}"#;
const V4_ALL: &str = r#"{"projectId":"{project}","environment":"{environment}","secretPath":"{folder}","secrets":[{"secretKey":"C"},{"secretKey":"D"},{"secretKey":"E"}]}"#;
const V4_EMPTY: &str = r#"{"projectId":"{project}","environment":"{environment}","secretPath":"{folder}","secrets":[]}"#;

/// The writes of v4, which a server of 2024 answers as any unknown route.
pub(super) const CURRENT_CALLS: &[Call] = &[
    Call::post("a creation over v4", CURRENT, V4_VALUE),
    Call::post("a creation over v4 of what exists", CURRENT, V4_VALUE),
    Call::post("a creation over v4 without a value", RENAMED, V4_WHERE),
    Call::post(
        "a creation over v4 in a folder that does not exist",
        CURRENT,
        V4_NOWHERE,
    ),
    Call::patch("a change over v4 of the comment alone", CURRENT, V4_COMMENT),
    Call::patch("a change over v4 of the name", CURRENT, V4_NAME),
    Call::patch("a change over v4 of what does not exist", CURRENT, V4_VALUE),
    Call::delete("a deletion over v4", RENAMED, V4_WHERE),
    Call::delete("a deletion over v4 again", RENAMED, V4_WHERE),
    Call::post("a batch over v4", CURRENT_BATCH, V4_TWO),
    Call::post("the same batch over v4 again", CURRENT_BATCH, V4_TWO),
    Call::post("an empty batch over v4", CURRENT_BATCH, V4_EMPTY),
    Call::patch(
        "a batch over v4 that changes and creates",
        CURRENT_BATCH,
        V4_THREE,
    ),
    Call::patch(
        "a batch over v4 of which one does not exist",
        CURRENT_BATCH,
        V4_STRICT,
    ),
    Call::delete("a deletion of a batch over v4", CURRENT_BATCH, V4_ALL),
    Call::delete("such a deletion again", CURRENT_BATCH, V4_ALL),
];

/// Made last, since reads need what they delete.
pub(super) const DELETIONS: &[Call] = &[
    Call::delete("a deletion", PLAIN, WHERE),
    Call::delete("a deletion again", PLAIN, WHERE),
    Call::delete("a deletion of a reference", REFERENCE, WHERE),
];
