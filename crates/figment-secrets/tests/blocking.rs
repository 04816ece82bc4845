//! Resolving from synchronous code, wherever it runs, and the synchronous provider.
#![allow(
    clippy::unwrap_used,
    clippy::result_large_err,
    reason = "tests fail by panicking, and closures of figment's Jail return its error"
)]

use figment::providers::{Format, Serialized, Toml};
use figment::{Figment, Jail};
use figment_secrets::{ResolveError, ResolveSecrets, Resolved, SecretProvider};
use secret_source::{BlockingResolver, Driver, MemorySource, Resolver};
use secret_testkit::{Canary, assert_no_leak};

fn blocking() -> BlockingResolver {
    let source = MemorySource::new()
        .with("infisical://prod/PW", canary().value())
        .unwrap();
    let resolver = Resolver::builder(source)
        .environment("prod")
        .build()
        .unwrap();
    BlockingResolver::new(Driver::start().unwrap(), resolver)
}

fn canary() -> Canary {
    Canary::named("password")
}

fn figment() -> Figment {
    Figment::from(Toml::string("[db]\npw = 'infisical:///PW'"))
}

fn resolve(blocking: &BlockingResolver) {
    let resolved = figment().resolve_blocking(blocking).unwrap();
    assert_eq!(
        resolved.extract_inner::<String>("db.pw").unwrap(),
        canary().value()
    );
}

#[test]
fn it_works_without_a_runtime_and_on_a_plain_thread() {
    let blocking = blocking();
    resolve(&blocking);
    std::thread::spawn(move || resolve(&blocking))
        .join()
        .unwrap();
}

#[tokio::test]
async fn it_works_inside_a_current_thread_runtime() {
    resolve(&blocking());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_inside_a_multi_thread_runtime() {
    let blocking = blocking();
    let (one, two) = (blocking.clone(), blocking.clone());
    let tasks = [
        tokio::spawn(async move { resolve(&one) }),
        tokio::spawn(async move { resolve(&two) }),
    ];
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn the_future_can_be_sent_to_another_task() {
    fn spawned(future: impl Future<Output = Result<Resolved, ResolveError>> + Send + 'static) {
        futures_executor::block_on(future).unwrap();
    }
    let resolver = blocking().resolver().clone();
    spawned(async move { figment().resolve_secrets(&resolver).await });
}

#[test]
fn the_provider_keeps_profile_and_provenance() {
    Jail::expect_with(|jail| {
        jail.create_file(
            "app.toml",
            "[release.db]\npw = 'infisical:///PW'\n[global]\ng = 'infisical:///PW'",
        )?;
        let layers = Figment::from(Toml::file("app.toml").nested()).select("release");
        let secrets = SecretProvider::new(layers, &blocking());
        let figment =
            Figment::from(Serialized::default("db.pw", "of the default profile")).merge(&secrets);
        assert_eq!(figment.profile(), "release");
        assert_eq!(figment.extract_inner::<String>("db.pw")?, canary().value());
        let error = figment.extract_inner::<u16>("db.pw").unwrap_err();
        let error = secrets.redactor().scrub(error);
        assert_no_leak(&format!("{error} {error:?} {secrets:?}"), [&canary()]);
        assert_eq!(
            error.to_string(),
            "invalid type: found <secret of db.pw>, expected u16 for key \"release.db.pw\" in app.toml TOML file (secret from memory)"
        );
        Ok(())
    });
}

#[test]
fn the_provider_reports_its_problems_through_figment_and_the_redactor_lets_them_pass() {
    let layers = Figment::from(Toml::string(
        "a = 'infisical:///PV'\nb = 'infisical://prod'",
    ));
    let secrets = SecretProvider::new(layers, &blocking());
    let error = Figment::from(&secrets).extract::<()>().unwrap_err();
    let text = secrets.redactor().scrub(error).to_string();
    assert!(
        text.contains("infisical:///PV\n") && text.contains("for key `a` in TOML source string"),
        "{text}"
    );
    assert!(
        text.contains("error[missing-key]") && text.contains("for key `b` in TOML source string"),
        "{text}"
    );
}
