//! What happens when a reload fails: the last good configuration stays, and all can see why.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Format, Toml};
use figment::value::Value;
use figment_secrets::{ResolveError, WatchErrorKind, Watched};
use secret_source::{Origin, Resolver, Secret, SecretError};
use secret_testkit::{LogCollector, ScriptedSource};
use tracing::Level;

use crate::scene::{Config, INTERVAL, ROUND, Scene, pass};

#[tokio::test(start_paused = true)]
async fn a_configuration_that_is_not_good_leaves_the_last_good_one_and_shows_in_the_status() {
    let scene = Scene::new();
    let builder = scene.builder();
    let watched = builder
        .validate(|config: &Config| match config.level {
            13 => Err("13 brings bad luck"),
            _ => Ok(()),
        })
        .start(&scene.resolver())
        .await
        .unwrap();
    let good = watched.current();
    type Break = fn(&Scene);
    let faults: [(Break, WatchErrorKind); 3] = [
        (Scene::down, WatchErrorKind::Resolve),
        (
            |scene| scene.truth().port = "none".into(),
            WatchErrorKind::Extract,
        ),
        (|scene| scene.truth().level = 13, WatchErrorKind::Validate),
    ];
    for (number, (fault, kind)) in faults.into_iter().enumerate() {
        fault(&scene);
        assert_eq!(watched.reload().await.unwrap_err().kind(), kind);
        let status = watched.status();
        assert_eq!(status.last_failure().unwrap().kind(), kind);
        assert_eq!(
            (status.failures_in_a_row(), status.failures()),
            (1, number as u64 + 1)
        );
        assert!(status.is_running() && Arc::ptr_eq(&good, &watched.current()));
        {
            let mut truth = scene.truth();
            (truth.failure, truth.port, truth.level) = (None, "5432".into(), 1);
        }
        watched.reload().await.unwrap();
        let status = watched.status();
        assert_eq!((status.failures_in_a_row(), status.version()), (0, 1));
        assert!(
            status.last_failure().is_some(),
            "it was long ago, and is still known"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_retried_soon_and_then_ever_more_rarely_up_to_the_interval() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    scene.down();
    pass(ROUND).await;
    assert!(watched.status().failures() >= 1);
    pass(Duration::from_secs(1 + 2 + 4)).await;
    assert!(watched.status().failures() >= 4, "{:?}", watched.status());
    let before = watched.status().failures();
    pass(INTERVAL * 10).await;
    let more = watched.status().failures() - before;
    assert!((10..=12).contains(&more), "{more} in ten intervals");
    scene.truth().failure = None;
    pass(INTERVAL).await;
    assert_eq!(watched.status().failures_in_a_row(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_asks_for_time_gets_it_within_the_interval_unless_the_watch_is_told() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let slow_down = |seconds| SecretError::rate_limited("slow down", Duration::from_secs(seconds));
    scene.truth().failure = Some(slow_down(6));
    watched.reload().await.unwrap_err();
    pass(Duration::from_millis(5900)).await;
    assert_eq!(watched.status().failures(), 1);
    scene.truth().failure = Some(slow_down(3600));
    pass(Duration::from_millis(800)).await;
    assert_eq!(watched.status().failures(), 2);
    pass(INTERVAL - Duration::from_secs(1)).await;
    assert_eq!(watched.status().failures(), 2);
    watched.trigger().fire();
    pass(Duration::from_millis(1)).await;
    assert_eq!(watched.status().failures(), 3);
    scene.truth().failure = None;
    pass(ROUND).await;
    assert_eq!(watched.status().failures_in_a_row(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_at_once_and_then_once_a_minute_with_a_count_and_recovery_too() {
    let scene = Scene::new();
    let logs = LogCollector::new();
    let _installed = logs.install();
    let watched = scene.watched().await;
    scene.down();
    pass(INTERVAL * 13).await;
    scene.truth().failure = None;
    pass(ROUND).await;
    let told = |level: Level, start: &str| {
        let events = logs.events().into_iter();
        let told =
            events.filter(|event| event.level() == level && event.message().starts_with(start));
        told.collect::<Vec<_>>()
    };
    let warnings = told(Level::WARN, "the configuration could not be renewed");
    let counts: Vec<u64> = warnings
        .iter()
        .map(|event| event.field("failures").unwrap().parse().unwrap())
        .collect();
    assert_eq!(counts.len(), 2, "{counts:?}");
    assert_eq!(counts[0], 1);
    assert!(counts[1] > 5, "{counts:?}");
    assert!(
        warnings[0]
            .field("reason")
            .unwrap()
            .contains("the server is down")
    );
    assert_eq!(warnings[0].field("kind"), Some("resolve"));
    let recovered = told(Level::INFO, "the configuration can be renewed again");
    let failures = watched.status().failures().to_string();
    assert_eq!(recovered.len(), 1);
    assert_eq!(recovered[0].field("failures"), Some(failures.as_str()));
}

#[tokio::test(start_paused = true)]
async fn a_reload_without_a_change_is_not_told_and_a_failed_one_in_one_warning() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let logs = LogCollector::new();
    let _installed = logs.install();
    let told = || {
        let events = logs.events().into_iter().map(|event| event.level());
        events
            .filter(|level| *level < Level::DEBUG)
            .collect::<Vec<_>>()
    };
    watched.reload().await.unwrap();
    assert!(told().is_empty(), "{}", logs.text());
    assert!(logs.text().contains("secret renewed"), "{}", logs.text());
    scene.down();
    watched.reload().await.unwrap_err();
    assert_eq!(told(), [Level::WARN], "{}", logs.text());
}

#[tokio::test(start_paused = true)]
async fn another_failure_is_told_at_once() {
    let scene = Scene::new();
    let logs = LogCollector::new();
    let _installed = logs.install();
    let watched = scene.watched().await;
    scene.down();
    watched.reload().await.unwrap_err();
    scene.truth().failure = None;
    scene.truth().port = "none".to_owned();
    watched.reload().await.unwrap_err();
    let warnings = logs.events().into_iter();
    let warnings = warnings.filter(|event| event.level() == Level::WARN);
    assert_eq!(warnings.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_whose_hint_counts_down_is_the_same_failure() {
    let scene = Scene::new();
    let logs = LogCollector::new();
    let _installed = logs.install();
    let watched = scene.watched().await;
    for seconds in (10..20).rev() {
        let down = SecretError::unavailable("the server is down");
        scene.truth().failure = Some(down.with_hint(format!("wait {seconds} s")));
        let error = watched.reload().await.unwrap_err().to_string();
        assert!(error.contains(&seconds.to_string()), "{error}");
    }
    let warnings = logs.events().into_iter();
    let warnings = warnings.filter(|event| event.level() == Level::WARN);
    assert_eq!(warnings.count(), 1, "{}", logs.text());
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_applications_code_is_a_failed_reload_and_the_watch_goes_on() {
    struct Touchy;
    impl<'de> serde::Deserialize<'de> for Touchy {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            assert_ne!(text, "panics the type", "planted by this test");
            Ok(Self)
        }
    }
    #[derive(serde::Deserialize)]
    struct Panicky {
        #[serde(rename = "password")]
        _touchy: Touchy,
        level: i64,
    }

    let scene = Scene::new();
    let (layers, in_layers) = (scene.layers(), Arc::new(AtomicBool::new(false)));
    let planted = Arc::clone(&in_layers);
    let watched = Watched::<Panicky>::builder(move || {
        assert!(!planted.load(Ordering::SeqCst), "planted by this test");
        layers()
    });
    let watched = watched
        .validate(|config: &Panicky| match config.level {
            2 => panic!("planted by this test"),
            _ => Ok::<_, String>(()),
        })
        .interval(INTERVAL)
        .start(&scene.resolver())
        .await
        .unwrap();
    let part = watched.project(|config| match config.level {
        3 => panic!("planted by this test"),
        level => level,
    });
    let reload = async |step: &str| {
        let error = watched.reload().await.unwrap_err();
        assert_eq!(error.kind(), WatchErrorKind::Panic);
        assert!(error.to_string().contains(step), "{error}");
        assert!(!error.to_string().contains("planted"), "{error}");
        assert_eq!((watched.version(), *part.get()), (1, 1));
    };
    in_layers.store(true, Ordering::SeqCst);
    reload("assembled").await;
    in_layers.store(false, Ordering::SeqCst);
    scene.truth().password = "panics the type".to_owned();
    reload("extracted").await;
    scene.truth().password = "harmless".to_owned();
    for (level, step) in [(2, "validated"), (3, "divided")] {
        scene.truth().level = level;
        reload(step).await;
    }
    scene.truth().level = 4;
    pass(ROUND).await;
    assert_eq!((watched.version(), *part.get()), (2, 4));
}

#[tokio::test(start_paused = true)]
async fn layers_or_a_source_that_panic_while_they_are_waited_for_are_a_failed_reload() {
    let (planted, in_source) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let script = Arc::clone(&in_source);
    let source = ScriptedSource::new(move |_| {
        assert!(!script.load(Ordering::SeqCst), "planted by this test");
        Ok(Secret::new("value", Origin::new("script")))
    });
    let resolver = Resolver::builder(source).build().unwrap();
    let in_layers = Arc::clone(&planted);
    let watched = Watched::<Value>::builder_async(move || {
        let planted = Arc::clone(&in_layers);
        async move {
            tokio::task::yield_now().await;
            assert!(!planted.load(Ordering::SeqCst), "planted by this test");
            let toml = "key = 'infisical://dev/KEY'";
            Ok::<_, ResolveError>(Figment::from(Toml::string(toml)))
        }
    });
    let watched = watched.start(&resolver).await.unwrap();
    for (flag, step) in [(planted, "assembled"), (in_source, "resolved")] {
        flag.store(true, Ordering::SeqCst);
        let error = watched.reload().await.unwrap_err();
        assert_eq!(error.kind(), WatchErrorKind::Panic);
        assert!(error.to_string().contains(step), "{error}");
        flag.store(false, Ordering::SeqCst);
        watched.reload().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_reload_that_does_not_end_is_given_up() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    scene.source.hold();
    let error = watched.reload().await.unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Late);
    assert_eq!(scene.source.waiting(), 0, "it was given up");
    scene.source.release();
    watched.reload().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_long_interval_does_not_make_a_reload_that_hangs_invisible_and_the_limit_can_be_set() {
    let scene = Scene::new();
    let day = Duration::from_secs(24 * 3600);
    for (limit, builder) in [
        (60, scene.builder()),
        (5, scene.builder().time_limit(Duration::from_secs(5))),
    ] {
        let watched = builder
            .interval(day)
            .start(&scene.resolver())
            .await
            .unwrap();
        scene.source.hold();
        watched.trigger().fire();
        pass(Duration::from_secs(limit - 1)).await;
        assert_eq!(watched.status().failures(), 0);
        pass(Duration::from_secs(2)).await;
        assert_eq!(watched.status().failures(), 1);
        drop(watched);
        scene.source.release();
    }
}
