//! References of imported values, which current servers look up where they are imported first.

use infisical_fake::{Era, Fake, Seed};
use serde_json::Value;

use crate::wire::Client;

const RAW: &str = "/api/v3/secrets/raw";
const EXPANDED: &str = "&expandSecretReferences=true&include_imports=true&includeImports=true";

/// `staging` imports `dev`, and has a host of its own.
fn seed() -> Seed {
    Seed::new()
        .secret("dev", "/", "DB_HOST", "dev-db.internal")
        .secret("dev", "/", "DB_PORT", "5432")
        .secret("dev", "/", "DB_AT", "${DB_HOST}:${DB_PORT}")
        .secret("dev", "/", "DB_URL", "postgres://${DB_AT}/app")
        .secret("dev", "/", "DEV_URL", "postgres://${dev.DB_HOST}/app")
        .secret("staging", "/", "DB_HOST", "stg-db.internal")
        .import("staging", "/", "dev", "/")
}

async fn start(era: Era, seed: Seed) -> Client {
    Client::new(&Fake::builder().era(era).seed(seed).start().await.unwrap())
}

/// Reads a value alone and in a list, which must agree.
async fn value(client: &Client, base: &str, environment: &str, key: &str) -> Value {
    let project = client.fake.project_id();
    let place = format!(
        "projectId={project}&workspaceId={project}&environment={environment}&secretPath=/{EXPANDED}"
    );
    let alone = client.get(&format!("{base}/{key}?{place}")).await.json();
    let list = client.get(&format!("{base}?{place}")).await.json();
    let imported = list["imports"].as_array().unwrap().iter();
    let imported = imported.flat_map(|group| group["secrets"].as_array().unwrap());
    let own = list["secrets"].as_array().unwrap().iter();
    let listed = own.chain(imported).find(|row| row["secretKey"] == key);
    let alone = alone["secret"]["secretValue"].clone();
    assert_eq!(listed.unwrap()["secretValue"], alone);
    alone
}

#[tokio::test]
async fn a_current_server_looks_first_where_the_value_is_imported_at_every_depth() {
    let client = start(Era::V4b, seed()).await;
    let url = value(&client, "/api/v4/secrets", "staging", "DB_URL").await;
    assert_eq!(url, "postgres://stg-db.internal:5432/app");
    let url = value(&client, "/api/v4/secrets", "staging", "DEV_URL").await;
    assert_eq!(url, "postgres://dev-db.internal/app", "a full path stays");
    let url = value(&client, "/api/v4/secrets", "dev", "DB_URL").await;
    assert_eq!(url, "postgres://dev-db.internal:5432/app");
}

#[tokio::test]
async fn other_servers_and_other_routes_look_where_the_value_is_stored() {
    for (era, base) in [
        (Era::V2024, RAW),
        (Era::V4a, "/api/v4/secrets"),
        (Era::V4b, RAW),
    ] {
        let client = start(era, seed()).await;
        let url = value(&client, base, "staging", "DB_URL").await;
        assert_eq!(url, "postgres://dev-db.internal:5432/app", "{era} {base}");
    }
}

#[tokio::test]
async fn a_short_reference_finds_what_its_folder_imports_directly_and_no_further() {
    let seed = Seed::new()
        .secret("dev", "/", "NEAR", "<${SHARED}>")
        .secret("dev", "/", "FAR", "<${BASE}>")
        .import("dev", "/", "dev", "/shared")
        .secret("dev", "/shared", "SHARED", "shared")
        .import("dev", "/shared", "dev", "/base")
        .secret("dev", "/base", "BASE", "base");
    let client = start(Era::V4b, seed).await;
    let near = value(&client, "/api/v4/secrets", "dev", "NEAR").await;
    assert_eq!(near, "<shared>");
    let far = value(&client, "/api/v4/secrets", "dev", "FAR").await;
    assert_eq!(far, "<${BASE}>");
}

#[tokio::test]
async fn a_reference_into_what_may_not_be_read_is_refused_there_too() {
    let client = start(Era::V4b, seed()).await;
    client.fake.set("staging", "/app", "OWN", "own");
    client.fake.import("staging", "/app", "dev", "/");
    client.fake.import("staging", "/app", "staging", "/vault");
    client.fake.set("staging", "/vault", "DB_PORT", "secret");
    client.fake.deny("staging", "/vault");
    let refused = client.secret("staging", "/app", "DB_URL", EXPANDED).await;
    assert_eq!(
        (refused.status, refused.refusal().0.as_str()),
        (403, "ForbiddenError")
    );
    assert!(!refused.text().contains("secret\""));
}
