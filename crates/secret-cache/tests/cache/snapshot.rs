//! The snapshot: when it is served, what is said about it, what is in it, and when it is saved.

use std::time::Duration;

use futures_util::future::join_all;
use secret_cache::{CacheConfig, Selector, SnapshotErrorKind, SnapshotState};
use secret_source::{ErrorKind, Freshness, Missing, Origin};
use secret_testkit::{LogCollector, LogEvent};
use tokio::time::Instant;
use tracing::Level;

use crate::scene::{SECOND, STALE, Scene, TTL, db, pass, text, value};
use crate::shelf::{HOUR, Shelf};

const NOT_FOUND: ErrorKind = ErrorKind::NotFound(Missing::Secret);

fn over(shelf: &Shelf) -> Scene {
    Scene::with(|config| config.snapshot(shelf.clone()))
}

fn in_an_outage(shelf: &Shelf) -> Scene {
    let scene = over(shelf);
    scene.fail(ErrorKind::Unavailable);
    scene
}

/// Lets what runs in the background come to where it waits for time to pass.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

fn said(log: &LogCollector, words: &str) -> Vec<LogEvent> {
    let says = |event: &LogEvent| event.message().contains(words);
    log.events().into_iter().filter(says).collect()
}

#[tokio::test(start_paused = true)]
async fn a_start_during_an_outage_is_served_marked_and_announced() {
    let log = LogCollector::new();
    let _installed = log.install();
    let scene = in_an_outage(&Shelf::with(&["A", "B"], HOUR));
    let secret = scene.secret("A").await.unwrap();
    assert_eq!(text(Ok(secret.clone())), value("A@0"));
    let Freshness::Stale { age } = secret.freshness() else {
        panic!("{secret:?}")
    };
    assert!(age >= HOUR && age < HOUR + SECOND * 60, "{age:?}");
    assert_eq!(
        secret.origin(),
        &Origin::over("snapshot", &Origin::new("script"))
    );
    assert_eq!((secret.version(), secret.is_cached()), (Some(3), true));
    assert_eq!(scene.get("B").await, value("B@0"));
    assert_eq!(scene.get("C").await, Err(ErrorKind::Unavailable));

    let runs = said(&log, "runs from a snapshot");
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].level(), Level::WARN);
    assert_eq!(runs[0].field("entries"), Some("2"));
    assert_eq!(said(&log, "stale secrets are served").len(), 1);
    assert_eq!(scene.handle.stats().stale_served, 2);
    let status = scene.handle.snapshot().unwrap();
    assert_eq!(status.state, SnapshotState::Loaded);
    assert!(status.is_serving);

    scene.fail(None);
    assert_eq!(scene.get("A").await, value("A@1"));
    assert_eq!(said(&log, "answers again").len(), 1);
    assert!(!scene.handle.snapshot().unwrap().is_serving);
}

#[tokio::test(start_paused = true)]
async fn only_failures_for_the_moment_are_answered_from_it() {
    for (kind, is_served) in [
        (ErrorKind::Unavailable, true),
        (ErrorKind::RateLimited, true),
        (ErrorKind::Unauthenticated, false),
        (ErrorKind::Denied, false),
        (NOT_FOUND, false),
        (ErrorKind::Invalid, false),
        (ErrorKind::Unsupported, false),
        (ErrorKind::Protocol, false),
    ] {
        let scene = over(&Shelf::with(&["A"], HOUR));
        scene.fail(kind);
        let expected = if is_served { value("A@0") } else { Err(kind) };
        assert_eq!(scene.get("A").await, expected, "{kind:?}");
        assert_eq!(
            scene.get_many(&["A", "B"]).await,
            [expected, Err(kind)],
            "{kind:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_stale_value_comes_before_the_snapshot_and_the_snapshot_after_it_is_gone() {
    let shelf = Shelf::new();
    let scene = over(&shelf);
    scene.get("A").await.unwrap();
    pass(TTL).await;
    scene.fail(ErrorKind::Unavailable);
    let stale = scene.secret("A").await.unwrap();
    assert_eq!(stale.freshness(), Freshness::Stale { age: TTL });
    assert_eq!(stale.origin(), &Origin::new("script"));
    pass(STALE).await;
    let kept = scene.secret("A").await.unwrap();
    assert_eq!(kept.origin().name(), "snapshot");
    assert_eq!(text(Ok(kept)), value("A@1"));
}

#[tokio::test(start_paused = true)]
async fn it_is_loaded_once_however_many_ask_at_once() {
    let shelf = Shelf::with(&["A", "B"], HOUR);
    shelf.hold();
    let scene = in_an_outage(&shelf);
    let asking = join_all((0..50).map(|index| scene.get(["A", "B"][index % 2])));
    let release = async {
        settle().await;
        shelf.release();
    };
    let (answers, ()) = tokio::join!(asking, release);
    assert!(answers.iter().all(Result::is_ok));
    scene.get("A").await.unwrap();
    assert_eq!(shelf.loads(), 1);
}

#[tokio::test(start_paused = true)]
async fn giving_up_on_a_load_leaves_it_to_the_next() {
    let shelf = Shelf::with(&["A"], HOUR);
    shelf.hold();
    let scene = in_an_outage(&shelf);
    let waited = tokio::time::timeout(SECOND, scene.get("A")).await;
    assert!(waited.is_err());
    shelf.release();
    assert_eq!(scene.get("A").await, value("A@0"));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_hangs_is_waited_for_a_few_seconds_and_used_when_it_ends() {
    let shelf = Shelf::with(&["A", "B"], HOUR);
    shelf.hold();
    let scene = in_an_outage(&shelf);
    let started = Instant::now();
    assert_eq!(scene.get("A").await, Err(ErrorKind::Unavailable));
    assert_eq!(started.elapsed(), SECOND * 5);
    assert_eq!(scene.get("B").await, Err(ErrorKind::Unavailable));
    assert_eq!(started.elapsed(), SECOND * 5, "nobody waits again");
    shelf.release();
    settle().await;
    assert_eq!(scene.get("A").await, value("A@0"));
    assert_eq!(shelf.loads(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_saved_before_a_load_that_hangs_has_ended() {
    let shelf = Shelf::with(&["LEFT", "GONE"], HOUR);
    shelf.hold();
    let scene = over(&shelf);
    scene.get("A").await.unwrap();
    scene.handle.invalidate(&Selector::key("GONE"));
    scene.handle.save_snapshot().await.unwrap_err();
    assert_eq!(shelf.saves(), 0);
    shelf.release();
    pass(SECOND * 60).await;
    settle().await;
    assert_eq!(shelf.keys(), ["A", "LEFT"]);
}

#[tokio::test(start_paused = true)]
async fn a_cache_that_is_dropped_ends_a_load_that_hangs() {
    let shelf = Shelf::with(&["A"], HOUR);
    shelf.hold();
    let scene = in_an_outage(&shelf);
    scene.get("A").await.unwrap_err();
    drop(scene);
    settle().await;
    assert_eq!(shelf.holders(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_may_pass_is_tried_again_after_a_pause() {
    let log = LogCollector::new();
    let _installed = log.install();
    for kind in [
        SnapshotErrorKind::FromTheFuture,
        SnapshotErrorKind::Unreadable,
    ] {
        let shelf = Shelf::with(&["A"], HOUR);
        shelf.refuse(kind);
        let scene = in_an_outage(&shelf);
        for _ in 0..2 {
            assert_eq!(scene.get("A").await, Err(ErrorKind::Unavailable));
        }
        shelf.refuse(None);
        assert_eq!(scene.get("A").await, Err(ErrorKind::Unavailable));
        assert_eq!(shelf.loads(), 1);
        pass(SECOND * 10).await;
        assert_eq!(scene.get("A").await, value("A@0"), "{kind:?}");
        let state = scene.handle.snapshot().unwrap().state;
        assert_eq!(state, SnapshotState::Loaded);
    }
    assert_eq!(said(&log, "is refused").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_saved_over_what_could_not_be_read_until_it_is() {
    for kind in [
        SnapshotErrorKind::FromTheFuture,
        SnapshotErrorKind::Unreadable,
    ] {
        let shelf = Shelf::with(&["LEFT", "GONE", "WITHDRAWN"], HOUR);
        shelf.refuse(kind);
        let scene = over(&shelf);
        scene.handle.invalidate(&Selector::key("GONE"));
        scene.get("A").await.unwrap();
        settle().await;
        scene.fail_key("WITHDRAWN", ErrorKind::Denied);
        scene.get("WITHDRAWN").await.unwrap_err();
        scene.handle.save_snapshot().await.unwrap_err();
        assert_eq!(shelf.saves(), 0);
        let status = scene.handle.snapshot().unwrap();
        assert_eq!(status.state, SnapshotState::Refused(kind));
        assert_eq!(status.failed_to_save, Some(kind));
        shelf.refuse(None);
        pass(SECOND * 60).await;
        settle().await;
        assert_eq!(shelf.keys(), ["A", "LEFT"], "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn once_it_stands_in_a_source_that_hangs_is_waited_for_until_the_refresh_deadline() {
    let scene = in_an_outage(&Shelf::with(&["A", "B"], HOUR));
    assert_eq!(scene.get("A").await, value("A@0"));
    scene.source.hold();
    let started = Instant::now();
    let waited = tokio::time::timeout(SECOND * 10, scene.get("B")).await;
    assert_eq!(waited.unwrap(), value("B@0"));
    assert_eq!(started.elapsed(), SECOND);
    let unknown = tokio::time::timeout(SECOND * 10, scene.get("C")).await;
    assert!(unknown.is_err(), "nothing is at hand for this one");

    scene.fail(None);
    scene.source.release();
    settle().await;
    assert!(scene.has_fresh("B"), "a slow source is still heard");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_refuses_slowly_is_heard_and_waited_for_from_then_on() {
    for kind in [ErrorKind::Unauthenticated, ErrorKind::Denied, NOT_FOUND] {
        let scene = in_an_outage(&Shelf::with(&["A", "B"], HOUR));
        assert_eq!(scene.get("A").await, value("A@0"));
        scene.fail(kind);
        scene.source.hold();
        // The refusal takes longer than anybody waits for while the snapshot stands in.
        assert_eq!(scene.get("A").await, value("A@0"));
        pass(SECOND / 2).await;
        scene.source.release();
        settle().await;
        assert!(!scene.handle.snapshot().unwrap().is_serving, "{kind:?}");

        scene.source.hold();
        let refuse = async {
            pass(SECOND * 3 / 2).await;
            scene.source.release();
        };
        let (answer, ()) = tokio::join!(scene.get("B"), refuse);
        assert_eq!(answer, Err(kind));
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_has_not_failed_is_waited_for() {
    let scene = over(&Shelf::with(&["A"], HOUR));
    scene.get("A").await.unwrap();
    settle().await;
    pass(TTL + STALE).await;
    scene.source.hold();
    let waited = tokio::time::timeout(SECOND * 10, scene.get("A")).await;
    assert!(waited.is_err());
    assert!(!scene.handle.snapshot().unwrap().is_serving);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_loaded_before_it_is_needed() {
    let shelf = Shelf::with(&["A"], HOUR);
    let scene = over(&shelf);
    scene.fail(ErrorKind::Unauthenticated);
    scene.get("A").await.unwrap_err();
    settle().await;
    assert_eq!(shelf.loads(), 0);
    assert_eq!(
        scene.handle.snapshot().unwrap().state,
        SnapshotState::NotLoaded
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_snapshot_is_said_once_and_look_ups_fail_as_without() {
    let log = LogCollector::new();
    let _installed = log.install();
    let shelf = Shelf::with(&["A"], HOUR);
    shelf.refuse(SnapshotErrorKind::NotAuthentic);
    let scene = in_an_outage(&shelf);
    for _ in 0..3 {
        assert_eq!(scene.get("A").await, Err(ErrorKind::Unavailable));
    }
    let refusals = said(&log, "refused");
    assert_eq!(refusals.len(), 1);
    assert_eq!(refusals[0].level(), Level::ERROR);
    assert_eq!(refusals[0].field("kind"), Some("not_authentic"));
    assert_eq!(refusals[0].field("hint"), Some("a hint"));
    assert_eq!(
        scene.handle.snapshot().unwrap().state,
        SnapshotState::Refused(SnapshotErrorKind::NotAuthentic)
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_withdrawn_while_the_snapshot_is_refused_is_not_in_it_once_the_cause_is_mended() {
    for is_denied in [true, false] {
        let shelf = Shelf::with(&["A", "B"], HOUR);
        shelf.refuse(SnapshotErrorKind::LoosePermissions);
        let scene = in_an_outage(&shelf);
        scene.get("A").await.unwrap_err();
        if is_denied {
            scene.fail(ErrorKind::Denied);
            scene.get("A").await.unwrap_err();
        } else {
            scene.handle.invalidate(&Selector::key("A"));
        }
        scene.handle.save_snapshot().await.unwrap();
        assert_eq!(shelf.keys(), [""; 0], "{is_denied}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_old_snapshot_is_no_error_while_the_source_answers() {
    let log = LogCollector::new();
    let _installed = log.install();
    let shelf = Shelf::new();
    shelf.refuse(SnapshotErrorKind::TooOld);
    let scene = over(&shelf);
    scene.get("A").await.unwrap();
    settle().await;
    assert_eq!(shelf.keys(), ["A"]);
    assert_eq!(said(&log, "refused").len(), 0);
    scene.fail(ErrorKind::Unavailable);
    scene.get("B").await.unwrap_err();
    assert_eq!(said(&log, "refused").len(), 1, "now it is missed");
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_is_too_old_is_not_served() {
    let moment = SECOND * 60;
    for (age, is_served) in [(HOUR * 24 - moment, true), (HOUR * 24 + moment, false)] {
        let scene = in_an_outage(&Shelf::with(&["A"], age));
        assert_eq!(scene.get("A").await.is_ok(), is_served, "{age:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_becomes_too_old_in_memory_is_neither_served_nor_saved() {
    let shelf = Shelf::with(&["A"], HOUR);
    let scene = in_an_outage(&shelf);
    assert_eq!(scene.get("A").await, value("A@0"));
    shelf.limit(HOUR / 2);
    assert_eq!(scene.get("A").await, Err(ErrorKind::Unavailable));
    scene.fail(None);
    scene.get("B").await.unwrap();
    settle().await;
    assert_eq!(shelf.keys(), ["B"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_old_already_is_not_even_kept_in_memory() {
    let scene = in_an_outage(&Shelf::with(&["A"], HOUR * 25));
    scene.get("A").await.unwrap_err();
    assert_eq!(scene.handle.snapshot().unwrap().entries, 0);
}

#[tokio::test(start_paused = true)]
async fn what_the_source_withdrew_is_not_served_again_and_leaves_the_store() {
    for kind in [ErrorKind::Denied, NOT_FOUND] {
        for loaded_before in [false, true] {
            let shelf = Shelf::with(&["A", "B"], HOUR);
            let scene = over(&shelf);
            if loaded_before {
                scene.fail(ErrorKind::Unavailable);
                assert_eq!(scene.get("A").await, value("A@0"));
            }
            scene.fail(kind);
            assert_eq!(scene.get("A").await, Err(kind));
            pass(SECOND * 11).await;
            scene.fail(ErrorKind::Unavailable);
            assert_eq!(scene.get("A").await, Err(ErrorKind::Unavailable));
            assert_eq!(scene.get("B").await, value("B@0"));
            settle().await;
            assert_eq!(shelf.keys(), ["B"], "{kind:?} {loaded_before}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_invalidated_is_not_served_again_and_leaves_the_store() {
    for loaded_before in [false, true] {
        let shelf = Shelf::with(&["A", "B"], HOUR);
        let scene = in_an_outage(&shelf);
        if loaded_before {
            assert_eq!(scene.get("A").await, value("A@0"));
        }
        scene.handle.invalidate(&Selector::glob("/db/A*"));
        assert_eq!(scene.get("A").await, Err(ErrorKind::Unavailable));
        assert_eq!(scene.get("B").await, value("B@0"));
        settle().await;
        assert_eq!(shelf.keys(), ["B"], "{loaded_before}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_forced_refresh_that_is_denied_leaves_the_entry_and_not_the_snapshot() {
    let shelf = Shelf::new();
    let scene = over(&shelf);
    scene.get_many(&["A", "B"]).await;
    settle().await;
    scene.fail(ErrorKind::Denied);
    scene.handle.refresh(&db("A")).await.unwrap_err();
    assert_eq!(scene.get("A").await, value("A@1"));
    pass(SECOND * 5).await;
    settle().await;
    assert_eq!(shelf.keys(), ["B"]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_before_an_invalidation_is_not_saved() {
    let shelf = Shelf::new();
    let scene = over(&shelf);
    scene.source.hold();
    let invalidate = async {
        scene.source.until_waiting(1).await;
        scene.handle.invalidate(&Selector::all());
        scene.source.release();
    };
    let (answer, ()) = tokio::join!(scene.get("A"), invalidate);
    assert!(answer.is_ok());
    scene.handle.save_snapshot().await.unwrap();
    assert_eq!(shelf.keys(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn the_first_change_is_saved_at_once_and_others_at_most_every_five_seconds() {
    let shelf = Shelf::new();
    let scene = over(&shelf);
    scene.get("A").await.unwrap();
    settle().await;
    assert_eq!((shelf.saves(), shelf.keys()), (1, vec!["A".to_owned()]));
    for key in ["B", "C", "D"] {
        scene.get(key).await.unwrap();
        pass(SECOND).await;
        settle().await;
    }
    assert_eq!(shelf.saves(), 1);
    pass(SECOND * 2).await;
    settle().await;
    assert_eq!((shelf.saves(), shelf.keys().len()), (2, 4));
    pass(SECOND * 60).await;
    settle().await;
    assert_eq!(shelf.saves(), 2, "nothing changed");
    scene.get("E").await.unwrap();
    settle().await;
    assert_eq!(shelf.saves(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_run_left_and_what_the_cache_let_go_stay_until_they_are_too_old() {
    let shelf = Shelf::with(&["LEFT", "A"], HOUR);
    let scene = over(&shelf);
    scene.get("A").await.unwrap();
    settle().await;
    assert_eq!(shelf.keys(), ["A", "LEFT"]);
    pass(TTL + STALE).await;
    scene.get("B").await.unwrap();
    settle().await;
    assert_eq!(shelf.keys(), ["A", "B", "LEFT"]);
    scene.fail(ErrorKind::Unavailable);
    pass(TTL + STALE).await;
    assert_eq!(scene.get("A").await, value("A@1"), "what is newer counts");

    let shelf = Shelf::with(&["OLD"], HOUR * 25);
    let scene = over(&shelf);
    scene.get("A").await.unwrap();
    settle().await;
    assert_eq!(shelf.keys(), ["A"]);
}

#[tokio::test(start_paused = true)]
async fn it_holds_as_many_secrets_as_the_cache_and_the_last_ones() {
    let shelf = Shelf::with(&["LEFT"], HOUR);
    let scene = Scene::with(|config| config.snapshot(shelf.clone()).entries(3));
    for key in ["A", "B", "C", "D"] {
        scene.get(key).await.unwrap();
    }
    scene.handle.save_snapshot().await.unwrap();
    assert_eq!(shelf.keys(), ["B", "C", "D"]);
}

#[tokio::test(start_paused = true)]
async fn a_failing_save_fails_no_look_up_is_said_once_and_tried_again() {
    let log = LogCollector::new();
    let _installed = log.install();
    let shelf = Shelf::new();
    shelf.fail(SnapshotErrorKind::Unwritable);
    let scene = over(&shelf);
    for key in ["A", "B", "C"] {
        assert!(scene.get(key).await.is_ok());
        pass(SECOND * 20).await;
        settle().await;
    }
    assert!(shelf.saves() > 1);
    let warnings = said(&log, "not saved");
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].level(), Level::WARN);
    assert_eq!(warnings[0].field("kind"), Some("unwritable"));
    let failed = || scene.handle.snapshot().unwrap().failed_to_save;
    assert_eq!(failed(), Some(SnapshotErrorKind::Unwritable));

    shelf.fail(None);
    pass(SECOND * 60).await;
    settle().await;
    assert_eq!(shelf.keys(), ["A", "B", "C"]);
    assert_eq!(failed(), None);
    assert_eq!(said(&log, "saved again").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_time_to_live_nothing_is_served_or_saved() {
    let shelf = Shelf::with(&["A"], HOUR);
    let scene =
        Scene::with(|config: CacheConfig| config.snapshot(shelf.clone()).ttl(Duration::ZERO));
    scene.get("B").await.unwrap();
    settle().await;
    scene.fail(ErrorKind::Unavailable);
    assert_eq!(scene.get("A").await, Err(ErrorKind::Unavailable));
    assert_eq!((shelf.loads(), shelf.saves()), (0, 0));
    assert!(scene.handle.snapshot().is_none());
}

#[tokio::test(start_paused = true)]
async fn closing_saves_a_last_time_and_emptying_the_cache_then_empties_no_store() {
    let shelf = Shelf::new();
    let scene = over(&shelf);
    scene.get("A").await.unwrap();
    settle().await;
    scene.get("B").await.unwrap();
    scene.handle.close_snapshot().await;
    assert_eq!(shelf.keys(), ["A", "B"]);
    scene.handle.invalidate(&Selector::all());
    scene.get("C").await.unwrap();
    scene.handle.save_snapshot().await.unwrap();
    pass(SECOND * 60).await;
    settle().await;
    assert_eq!(shelf.keys(), ["A", "B"]);
    scene.fail(ErrorKind::Unavailable);
    assert_eq!(scene.get("A").await, Err(ErrorKind::Unavailable));
    let status = scene.handle.snapshot().unwrap();
    assert_eq!((status.state, status.entries), (SnapshotState::Closed, 0));
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_on_a_thread_without_a_runtime_is_saved_all_the_same() {
    let shelf = Shelf::new();
    let scene = over(&shelf);
    scene.get_many(&["A", "B"]).await;
    settle().await;
    pass(SECOND * 5).await;
    settle().await;
    let handle = scene.handle.clone();
    let invalidated = std::thread::spawn(move || handle.invalidate(&Selector::key("A")));
    assert_eq!(invalidated.join().unwrap(), 1);
    settle().await;
    assert_eq!(shelf.keys(), ["B"]);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_cache_leaves_no_task() {
    let shelf = Shelf::new();
    let scene = over(&shelf);
    scene.get("A").await.unwrap();
    settle().await;
    drop(scene);
    settle().await;
    assert_eq!(shelf.holders(), 1);
}

#[test]
fn without_a_runtime_it_is_loaded_and_saved_on_request() {
    let shelf = Shelf::with(&["A"], HOUR);
    let scene = Scene::with(|config| {
        config
            .snapshot(shelf.clone())
            .clock(secret_cache::CoarseClock)
    });
    futures_executor::block_on(async {
        scene.fail(ErrorKind::Unavailable);
        assert_eq!(scene.get("A").await, value("A@0"));
        scene.fail(None);
        scene.get("B").await.unwrap();
        scene.handle.save_snapshot().await.unwrap();
    });
    assert_eq!(shelf.keys(), ["A", "B"]);
}
