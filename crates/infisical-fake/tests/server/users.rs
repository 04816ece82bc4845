//! A user's own values, and who sees them.

use infisical_fake::{Era, Fake, SecretSeed, Seed};

use crate::wire::{Client, pairs};

async fn start(era: Era) -> (Client, Client) {
    let secret = SecretSeed::new("KEY", "shared").personal("own");
    let seed = Seed::new()
        .entry("dev", "/", secret)
        .secret("dev", "/", "OTHER", "shared only");
    let fake = Fake::builder().era(era).seed(seed).start().await.unwrap();
    let machine = Client::new(&fake);
    let user = Client {
        token: fake.issue_user_token(),
        ..Client::new(&fake)
    };
    (machine, user)
}

async fn values(client: &Client, target: &str) -> Vec<String> {
    let project = client.fake.project_id();
    let place = format!("projectId={project}&workspaceId={project}&environment=dev");
    let list = client.get(&format!("{target}{place}")).await.json();
    let values = pairs(&list["secrets"]).into_iter();
    values
        .map(|(key, value)| format!("{key}={value}"))
        .collect()
}

const SHARED: [&str; 2] = ["KEY=shared", "OTHER=shared only"];
const OWN: [&str; 2] = ["KEY=own", "OTHER=shared only"];
const BOTH: [&str; 3] = ["KEY=shared", "KEY=own", "OTHER=shared only"];

#[tokio::test]
async fn a_list_shows_a_user_both_values_or_the_one_that_was_asked_for() {
    for era in [Era::V2024, Era::V4a, Era::V4b] {
        let (_, user) = start(era).await;
        assert_eq!(values(&user, "/api/v3/secrets/raw?").await, BOTH, "{era}");
    }
    let (_, user) = start(Era::V4a).await;
    assert_eq!(values(&user, "/api/v4/secrets?").await, BOTH);
    let (_, user) = start(Era::V4b).await;
    assert_eq!(values(&user, "/api/v4/secrets?").await, SHARED);
    let with = "/api/v4/secrets?includePersonalOverrides=true&";
    assert_eq!(values(&user, with).await, OWN);
}

#[tokio::test]
async fn a_look_up_gives_a_user_the_value_of_the_type_that_was_asked_for() {
    let (_, user) = start(Era::V4b).await;
    let own = user
        .secret("dev", "/", "KEY", "&type=personal")
        .await
        .json();
    assert_eq!(own["secret"]["secretValue"], "own");
    assert_eq!(own["secret"]["type"], "personal");
    let shared = user.secret("dev", "/", "KEY", "").await.json();
    assert_eq!(shared["secret"]["secretValue"], "shared");
    let none = user.secret("dev", "/", "OTHER", "&type=personal").await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn a_machine_identity_sees_no_value_of_a_user() {
    for era in [Era::V4a, Era::V4b] {
        let (machine, _) = start(era).await;
        for target in [
            "/api/v3/secrets/raw?",
            "/api/v4/secrets?",
            "/api/v4/secrets?includePersonalOverrides=true&",
        ] {
            assert_eq!(values(&machine, target).await, SHARED, "{era} {target}");
        }
        let own = machine.secret("dev", "/", "KEY", "&type=personal").await;
        assert_eq!(own.status, 404, "{era}");
    }
}
