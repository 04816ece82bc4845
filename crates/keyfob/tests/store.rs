//! Writing through a stack, and the laws that its layers obey together.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::future::poll_fn;
use std::task::Poll;

use infisical_fake::{Fake, Fault, Route, Seed};
use keyfob::{
    Change, Entry, ErrorKind, ExposeSecret, MemorySource, PutOptions, SecretAddress, SecretSource,
    SecretStore, SecretString, Stack, StackBuilder, Tenant, auth::UniversalAuth, testing,
};
use secret_testkit::{Fixture, laws};

const KEY: &str = "infisical://dev/db/KEY";

async fn server(value: &str) -> Fake {
    let seed = Seed::new().secret("dev", "/db", "KEY", value);
    Fake::builder().seed(seed).start().await.unwrap()
}

fn over(fake: &Fake) -> StackBuilder {
    Stack::builder()
        .address(&fake.url())
        .client_id(&fake.client_id())
        .client_secret(SecretString::from(fake.client_secret()))
        .project(&fake.project_id())
        .environment("dev")
        .environments(["dev"])
        .retries(0)
}

fn tenant(fake: &Fake) -> Tenant {
    Tenant::new(&fake.url())
        .auth(UniversalAuth::new(fake.client_id(), fake.client_secret()))
        .project(&fake.project_id())
}

async fn text(stack: &Stack, reference: &str) -> String {
    let secret = stack.get(reference).await.unwrap();
    secret.value().expose_secret().to_owned()
}

fn prod() -> SecretAddress {
    SecretAddress::new("infisical", "prod", &"/db".parse().unwrap(), "KEY")
}

#[tokio::test]
async fn a_stack_obeys_the_laws_of_sources_and_of_stores() {
    let fixture = Fixture::example("infisical", "dev")
        .supports_versions()
        .supports_personal_values();
    let mut seed = Seed::new();
    for (address, value) in fixture.values() {
        seed = seed.secret("dev", address.folder(), address.key(), value);
    }
    let fake = Fake::builder().seed(seed).start().await.unwrap();
    let stack = over(&fake).build().unwrap();
    laws::all(stack.resolver().source(), &fixture).await;
    let store = stack.store().unwrap();
    laws::all(&store, &fixture).await;
    laws::of_stores(&store, &fixture).await;
}

#[tokio::test]
async fn a_registered_source_obeys_the_laws_within_the_layers() {
    let fixture = Fixture::example("memory", "dev");
    let source = MemorySource::new();
    for (address, value) in fixture.values() {
        source.set(address, value);
    }
    let stack = Stack::builder().source("memory", source).build().unwrap();
    laws::all(stack.resolver().source(), &fixture).await;
}

#[tokio::test]
async fn what_was_written_or_deleted_is_seen_by_the_next_look_up() {
    let fake = server("old").await;
    let stack = over(&fake).build().unwrap();
    let store = stack.store().unwrap();
    let address = stack.address(KEY).unwrap();
    assert_eq!(text(&stack, KEY).await, "old");

    store
        .put(&address, &"new".into(), PutOptions::update())
        .await
        .unwrap();
    assert_eq!(text(&stack, KEY).await, "new");
    let entry = Entry::new(address.clone(), "newer");
    store
        .put_many(&[entry], PutOptions::upsert())
        .await
        .pop()
        .unwrap()
        .unwrap();
    assert_eq!(text(&stack, KEY).await, "newer");
    store.delete(&address).await.unwrap();
    let gone = stack.get(KEY).await.unwrap_err();
    assert!(matches!(gone.kind(), ErrorKind::NotFound(_)), "{gone:?}");
}

#[tokio::test]
async fn what_the_stack_may_not_touch_is_refused_in_its_place_and_asked_of_nobody() {
    let fake = server("old").await;
    let stack = over(&fake).build().unwrap();
    let store = stack.store().unwrap();
    let here = |key: &str| stack.address(&format!("infisical://dev/db/{key}")).unwrap();
    let entries = [here("A"), prod(), here("B")].map(|address| Entry::new(address, "v"));
    let written = store.put_many(&entries, PutOptions::create()).await;
    let changes: Vec<_> = written
        .iter()
        .map(|outcome| {
            outcome
                .as_ref()
                .map(|written| written.change())
                .map_err(|error| error.kind())
        })
        .collect();
    assert_eq!(
        changes,
        [
            Ok(Change::Created),
            Err(ErrorKind::Invalid),
            Ok(Change::Created)
        ]
    );
    let deleted = store.delete_many(&[prod(), here("A")]).await;
    assert!(deleted[0].is_err() && deleted[1].is_ok(), "{deleted:?}");
    let read = store.get_many(&[prod(), here("B")]).await;
    assert!(read[0].is_err() && read[1].is_ok(), "{read:?}");
    assert!(store.list(&prod().folder_address()).await.is_err());
    let beyond = fake
        .requests()
        .iter()
        .any(|request| request.environment() == Some("prod"));
    assert!(!beyond);

    stack.shutdown().await;
    let error = store
        .put(&here("C"), &"v".into(), PutOptions::create())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("shut down"), "{error}");
}

#[tokio::test]
async fn a_write_that_was_given_up_is_not_hidden_by_the_cache() {
    let fake = server("old").await;
    let stack = over(&fake).build().unwrap();
    let store = stack.store().unwrap();
    let address = stack.address(KEY).unwrap();
    assert_eq!(text(&stack, KEY).await, "old");

    fake.script(Fault::hang().on(Route::Write));
    let value = "new".into();
    let mut write = store.put(&address, &value, PutOptions::update());
    poll_fn(|context| {
        assert!(write.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    // What the server made of it, nobody here knows.
    fake.set("dev", "/db", "KEY", "new");
    assert_eq!(
        text(&stack, KEY).await,
        "old",
        "while the write is under way"
    );
    drop(write);
    assert_eq!(text(&stack, KEY).await, "new");
}

#[tokio::test]
async fn a_write_leaves_alone_what_is_cached_of_tenants_and_of_other_names() {
    let (fake, acme) = (server("ours").await, server("acme's").await);
    fake.set("dev", "/db", "K*", "star");
    let stack = over(&fake).tenant("acme", tenant(&acme)).build().unwrap();
    let star = "infisical://dev/db/K%2A";
    for reference in [KEY, star, "infisical://acme@dev/db/KEY"] {
        text(&stack, reference).await;
    }
    acme.go_down();
    let store = stack.store().unwrap();
    let address = stack.address(star).unwrap();
    store
        .put(&address, &"new".into(), PutOptions::update())
        .await
        .unwrap();
    fake.go_down();
    assert_eq!(text(&stack, KEY).await, "ours");
    assert_eq!(text(&stack, "infisical://acme@dev/db/KEY").await, "acme's");
}

#[test]
fn a_stack_without_infisical_has_no_store() {
    let stack = testing::stack([(KEY, "v")]).unwrap();
    assert!(stack.store().is_none());
}
