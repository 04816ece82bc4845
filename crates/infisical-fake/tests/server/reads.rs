//! Reading secrets on current servers; what an old one answers is compared with recordings.

use infisical_fake::{Era, Fake, Identity, SecretSeed, Seed};
use serde_json::json;

use crate::wire::{Client, login, pairs, send};

async fn client(seed: Seed) -> Client {
    Client::new(&Fake::builder().seed(seed).start().await.unwrap())
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_list_holds_the_secrets_of_one_folder() {
    let seed = Seed::new()
        .secret("dev", "/a", "ONE", "1")
        .secret("dev", "/a", "TWO", "2")
        .secret("dev", "/a/b", "DEEP", "3")
        .secret("prod", "/a", "ONE", "other");
    let client = client(seed).await;
    let reply = client.list("dev", "/a/", "").await;
    assert_eq!(
        reply.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert_eq!(
        pairs(&reply.json()["secrets"]),
        owned(&[("ONE", "1"), ("TWO", "2")])
    );
    assert_eq!(reply.json()["secrets"][0]["secretPath"], "/a");
    assert_eq!(reply.json()["secrets"][0]["secretValueHidden"], false);
    let deep = client.list("dev", "/a", "&recursive=true").await.json();
    assert_eq!(pairs(&deep["secrets"]).len(), 3);
    let by_prefix = client.list("dev", "/", "&recursive=true").await.json();
    assert_eq!(pairs(&by_prefix["secrets"]).len(), 3);
    assert_eq!(client.fake.requests()[0].folder(), Some("/a/"));
}

#[tokio::test]
async fn what_is_missing_is_told_apart() {
    let client = client(Seed::new().folder("dev", "/empty")).await;
    let empty = client.list("dev", "/empty", "").await;
    assert_eq!(
        (empty.status, empty.json()),
        (200, json!({ "secrets": [], "imports": [] }))
    );

    for (environment, folder) in [("dev", "/nosuch"), ("nosuch", "/")] {
        for more in ["", "&recursive=true"] {
            let reply = client.list(environment, folder, more).await;
            assert_eq!(
                (reply.status, reply.refusal().0.as_str()),
                (404, "SecretPathNotFound")
            );
        }
        let reply = client.secret(environment, folder, "K", "").await;
        assert_eq!(
            (reply.status, reply.refusal().0.as_str()),
            (404, "GetSecretByName")
        );
    }
    let reply = client.secret("dev", "/empty", "K", "").await;
    assert_eq!(
        (reply.status, reply.refusal().1.as_str()),
        (404, "Secret with name 'K' not found")
    );
    let reply = client
        .get("/api/v4/secrets?projectId=nosuch&environment=dev")
        .await;
    assert_eq!(
        (reply.status, reply.refusal().1.as_str()),
        (404, "Project with nosuch not found")
    );
}

#[tokio::test]
async fn a_route_that_does_not_exist_is_a_404_without_a_request_id() {
    let long = format!("/api/v4/secrets/{}?x=1", "N".repeat(101));
    for target in ["/api/v9/nope?a=b", &long, "/"] {
        let reply = client(Seed::new()).await.get(target).await;
        let message = format!("Route GET:{target} not found");
        let body = json!({ "message": message, "error": "Not Found", "statusCode": 404 });
        assert_eq!((reply.status, reply.json()), (404, body));
    }
}

#[tokio::test]
async fn parameters_are_checked_as_the_schema_says() {
    let client = client(Seed::new()).await;
    for more in [
        "&recursive=1",
        "&viewSecretValue=True",
        "&includeImports=yes",
        "&environment=dev",
    ] {
        let reply = client.list("dev", "/", more).await;
        assert_eq!(
            (reply.status, reply.refusal().0.as_str()),
            (422, "ValidationFailure"),
            "{more}"
        );
    }
    // A parameter of the other era is unknown, and unknown ones are ignored.
    assert_eq!(
        client.list("dev", "/", "&include_imports=yes").await.status,
        200
    );
    let reply = client.get("/api/v4/secrets?environment=dev").await;
    assert_eq!(
        (reply.status, reply.refusal().1.as_str()),
        (400, "Missing project id or environment")
    );
    assert_eq!(
        client.get("/api/v4/secrets/K?environment=dev").await.status,
        422
    );
}

#[tokio::test]
async fn the_last_import_wins_and_own_secrets_beat_imports() {
    let seed = Seed::new()
        .secret("dev", "/app", "OWN", "own")
        .secret("dev", "/one", "OWN", "one")
        .secret("dev", "/one", "BOTH", "one")
        .secret("prod", "/two", "BOTH", "two")
        .secret("dev", "/nested", "NESTED", "nested")
        .secret("dev", "/nested", "BOTH", "nested")
        .import("dev", "/app", "dev", "/one")
        .import("dev", "/app", "dev", "/nosuch")
        .import("dev", "/app", "prod", "/two")
        .import("prod", "/two", "dev", "/nested");
    let client = client(seed).await;
    let value = async |key: &str, more: &str| {
        let reply = client.secret("dev", "/app", key, more).await;
        reply.json()["secret"]["secretValue"]
            .as_str()
            .map(str::to_owned)
    };
    assert_eq!(value("OWN", "").await.as_deref(), Some("own"));
    assert_eq!(value("BOTH", "").await.as_deref(), Some("two"));
    assert_eq!(value("NESTED", "").await.as_deref(), Some("nested"));
    assert_eq!(value("BOTH", "&includeImports=false").await, None);

    let list = client.list("dev", "/app", "").await.json();
    assert_eq!(pairs(&list["secrets"]), owned(&[("OWN", "own")]));
    let imports = list["imports"].as_array().unwrap();
    assert_eq!(
        pairs(&imports[0]["secrets"]),
        owned(&[("OWN", "one"), ("BOTH", "one")])
    );
    assert_eq!(
        (&imports[1]["secrets"], imports[1].get("folderId")),
        (&json!([]), None)
    );
    assert_eq!(
        pairs(&imports[2]["secrets"]),
        owned(&[("BOTH", "two"), ("NESTED", "nested")])
    );
    let off = client
        .list("dev", "/app", "&includeImports=false")
        .await
        .json();
    assert_eq!(off.get("imports"), None);
}

#[tokio::test]
async fn an_old_server_moves_contents_when_an_earlier_import_is_missing() {
    let seed = Seed::new()
        .secret("dev", "/one", "K", "one")
        .import("dev", "/app", "dev", "/nosuch")
        .import("dev", "/app", "dev", "/one");
    let fake = Fake::builder()
        .era(Era::V2024)
        .seed(seed)
        .start()
        .await
        .unwrap();
    let target = format!(
        "/api/v3/secrets/raw?workspaceId={}&environment=dev&secretPath=/app&include_imports=true",
        fake.project_id()
    );
    let imports = Client::new(&fake).get(&target).await.json()["imports"].take();
    assert_eq!(imports[0]["secretPath"], "/nosuch");
    assert_eq!(pairs(&imports[0]["secrets"]), owned(&[("K", "one")]));
    assert_eq!(imports[1]["secrets"], json!([]));
    assert_eq!(imports[1].get("folderId"), None);
}

#[tokio::test]
async fn a_folder_that_imports_itself_ends() {
    let seed = Seed::new()
        .secret("dev", "/a", "A", "a")
        .secret("dev", "/b", "B", "b")
        .import("dev", "/a", "dev", "/a")
        .import("dev", "/a", "dev", "/b")
        .import("dev", "/b", "dev", "/a");
    let list = client(seed).await.list("dev", "/a", "").await.json();
    assert_eq!(list["imports"][0]["secrets"], json!([]));
    assert_eq!(pairs(&list["imports"][1]["secrets"]), owned(&[("B", "b")]));
}

#[tokio::test]
async fn defaults_differ_between_the_eras_of_v4() {
    let seed = Seed::new()
        .secret("dev", "/app", "URL", "db:${PORT}")
        .secret("dev", "/app", "PORT", "5432")
        .import("dev", "/app", "dev", "/shared");
    for (era, value, imports) in [(Era::V4a, "db:${PORT}", false), (Era::V4b, "db:5432", true)] {
        let fake = Fake::builder()
            .era(era)
            .seed(seed.clone())
            .start()
            .await
            .unwrap();
        let list = Client::new(&fake).list("dev", "/app", "").await.json();
        assert_eq!(pairs(&list["secrets"])[0].1, value, "{era}");
        assert_eq!(list.get("imports").is_some(), imports, "{era}");
        let name = if era == Era::V4b {
            "includeImports"
        } else {
            "include_imports"
        };
        let more = format!("&{name}={}&expandSecretReferences={}", !imports, imports);
        let list = Client::new(&fake).list("dev", "/app", &more).await.json();
        assert_eq!(list.get("imports").is_some(), !imports, "{era}");
    }
}

#[tokio::test]
async fn a_reference_one_may_not_read_fails_the_whole_list() {
    let seed = Seed::new()
        .secret("dev", "/", "REF", "${prod.db.PASSWORD}")
        .secret("prod", "/db", "PASSWORD", "canary");
    let client = client(seed).await;
    client.fake.deny("prod", "/");
    for reply in [
        client.list("dev", "/", "").await,
        client.secret("dev", "/", "REF", "").await,
    ] {
        assert_eq!(reply.status, 403);
        assert_eq!(
            reply.refusal().1,
            "Failed to expand one or more secret references"
        );
        assert_eq!(reply.json()["details"].as_array().unwrap().len(), 1);
        assert!(!reply.text().contains("canary"));
    }
    let raw = client
        .secret("dev", "/", "REF", "&expandSecretReferences=false")
        .await
        .json();
    assert_eq!(raw["secret"]["secretValue"], "${prod.db.PASSWORD}");
}

#[tokio::test]
async fn versions_are_kept_and_counted() {
    let client = client(Seed::new().secret("dev", "/", "K", "one")).await;
    client.fake.set("dev", "/", "K", "two");
    let value = async |more: &str| {
        let secret = client.secret("dev", "/", "K", more).await.json()["secret"].take();
        (
            secret["secretValue"].as_str().map(str::to_owned),
            secret["version"].as_u64(),
        )
    };
    assert_eq!(value("").await, (Some("two".to_owned()), Some(2)));
    assert_eq!(value("&version=1").await, (Some("one".to_owned()), Some(1)));
    assert_eq!(
        client.secret("dev", "/", "K", "&version=3").await.status,
        404
    );
    assert_eq!(
        client.secret("dev", "/", "K", "&version=x").await.status,
        422
    );
}

#[tokio::test]
async fn names_and_folders_are_decoded() {
    let seed = Seed::new().secret("dev", "/a b/ü", "we ird/na.meé", "v");
    let client = client(seed).await;
    let reply = client
        .secret("dev", "%2Fa%20b/%C3%BC", "we%20ird%2Fna.me%C3%A9", "")
        .await;
    assert_eq!(reply.json()["secret"]["secretValue"], "v");
}

#[tokio::test]
async fn values_can_be_masked_and_tags_filter() {
    let seed = Seed::new()
        .entry(
            "dev",
            "/",
            SecretSeed::new("TAGGED", "canary").tag("red").tag("blue"),
        )
        .secret("dev", "/", "PLAIN", "canary");
    let client = client(seed).await;
    let reply = client.list("dev", "/", "&viewSecretValue=false").await;
    assert!(!reply.text().contains("canary"));
    assert_eq!(reply.json()["secrets"][1]["secretValueHidden"], true);
    let reply = client.list("dev", "/", "&tagSlugs=blue,green").await.json();
    assert_eq!(pairs(&reply["secrets"]), owned(&[("TAGGED", "canary")]));
    assert_eq!(reply["secrets"][0]["tags"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn projects_are_apart_and_have_members() {
    let seed = Seed::new()
        .project("one")
        .secret("dev", "/", "K", "one")
        .project("two")
        .project_id("id-of-two")
        .secret("dev", "/", "K", "two");
    let fake = Fake::builder()
        .seed(seed)
        .identity(Identity::default())
        .identity(
            Identity::new("guest")
                .client_id("guest")
                .client_secret("s")
                .projects(["two"]),
        )
        .start()
        .await
        .unwrap();
    let mut client = Client::new(&fake);
    assert_eq!(fake.project_slug(), "one");
    let two = "/api/v4/secrets/K?projectId=id-of-two&environment=dev";
    assert_eq!(client.get(two).await.json()["secret"]["secretValue"], "two");
    let by_slug = "/api/v3/secrets/raw/K?workspaceSlug=one&environment=dev";
    assert_eq!(
        client.get(by_slug).await.json()["secret"]["secretValue"],
        "one"
    );
    assert_eq!(
        client.get("/api/v2/workspace/two").await.json()["id"],
        "id-of-two"
    );

    let token = login(&fake, "guest", "s").await.json();
    token["accessToken"]
        .as_str()
        .unwrap()
        .clone_into(&mut client.token);
    assert_eq!(client.get(two).await.status, 200);
    let reply = client.get(by_slug).await;
    assert_eq!(
        (reply.status, reply.refusal().0.as_str()),
        (403, "ProjectMembershipNotFound")
    );
}

#[tokio::test]
async fn folders_are_listed_one_level_at_a_time() {
    let seed = Seed::new().folder("dev", "/a/b/c").folder("dev", "/d");
    let client = client(seed).await;
    let project = client.fake.project_id();
    let names = async |target: &str| {
        let folders = client.get(target).await.json()["folders"].take();
        let folders = folders.as_array().unwrap().clone();
        folders
            .iter()
            .map(|folder| folder["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let base = format!("/api/v2/folders?projectId={project}&environment=dev");
    assert_eq!(names(&base).await, ["a", "d"]);
    assert_eq!(names(&format!("{base}&path=/a/b")).await, ["c"]);
    let old = format!("/api/v1/folders?workspaceId={project}&environment=dev&path=/a");
    assert_eq!(names(&old).await, ["b"]);
    assert_eq!(
        client.get(&base.replace("=dev", "=nosuch")).await.status,
        404
    );
}

#[tokio::test]
async fn the_status_says_that_it_is_a_fake() {
    let fake = Fake::builder().start().await.unwrap();
    let reply = send(fake.address(), "GET", "/api/status", &[], None)
        .await
        .unwrap();
    assert_eq!(
        reply.json()["message"],
        "infisical-fake: not a real Infisical; data is invented"
    );
    let head = send(fake.address(), "HEAD", "/api/status", &[], None).await;
    assert!(head.is_err(), "a head declares a body and has none");
}

#[tokio::test]
async fn the_example_can_be_read_and_its_references_expand() {
    let client = client(Seed::example()).await;
    let url = client
        .secret("prod", "/shared/db", "POSTGRES_URL", "")
        .await
        .json();
    let url = url["secret"]["secretValue"].as_str().unwrap().to_owned();
    assert_eq!(
        url,
        "postgres://shop:q7Hk2vTz9LmX4sRb-prod@db.prod.example.internal:5432/shop"
    );
    let redis = client
        .secret("dev", "/services/api/http", "REDIS_URL", "")
        .await;
    assert_eq!(redis.status, 200);
    let template = client
        .secret("dev", "/examples", "MAIL_TEMPLATE", "")
        .await
        .json();
    assert!(
        template["secret"]["secretValue"]
            .as_str()
            .unwrap()
            .contains("${ first name }")
    );
}

#[tokio::test]
async fn a_secret_is_found_by_its_id_as_it_is_stored() {
    let seed = Seed::new().secret("dev", "/a/b", "KEY", "<${OTHER}>");
    let client = client(seed).await;
    let found = client.secret("dev", "/a/b", "KEY", "").await.json();
    let id = found["secret"]["id"].as_str().unwrap();
    for base in ["/api/v4/secrets/id", "/api/v3/secrets/raw/id"] {
        let found = client.get(&format!("{base}/{id}")).await.json();
        assert_eq!(found["secret"]["secretValue"], "<${OTHER}>");
        assert_eq!(found["secret"]["secretPath"], "/a/b");
        assert_eq!(client.get(&format!("{base}/nosuch")).await.status, 404);
    }
    client.fake.deny("dev", "/a");
    let denied = client.get(&format!("/api/v4/secrets/id/{id}")).await;
    assert_eq!(denied.status, 403);
    assert!(!denied.text().contains("OTHER"));
}
