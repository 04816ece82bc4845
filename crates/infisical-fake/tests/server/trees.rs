//! Folders and imports, as people make and change them on current servers.

use infisical_fake::{Era, Fake, Identity, Seed};
use serde_json::{Value, json};

use crate::wire::{Client, Reply, login, pairs, send};

async fn client(seed: Seed) -> Client {
    Client::new(&Fake::builder().seed(seed).start().await.unwrap())
}

impl Client {
    async fn call(&self, method: &str, target: &str, more: Value) -> Reply {
        let mut body = json!({ "projectId": self.fake.project_id(), "environment": "dev" });
        let Value::Object(fields) = more else {
            unreachable!("a table")
        };
        body.as_object_mut().unwrap().extend(fields);
        let bearer = format!("Bearer {}", self.token);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let address = self.fake.address();
        let body = body.to_string();
        send(address, method, target, &headers, Some(&body))
            .await
            .unwrap()
    }

    async fn import(&self, into: &str, from: &str) -> Reply {
        let body = json!({ "path": into, "import": { "environment": "dev", "path": from } });
        self.call("POST", "/api/v2/secret-imports", body).await
    }

    async fn value(&self, folder: &str, key: &str) -> Value {
        let mut reply = self.secret("dev", folder, key, "").await.json();
        reply["secret"]["secretValue"].take()
    }
}

fn three() -> Seed {
    Seed::new()
        .folder("dev", "/app")
        .secret("dev", "/one", "K", "1")
        .secret("dev", "/two", "K", "2")
}

#[tokio::test]
async fn the_last_import_wins_until_it_is_moved_or_deleted() {
    let client = client(three()).await;
    let first = client.import("/app", "/one").await.json();
    let second = client.import("/app", "/two").await.json();
    assert_eq!(second["secretImport"]["position"], 2);
    assert_eq!(client.value("/app", "K").await, "2");

    let id = |import: &Value| import["secretImport"]["id"].as_str().unwrap().to_owned();
    let target = format!("/api/v2/secret-imports/{}", id(&second));
    let to_the_front = json!({ "path": "/app", "import": { "position": 1 } });
    let moved = client.call("PATCH", &target, to_the_front).await.json();
    assert_eq!(moved["secretImport"]["position"], 1);
    assert_eq!(client.value("/app", "K").await, "1");

    let target = format!("/api/v2/secret-imports/{}", id(&first));
    let gone = client.call("DELETE", &target, json!({ "path": "/app" }));
    assert_eq!(gone.await.json()["secretImport"]["importPath"], "/one");
    assert_eq!(client.value("/app", "K").await, "2");
    let again = client.call("DELETE", &target, json!({ "path": "/app" }));
    assert_eq!(again.await.status, 404);
}

#[tokio::test]
async fn an_import_can_be_led_elsewhere() {
    let client = client(three()).await;
    let made = client.import("/app", "/one").await.json();
    let id = made["secretImport"]["id"].as_str().unwrap();
    let target = format!("/api/v2/secret-imports/{id}");
    let elsewhere = json!({ "path": "/app", "import": { "path": "/two" } });
    assert_eq!(
        client
            .call("PATCH", &target, elsewhere.clone())
            .await
            .status,
        200
    );
    assert_eq!(client.value("/app", "K").await, "2");
    let unknown = client.call("PATCH", "/api/v2/secret-imports/nosuch", elsewhere);
    assert_eq!(unknown.await.status, 400);
}

#[tokio::test]
async fn two_folders_cannot_import_each_other() {
    let client = client(three()).await;
    client.import("/app", "/one").await;
    let back = client.import("/one", "/app").await;
    assert_eq!(back.status, 400);
    assert_eq!(back.refusal().1, "Cyclic import not allowed");
}

#[tokio::test]
async fn an_import_without_a_source_is_refused_with_the_field_that_is_missing() {
    let client = client(three()).await;
    let call = client.call("POST", "/api/v2/secret-imports", json!({ "path": "/app" }));
    let refused = call.await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.json()["message"][0]["path"],
        json!(["import", "environment"])
    );
    let nowhere = client.import("/nosuch", "/one").await;
    assert_eq!(nowhere.status, 404);
}

#[tokio::test]
async fn a_deleted_folder_takes_what_is_below_it_along() {
    let client = client(
        Seed::new()
            .secret("dev", "/a/b", "K", "v")
            .folder("dev", "/ab"),
    )
    .await;
    let gone = client.call("DELETE", "/api/v2/folders/a", json!({ "path": "/" }));
    assert_eq!(gone.await.json()["folder"]["name"], "a");
    assert_eq!(client.list("dev", "/a/b", "").await.status, 404);
    assert_eq!(client.list("dev", "/ab", "").await.status, 200);
    let again = client.call("DELETE", "/api/v2/folders/a", json!({ "path": "/" }));
    assert_eq!(again.await.status, 404);
    let root = client.call("DELETE", "/api/v2/folders/", json!({ "path": "/" }));
    assert_eq!(root.await.status, 404);
}

#[tokio::test]
async fn a_renamed_folder_keeps_its_secrets_and_its_id() {
    let client = client(Seed::new().secret("dev", "/a/b", "K", "v")).await;
    let query = format!("projectId={}&environment=dev", client.fake.project_id());
    let folders = client.get(&format!("/api/v2/folders?{query}")).await.json();
    let id = folders["folders"][0]["id"].as_str().unwrap();
    let target = format!("/api/v2/folders/{id}");
    let renamed = client.call("PATCH", &target, json!({ "path": "/", "name": "c" }));
    assert_eq!(renamed.await.json()["folder"]["version"], 2);
    assert_eq!(client.value("/c/b", "K").await, "v");
    let shown = client.get(&target).await.json();
    assert_eq!(shown["folder"]["path"], "/c");
}

#[tokio::test]
async fn who_may_only_read_changes_no_import_and_no_folder() {
    let identity = Identity::new("reader").client_id("r").client_secret("s");
    let builder = Fake::builder().era(Era::V4b).seed(three());
    let fake = builder
        .identity(identity.read_only())
        .start()
        .await
        .unwrap();
    let token = login(&fake, "r", "s").await.json()["accessToken"].take();
    let client = Client {
        token: token.as_str().unwrap().to_owned(),
        ..Client::new(&fake)
    };
    let refused = client.import("/app", "/one").await;
    assert_eq!(
        refused.refusal(),
        (
            "PermissionDenied".to_owned(),
            "You are not allowed to create on secret-imports".to_owned()
        )
    );
    let body = json!({ "path": "/" });
    let refused = client.call("DELETE", "/api/v2/folders/app", body).await;
    assert_eq!(refused.status, 403);
    let list = client.list("dev", "/one", "").await.json();
    assert_eq!(pairs(&list["secrets"]).len(), 1);
}
