//! A stack with a snapshot: what a restart during an outage finds, and what it must not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use infisical_fake::{Fake, Seed};
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{
    Environment, ErrorKind, ExposeSecret, Fault, PutOptions, ResolveSecrets, SecretStore,
    SecretString, Selector, SnapshotErrorKind, SnapshotKey, SnapshotState, SnapshotStatus, Stack,
    StackBuilder,
};
use secret_testkit::{Canary, LogCollector, assert_no_leak};
use tempfile::TempDir;

const KEY: &str = "infisical://dev/db/KEY";
const OTHER: &str = "infisical://dev/db/OTHER";

/// A server and a folder that outlive the application.
struct Scene {
    fake: Fake,
    folder: TempDir,
}

impl Scene {
    async fn new() -> Self {
        Self::with("from the server").await
    }

    async fn with(value: &str) -> Self {
        let seed = Seed::new()
            .secret("dev", "/db", "KEY", value)
            .secret("dev", "/db", "OTHER", "other");
        let scene = Self {
            fake: Fake::builder().seed(seed).start().await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        SnapshotKey::generate_file(scene.key_file()).unwrap();
        scene
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("snapshot")
    }

    fn key_file(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    fn without_snapshot(&self) -> StackBuilder {
        Stack::builder()
            .address(&self.fake.url())
            .client_id(&self.fake.client_id())
            .client_secret(SecretString::from(self.fake.client_secret()))
            .project(&self.fake.project_id())
            .environment("dev")
            .retries(0)
    }

    fn builder(&self) -> StackBuilder {
        self.without_snapshot()
            .snapshot(self.file().to_str().unwrap())
            .snapshot_key_file(self.key_file().to_str().unwrap())
    }

    /// Runs an application that reads both secrets, and ends in order.
    async fn run(&self) {
        let stack = self.builder().build().unwrap();
        for answer in stack.get_many(&[KEY, OTHER]).await {
            answer.unwrap();
        }
        stack.shutdown().await;
    }
}

fn status(stack: &Stack) -> SnapshotStatus {
    stack.describe().sources[0].snapshot.unwrap()
}

async fn fails(stack: &Stack, reference: &str) -> ErrorKind {
    stack.get(reference).await.unwrap_err().kind()
}

#[tokio::test]
async fn an_application_starts_from_it_while_the_server_is_down_and_says_so() {
    let scene = Scene::new().await;
    scene.run().await;
    scene.fake.go_down();

    let logs = LogCollector::new();
    let _installed = logs.install();
    let stack = scene.builder().build().unwrap();
    assert_eq!(status(&stack).state, SnapshotState::NotLoaded);
    let figment = Figment::from(Toml::string(
        "dsn = 'postgres://app:${infisical:///db/OTHER}@db'\npassword = 'infisical:///db/KEY'",
    ));
    let resolved = figment.resolve_secrets(&stack).await.unwrap();
    let dsn: String = resolved.extract_inner("dsn").unwrap();
    assert_eq!(dsn, "postgres://app:other@db");
    for row in resolved.report().rows() {
        assert!(row.freshness().unwrap().is_stale(), "{row:?}");
        let origin = row.origin().unwrap();
        assert_eq!(origin.name(), "snapshot");
        assert_eq!(origin.inner().unwrap().name(), "infisical");
    }
    let secret = stack.get(KEY).await.unwrap();
    assert_eq!(secret.value().expose_secret(), "from the server");
    assert_eq!(secret.answered_by(), "stale");
    let says = |words: &str| logs.text().matches(words).count();
    assert_eq!(says("runs from a snapshot"), 1, "{}", logs.text());
    assert_eq!(status(&stack).state, SnapshotState::Loaded);
    assert!(status(&stack).is_serving);

    scene.fake.come_back().unwrap();
    scene.fake.set("dev", "/db", "KEY", "new");
    let fresh = stack.refresh(KEY).await.unwrap();
    assert_eq!(fresh.value().expose_secret(), "new");
    assert!(!fresh.freshness().is_stale());
    assert_eq!(says("answers again"), 1);
}

#[tokio::test]
async fn without_a_snapshot_nothing_is_written_and_nothing_stands_in() {
    let scene = Scene::new().await;
    let stack = scene.without_snapshot().build().unwrap();
    stack.get(KEY).await.unwrap();
    stack.cache().save_snapshot().await.unwrap();
    assert!(stack.describe().sources[0].snapshot.is_none());
    stack.shutdown().await;
    assert!(!scene.file().exists());
}

#[tokio::test]
async fn it_is_saved_at_the_shutdown_and_not_emptied_with_the_cache() {
    let scene = Scene::new().await;
    scene.run().await;
    scene.fake.go_down();
    let stack = scene.builder().build().unwrap();
    assert!(stack.get(OTHER).await.is_ok());
    assert_eq!(status(&stack).entries, 2);
    stack.shutdown().await;
    assert_eq!(status(&stack).state, SnapshotState::Closed);
    let stack = scene.builder().build().unwrap();
    assert!(stack.get(KEY).await.is_ok(), "a run in an outage keeps it");
}

#[tokio::test]
async fn it_comes_before_the_environment_as_a_fallback_and_after_an_override() {
    let scene = Scene::new().await;
    scene.run().await;
    scene.fake.go_down();
    let pairs = [("KEY", "fallback"), ("DB_OTHER", "override")];
    let stack = scene
        .builder()
        .variables(Environment::from_pairs(pairs))
        .build()
        .unwrap();
    let answer = stack.get(KEY).await.unwrap();
    assert_eq!(answer.value().expose_secret(), "from the server");
    let answer = stack.get(OTHER).await.unwrap();
    assert_eq!(answer.value().expose_secret(), "override");
}

#[tokio::test]
async fn what_was_withdrawn_is_gone_from_it() {
    type Withdraw = fn(&Scene);
    let ways: [(&str, Withdraw); 3] = [
        ("removed", |scene| scene.fake.remove("dev", "/db", "KEY")),
        ("hidden", |scene| scene.fake.hide("dev", "/db", "KEY")),
        ("denied", |scene| scene.fake.deny("dev", "/db")),
    ];
    for (way, withdraw) in ways {
        let scene = Scene::new().await;
        scene.run().await;
        withdraw(&scene);
        let stack = scene.builder().build().unwrap();
        stack.get(KEY).await.unwrap_err();
        stack.shutdown().await;
        scene.fake.go_down();
        let stack = scene.builder().build().unwrap();
        assert_eq!(fails(&stack, KEY).await, ErrorKind::Unavailable, "{way}");
        assert!(stack.get(OTHER).await.is_ok(), "{way}");
    }
}

#[tokio::test]
async fn what_was_invalidated_or_written_is_gone_from_it() {
    let scene = Scene::new().await;
    scene.run().await;
    let stack = scene.builder().build().unwrap();
    let store = stack.store().unwrap();
    let address = stack.address(KEY).unwrap();
    let new = SecretString::from("new");
    let written = store.put(&address, &new, PutOptions::upsert()).await;
    written.unwrap();
    stack.cache().invalidate(&Selector::key("OTHER"));
    stack.shutdown().await;
    scene.fake.go_down();
    let stack = scene.builder().build().unwrap();
    for reference in [KEY, OTHER] {
        assert_eq!(fails(&stack, reference).await, ErrorKind::Unavailable);
    }
}

#[tokio::test]
async fn refused_credentials_are_not_papered_over() {
    let scene = Scene::new().await;
    scene.run().await;
    scene.fake.rotate_client_secret("another");
    let stale_secret = SecretString::from("no longer right");
    let stack = scene.builder().client_secret(stale_secret).build().unwrap();
    assert_eq!(fails(&stack, KEY).await, ErrorKind::Unauthenticated);
    assert!(!status(&stack).is_serving);
}

#[tokio::test]
async fn each_refusal_is_named_and_look_ups_fail_as_without() {
    type Change = fn(&Scene) -> StackBuilder;
    let changes: [(SnapshotErrorKind, Change); 5] = [
        (SnapshotErrorKind::NotAuthentic, |scene| {
            let mut bytes = fs::read(scene.file()).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(scene.file(), bytes).unwrap();
            scene.builder()
        }),
        (SnapshotErrorKind::NotAuthentic, |scene| {
            fs::remove_file(scene.key_file()).unwrap();
            SnapshotKey::generate_file(scene.key_file()).unwrap();
            scene.builder()
        }),
        (SnapshotErrorKind::Truncated, |scene| {
            let bytes = fs::read(scene.file()).unwrap();
            fs::write(scene.file(), &bytes[..bytes.len() / 2]).unwrap();
            scene.builder()
        }),
        (SnapshotErrorKind::Foreign, |scene| {
            scene.builder().project("another")
        }),
        (SnapshotErrorKind::TooOld, |scene| {
            scene.builder().snapshot_max_age(Duration::from_nanos(1))
        }),
    ];
    for (kind, change) in changes {
        let scene = Scene::new().await;
        scene.run().await;
        scene.fake.go_down();
        let stack = change(&scene).build().unwrap();
        let logs = LogCollector::new();
        let installed = logs.install();
        assert_eq!(fails(&stack, KEY).await, ErrorKind::Unavailable, "{kind:?}");
        assert_eq!(fails(&stack, OTHER).await, ErrorKind::Unavailable);
        drop(installed);
        assert_eq!(status(&stack).state, SnapshotState::Refused(kind));
        let refusals: Vec<_> = logs.events();
        let mut refusals = refusals
            .iter()
            .filter(|event| event.message().contains("is refused"));
        let refusal = refusals.next().unwrap();
        assert_eq!(refusal.field("kind"), Some(kind.as_str()));
        assert!(!refusal.field("hint").unwrap().is_empty());
        assert!(refusals.next().is_none(), "said once");
    }
}

#[tokio::test]
async fn no_file_log_or_description_shows_a_value() {
    let value = Canary::named("value");
    let scene = Scene::with(value.value()).await;
    let logs = LogCollector::new();
    let _installed = logs.install();
    scene.run().await;
    scene.fake.go_down();
    let stack = scene.builder().build().unwrap();
    stack.get(KEY).await.unwrap();
    let shown = format!("{stack:?} {:?} {:?}", stack.cache(), scene.builder());
    assert_no_leak(&shown, [&value]);
    for file in [scene.file(), scene.key_file()] {
        let text = String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
        assert_no_leak(&text, [&value]);
    }
    logs.assert_no_leak([&value]);
}

#[tokio::test]
async fn the_key_may_be_given_in_code() {
    let scene = Scene::new().await;
    let builder = || {
        let passphrase = SnapshotKey::from_text(&"ab".repeat(32).into()).unwrap();
        let path = scene.file();
        let builder = scene.without_snapshot();
        builder
            .snapshot(path.to_str().unwrap())
            .snapshot_key(passphrase)
    };
    let stack = builder().build().unwrap();
    stack.get(KEY).await.unwrap();
    stack.cache().save_snapshot().await.unwrap();
    scene.fake.go_down();
    assert!(builder().build().unwrap().get(KEY).await.is_ok());
}

#[test]
fn a_blocking_stack_has_one_too() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let scene = runtime.block_on(Scene::new());
    let stack = scene.builder().build_blocking().unwrap();
    stack.get(KEY).unwrap();
    stack.shutdown().unwrap();
    scene.fake.go_down();
    let stack = scene.builder().build_blocking().unwrap();
    assert!(stack.get(KEY).unwrap().freshness().is_stale());
}

fn faults(builder: StackBuilder) -> Vec<Fault> {
    builder.build().unwrap_err().faults().to_vec()
}

#[tokio::test]
async fn half_a_setting_and_an_unusable_key_are_faults() {
    let scene = Scene::new().await;
    let (path, key) = (scene.file(), scene.key_file());
    let (path, key) = (path.to_str().unwrap(), key.to_str().unwrap());
    let given = || SnapshotKey::from_file(key).unwrap();
    let base = || scene.without_snapshot();
    for (builder, setting, words) in [
        (base().snapshot(path), "snapshot_key_file", "no key"),
        (base().snapshot_key_file(key), "snapshot", "no snapshot"),
        (base().snapshot_key(given()), "snapshot", "no snapshot"),
        (
            scene.builder().snapshot_key(given()),
            "snapshot_key_file",
            "two keys",
        ),
        (
            scene.builder().snapshot_key_file("/no/such/file"),
            "snapshot_key_file",
            "cannot be read",
        ),
        (
            scene.builder().snapshot_max_age(Duration::ZERO),
            "snapshot_max_age",
            "out of bounds",
        ),
    ] {
        let faults = faults(builder);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].setting(), setting);
        assert!(faults[0].message().contains(words), "{}", faults[0]);
        assert!(faults[0].hint().is_some());
    }
    fs::write(scene.key_file(), "hunter2").unwrap();
    let found = faults(scene.builder());
    assert_eq!(found[0].setting(), "snapshot_key_file");
    assert!(!format!("{found:?}").contains("hunter2"));
    assert!(base().enabled(false).snapshot(path).build().is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_file_that_others_may_read_is_a_fault() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new().await;
    fs::set_permissions(scene.key_file(), fs::Permissions::from_mode(0o644)).unwrap();
    let faults = faults(scene.builder());
    assert_eq!(faults[0].setting(), "snapshot_key_file");
    assert!(faults[0].hint().unwrap().contains("chmod 600"));
}

#[tokio::test]
async fn with_the_cache_off_there_is_no_snapshot() {
    let scene = Scene::new().await;
    let stack = scene.builder().cache_ttl(Duration::ZERO).build().unwrap();
    stack.get(KEY).await.unwrap();
    stack.shutdown().await;
    assert!(!scene.file().exists());
    assert!(stack.describe().sources[0].snapshot.is_none());
}
