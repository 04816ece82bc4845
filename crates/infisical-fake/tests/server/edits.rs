//! Edits while the server runs.

use infisical_fake::{Fake, Seed};

use crate::wire::{Client, pairs};

async fn client() -> Client {
    let seed = Seed::new().secret("dev", "/app/db", "PASSWORD", "canary");
    Client::new(&Fake::builder().seed(seed).start().await.unwrap())
}

#[tokio::test]
async fn a_value_set_later_is_read_and_a_removed_one_is_gone() {
    let client = client().await;
    client.fake.set("qa", "/new/folder", "K", "v");
    let secret = client.secret("qa", "/new/folder", "K", "").await.json();
    assert_eq!(secret["secret"]["secretValue"], "v");
    client.fake.remove("qa", "/new/folder", "K");
    assert_eq!(
        client.secret("qa", "/new/folder", "K", "").await.status,
        404
    );
    assert_eq!(client.list("qa", "/new/folder", "").await.status, 200);

    // Taking away what is not there makes no folder.
    client.fake.remove("qa", "/nosuch", "K");
    client.fake.hide("qa", "/nosuch", "K");
    assert_eq!(client.list("qa", "/nosuch", "").await.status, 404);
}

#[tokio::test]
async fn a_hidden_value_is_masked_in_a_list_and_refused_alone() {
    let client = client().await;
    client.fake.hide("dev", "/app/db", "PASSWORD");
    let list = client.list("dev", "/app/db", "").await.json();
    assert_eq!(list["secrets"][0]["secretValue"], "<hidden-by-infisical>");
    assert_eq!(list["secrets"][0]["secretValueHidden"], true);
    let reply = client.secret("dev", "/app/db", "PASSWORD", "").await;
    assert_eq!(
        (reply.status, reply.refusal().0.as_str()),
        (403, "PermissionDenied")
    );
    // A tree leaves it out instead.
    let tree = client.list("dev", "/app", "&recursive=true").await.json();
    assert_eq!(pairs(&tree["secrets"]), []);
    client.fake.reveal("dev", "/app/db", "PASSWORD");
    assert_eq!(
        client.secret("dev", "/app/db", "PASSWORD", "").await.status,
        200
    );
}

#[tokio::test]
async fn a_denied_folder_is_403_with_details_whether_or_not_the_secret_exists() {
    let client = client().await;
    client.fake.deny("dev", "/app");
    let replies = [
        client.list("dev", "/app/db", "").await,
        client.secret("dev", "/app/db", "PASSWORD", "").await,
        client.secret("dev", "/app/db", "NOPE", "").await,
        client.list("dev", "/app/nosuch", "").await,
    ];
    for reply in replies {
        assert_eq!(
            (reply.status, reply.refusal().0.as_str()),
            (403, "PermissionDenied")
        );
        assert!(reply.json()["details"].is_array());
        assert!(!reply.text().contains("canary"));
    }
    assert_eq!(client.list("dev", "/", "").await.status, 200);
    let tree = client.list("dev", "/", "&recursive=true").await.json();
    assert_eq!(pairs(&tree["secrets"]), []);
    client.fake.allow("dev", "/app");
    assert_eq!(client.list("dev", "/app/db", "").await.status, 200);
}

#[tokio::test]
async fn an_import_added_later_is_followed_and_a_denied_one_left_out() {
    let client = client().await;
    client.fake.import("dev", "/service", "dev", "/app/db");
    let secret = client
        .secret("dev", "/service", "PASSWORD", "")
        .await
        .json();
    assert_eq!(secret["secret"]["secretValue"], "canary");
    client.fake.deny("dev", "/app/db");
    let list = client.list("dev", "/service", "").await.json();
    assert_eq!(list["imports"].as_array().map(Vec::len), Some(0));
    assert_eq!(
        client
            .secret("dev", "/service", "PASSWORD", "")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn debug_of_a_fake_shows_no_secret() {
    let client = client().await;
    let text = format!("{:?}", client.fake);
    assert!(text.contains("127.0.0.1"));
    for secret in ["canary", &client.token, &client.fake.client_secret()] {
        assert!(!text.contains(secret));
    }
}
