//! Lists that follow some references one step only.

use infisical_fake::{Era, Fake, Seed};

use crate::wire::Client;

async fn start(seed: u64) -> Client {
    let secrets = Seed::new()
        .secret("dev", "/", "CHAIN1", "1${CHAIN2}")
        .secret("dev", "/", "CHAIN2", "2${CHAIN3}")
        .secret("dev", "/", "CHAIN3", "3end")
        .secret("dev", "/", "SELF", "s${SELF}");
    let builder = Fake::builder().era(Era::V2024).seed(secrets);
    Client::new(&builder.short_expansions(seed).start().await.unwrap())
}

/// Reads the values of two keys from a hundred lists.
async fn read(client: &Client) -> Vec<(String, String)> {
    let project = client.fake.project_id();
    let target = format!(
        "/api/v3/secrets/raw?workspaceId={project}&environment=dev&expandSecretReferences=true"
    );
    let mut read = Vec::new();
    for _ in 0..100 {
        let list = client.get(&target).await.json();
        let rows = list["secrets"].as_array().unwrap().clone();
        let value = |key: &str| {
            let row = rows.iter().find(|row| row["secretKey"] == key).unwrap();
            row["secretValue"].as_str().unwrap().to_owned()
        };
        read.push((value("CHAIN1"), value("SELF")));
    }
    read
}

#[tokio::test]
async fn some_values_of_lists_stop_after_one_step_and_the_seed_says_which() {
    let lists = read(&start(3).await).await;
    let whole = ["123end", "ssssssssssss${SELF}"];
    let short = ["12${CHAIN3}", "ss${SELF}"];
    let mut kinds = std::collections::BTreeSet::new();
    for list in &lists {
        let is_short = [(&list.0, 0), (&list.1, 1)].map(|(value, at)| {
            assert!(value == whole[at] || value == short[at], "{value}");
            value == short[at]
        });
        kinds.insert(is_short);
    }
    // Each alone, which is by far likelier than both together.
    for kind in [[false, false], [true, false], [false, true]] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    let count = lists.iter().filter(|list| list.0 == short[0]).count();
    assert!((6..=25).contains(&count), "{count} of 100");
    assert_eq!(lists, read(&start(3).await).await);
    assert_ne!(lists, read(&start(4).await).await);
}

#[tokio::test]
async fn a_look_up_by_name_always_follows_to_the_end() {
    let client = start(3).await;
    let project = client.fake.project_id();
    let target = format!(
        "/api/v3/secrets/raw/CHAIN1?workspaceId={project}&environment=dev&expandSecretReferences=true"
    );
    for _ in 0..50 {
        let found = client.get(&target).await.json();
        assert_eq!(found["secret"]["secretValue"], "123end");
    }
}
