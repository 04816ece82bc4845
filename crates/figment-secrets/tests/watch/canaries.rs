//! No value, good or bad, shows in logs, errors, status or `Debug`.

use figment_secrets::{WatchError, Watched};
use secret_testkit::{Canary, LogCollector, assert_no_leak};

use crate::scene::{Config, INTERVAL, ROUND, Scene, pass};

/// Refuses what the type would take, and quotes it in several ways.
fn quoting(config: &Config) -> Result<(), String> {
    let password = &config.password;
    match config.level {
        2 => Err(format!("the password is {password}")),
        3 => Err(format!("the password is {}", password.to_uppercase())),
        4 => Err(format!("the password begins with {}", &password[..8])),
        5 => Err(format!("the password has {} letters", password.len())),
        6 => Err("the level is too high".to_owned()),
        7 => panic!("the password is {password}"),
        _ => Ok(()),
    }
}

#[tokio::test(start_paused = true)]
async fn bad_values_show_nowhere() {
    let (good, bad) = (Canary::named("good password"), Canary::named("bad port"));
    let logs = LogCollector::new();
    let _installed = logs.install();
    let scene = Scene::new();
    scene.truth().password = good.value().to_owned();
    let builder = scene.builder().validate(quoting);
    let shown_before = format!("{builder:?}");
    let watched = builder.start(&scene.resolver()).await.unwrap();
    let (mut changes, part) = (
        watched.subscribe(),
        watched.project(|config| config.password.clone()),
    );
    scene.truth().port = "5433".to_owned();
    let change = changes.next().await.unwrap();

    let mut shown = vec![shown_before];
    let mut fail = async |level: i64, port: &str| -> WatchError {
        {
            let mut truth = scene.truth();
            (truth.level, truth.port) = (level, port.to_owned());
        }
        let error = watched.reload().await.unwrap_err();
        shown.push(format!(
            "{error} {error:?} {error:#?} {:?}",
            watched.status()
        ));
        shown.push(serde_json::to_string(&watched.status()).unwrap());
        error
    };
    fail(1, bad.value()).await;
    let mut reasons = Vec::new();
    for level in 2..=7 {
        reasons.push(fail(level, "5433").await.to_string());
    }
    shown.push(format!(
        "{watched:?} {changes:?} {part:?} {change:?} {:?}",
        watched.trigger()
    ));
    for text in shown {
        assert_no_leak(&text, [&good, &bad]);
    }
    logs.assert_no_leak([&good, &bad]);
    assert!(logs.text().contains("could not be renewed"));

    let hidden = "the reason is not shown";
    let is_hidden: Vec<_> = reasons
        .iter()
        .map(|reason| reason.contains(hidden))
        .collect();
    assert_eq!(
        is_hidden,
        [false, true, true, true, false, false],
        "{reasons:?}"
    );
    assert!(
        reasons[0].ends_with("the password is <secret of password>"),
        "{reasons:?}"
    );
    assert!(reasons[4].ends_with("the level is too high"), "{reasons:?}");
}

#[tokio::test(start_paused = true)]
async fn a_number_that_was_a_secret_is_kept_back_and_a_type_that_refuses_masks_keeps_all_back() {
    let scene = Scene::new();
    let refuse = |config: &Config| match config.port {
        5432 => Ok(()),
        port => Err(format!("port {port} is not 5432")),
    };
    let watched = scene
        .builder()
        .validate(refuse)
        .start(&scene.resolver())
        .await
        .unwrap();
    scene.truth().port = "6543".to_owned();
    let error = watched.reload().await.unwrap_err();
    assert!(!error.to_string().contains("6543"), "{error}");

    #[derive(serde::Deserialize)]
    struct Addressed {
        password: std::net::IpAddr,
    }
    let scene = Scene::new();
    scene.truth().password = "192.0.2.1".to_owned();
    let watched = Watched::<Addressed>::builder(scene.layers())
        .validate(|config| match config.password.is_ipv4() {
            true => Ok(()),
            false => Err("it is of version 6".to_owned()),
        })
        .start(&scene.resolver())
        .await
        .unwrap();
    scene.truth().password = "2001:db8::1".to_owned();
    let error = watched.reload().await.unwrap_err();
    assert!(error.to_string().contains("not shown"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn names_are_kept_out_of_the_log_where_that_is_asked_for() {
    let scene = Scene::new();
    let logs = LogCollector::new();
    let _installed = logs.install();
    let resolver = secret_source::Resolver::builder(scene.source.clone())
        .log_names(secret_source::LogNames::Hashed)
        .build()
        .unwrap();
    let watched = scene
        .builder()
        .interval(INTERVAL)
        .start(&resolver)
        .await
        .unwrap();
    scene.truth().password = "battery staple".to_owned();
    pass(ROUND).await;
    scene.down();
    watched.reload().await.unwrap_err();
    let text = logs.text();
    assert!(
        text.contains("the configuration has changed") && text.contains("could not be renewed")
    );
    assert!(
        !text.contains("PASSWORD") && !text.contains("password"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_reason_that_is_written_in_the_program_is_shown_whatever_it_is_about() {
    let scene = Scene::new();
    let builder = scene.builder().validate(|config: &Config| {
        assert!(
            !config.password.contains("secret of"),
            "no masks are needed"
        );
        match config.password.len() {
            0..8 => Err("the password is too short"),
            _ => Ok(()),
        }
    });
    let watched = builder.start(&scene.resolver()).await.unwrap();
    scene.truth().password = "oops".to_owned();
    let error = watched.reload().await.unwrap_err().to_string();
    assert!(error.ends_with("the password is too short"), "{error}");
}
