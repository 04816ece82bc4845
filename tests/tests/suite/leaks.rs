//! Canaries through the library: no error, `Debug`, description or log line shows one.

use std::error::Error;
use std::fmt::Debug;

use infisical_fake::{Fake, Fault, Seed};
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{ResolveSecrets, SecretString, Stack};
use secret_testkit::{Canary, LogCollector, assert_no_leak};
use serde::Deserialize;

use crate::bench::stack_of;

/// Everything that a person could come to see of an error.
fn all_of(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        text.push_str(&format!("{error}\n{error:?}\n{error:#?}\n"));
        next = error.source();
    }
    text
}

struct Watch {
    canaries: Vec<Canary>,
    logs: LogCollector,
}

impl Watch {
    fn error<T: Debug>(&self, answer: Result<T, impl Error + 'static>) {
        assert_no_leak(&all_of(&answer.unwrap_err()), &self.canaries);
    }

    fn debug(&self, value: &impl Debug) {
        assert_no_leak(&format!("{value:?} {value:#?}"), &self.canaries);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let text = self.logs.text();
            assert!(
                !text.is_empty(),
                "something was logged, and so the log was looked through"
            );
            assert_no_leak(&text, &self.canaries);
        }
    }
}

async fn watched() -> (Fake, Watch) {
    let password = Canary::named("password");
    let seed = Seed::new()
        .project("bench")
        .secret("dev", "/db", "PASSWORD", password.value());
    let server = Fake::builder().seed(seed).start().await.unwrap();
    let client_secret = Canary::of_value("client secret", server.client_secret());
    (
        server,
        Watch {
            canaries: vec![password, client_secret],
            logs: LogCollector::new(),
        },
    )
}

const TEXT: &str = "pw = 'infisical:///db/PASSWORD'\nurl = 'x${infisical:///db/PASSWORD}y'";

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "extraction fails before a field is read")]
struct WrongType {
    pw: u16,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "extraction fails before a field is read")]
struct WrongVariant {
    url: Variant,
}

#[derive(Debug, Deserialize)]
enum Variant {
    Only,
}

#[tokio::test]
async fn a_type_mismatch_on_a_secret_names_key_and_type_and_no_value() {
    let (server, watch) = watched().await;
    let _installed = watch.logs.install();
    let stack = stack_of(&server).build().unwrap();
    let resolved = Figment::from(Toml::string(TEXT))
        .resolve_secrets(&stack)
        .await
        .unwrap();
    let error = resolved.extract::<WrongType>().unwrap_err();
    assert!(
        error.to_string().contains("pw") && error.to_string().contains("u16"),
        "{error}"
    );
    watch.error(resolved.extract::<WrongType>());
    watch.error(resolved.extract::<WrongVariant>());
    watch.error(resolved.extract_inner::<u16>("pw"));
    assert!(format!("{:?}", Variant::Only).contains("Only"));
    watch.debug(&resolved);
    watch.debug(&resolved.report());
    watch.debug(&stack);
    watch.debug(&stack.get("infisical:///db/PASSWORD").await);
    watch.debug(&stack.list("infisical:///db/").await);
    watch.debug(&stack.describe());
}

#[tokio::test]
async fn no_failure_of_the_server_shows_what_it_sent_or_was_sent() {
    let (server, watch) = watched().await;
    let _installed = watch.logs.install();
    let value = watch.canaries[0].value().to_owned();
    let faults = [
        Fault::status(500),
        Fault::status(403).message(&value),
        Fault::status(400).message(&value),
        Fault::html(502),
        Fault::truncated_json(),
        Fault::drop_connection(),
        Fault::reset_mid_body(),
        Fault::body_of(format!("[\"{value}\"]")),
    ];
    for fault in faults {
        server.clear_faults();
        server.script(fault.always());
        let stack = stack_of(&server).build().unwrap();
        watch.error(
            Figment::from(Toml::string(TEXT))
                .resolve_secrets(&stack)
                .await,
        );
        watch.error(stack.get("infisical:///db/PASSWORD").await);
        watch.debug(&stack);
    }
}

#[tokio::test]
async fn a_refused_client_secret_and_wrong_settings_are_not_shown() {
    let (server, watch) = watched().await;
    let _installed = watch.logs.install();
    let value = watch.canaries[0].value();
    let stack = stack_of(&server)
        .client_secret(SecretString::from(value))
        .build()
        .unwrap();
    watch.error(stack.get("infisical:///db/PASSWORD").await);
    watch.debug(&stack);
    let url = format!("https://user:{value}@127.0.0.1/?token={value}");
    watch.error(
        Stack::builder()
            .address(&url)
            .client_secret(SecretString::from(value))
            .build(),
    );
    watch.debug(&stack_of(&server));
}
