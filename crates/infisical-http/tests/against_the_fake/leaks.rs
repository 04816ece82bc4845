//! Nothing that is shown holds a value or a credential.

use std::error::Error;
use std::fmt::Write;

use infisical_fake::{Era, Fault, Route, Seed};
use infisical_http::Infisical;
use secret_source::{SecretError, SecretSource};
use secret_testkit::{Canary, LogCollector, assert_no_leak};

use crate::support::{address, builder, serve};

fn shown(error: &SecretError) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {}", error.public_message());
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(text, " {error} {error:?}").unwrap();
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn no_value_and_no_credential_is_shown_however_a_look_up_ends() {
    let value = Canary::named("value");
    let secret = Canary::named("client secret");
    let token = Canary::named("given token");
    let canaries = [value.clone(), secret.clone(), token.clone()];
    let logs = LogCollector::new();
    let _installed = logs.install();

    let body = format!(
        r#"{{"secret":{{"secretKey":"KEY","secretValue":"{}""#,
        value.value()
    );
    for fault in [
        None,
        Some(Fault::status(503)),
        Some(Fault::status(403)),
        Some(Fault::status(400)),
        Some(Fault::status(401)),
        Some(Fault::truncated_json()),
        Some(Fault::reset_mid_body()),
        Some(Fault::drop_connection()),
        Some(Fault::body_of(body.clone())),
        Some(Fault::body_of(format!(
            r#"{{"secret":"{}"}}"#,
            value.value()
        ))),
        Some(Fault::status(400).message(&format!("echo {} back", secret.value().repeat(4)))),
    ] {
        let fake = serve(
            Era::V4b,
            Seed::new().secret("dev", "/", "KEY", value.value()),
        )
        .await;
        fake.rotate_client_secret(secret.value());
        if let Some(fault) = fault {
            fake.script(fault.on(Route::Get).always());
        }
        for builder in [
            builder(&fake).universal_auth(fake.client_id(), secret.value()),
            builder(&fake).universal_auth(fake.client_id(), secret.value().to_lowercase() + "x"),
            Infisical::builder(&fake.url())
                .project(fake.project_id())
                .token(token.value()),
        ] {
            let infisical = builder.build().unwrap();
            match infisical.get(&address("/", "KEY")).await {
                Ok(answer) => assert_no_leak(&format!("{answer:?}"), &canaries),
                Err(error) => assert_no_leak(&shown(&error), &canaries),
            }
            let client = format!(
                "{infisical:?} {:?} {}",
                infisical.origin(),
                infisical.origin()
            );
            assert_no_leak(&client, &canaries);
        }
    }
    assert!(
        logs.text().contains("request to Infisical"),
        "requests are logged: {}",
        logs.text()
    );
    logs.assert_no_leak(&canaries);
}

#[tokio::test]
async fn what_a_server_says_to_a_login_is_not_repeated() {
    let secret = Canary::named("client secret");
    let fake = serve(Era::V4b, Seed::new()).await;
    let echo = Fault::status(401).message(&format!("no {}", secret.value()));
    fake.script(echo.on(Route::Login).always());
    let infisical = builder(&fake)
        .universal_auth("id", secret.value())
        .build()
        .unwrap();
    let error = infisical.get(&address("/", "KEY")).await.unwrap_err();
    assert_no_leak(&shown(&error), [&secret]);
}

#[tokio::test]
async fn the_names_of_folders_are_logged_as_far_as_is_allowed() {
    use secret_source::LogNames;
    for (names, expected) in [
        (LogNames::Full, true),
        (LogNames::Hashed, false),
        (LogNames::None, false),
    ] {
        let logs = LogCollector::new();
        let _installed = logs.install();
        let seed = Seed::new().secret("dev", "/telling-name", "KEY", "v");
        let fake = serve(Era::V4b, seed).await;
        let infisical = builder(&fake).log_names(names).build().unwrap();
        assert!(
            infisical
                .get(&address("/telling-name", "KEY"))
                .await
                .is_ok()
        );
        assert_eq!(
            logs.text().contains("telling-name"),
            expected,
            "{names:?}: {}",
            logs.text()
        );
    }
}
