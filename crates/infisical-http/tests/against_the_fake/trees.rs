//! Many folders in one request, within a budget of requests.

use std::time::Duration;

use infisical_fake::{Era, Fake, Fault, Route, Seed};
use secret_source::{ErrorKind, Missing, SecretAddress, SecretSource};
use secret_testkit::{Canary, LogCollector, assert_no_leak};

use crate::support::{address, builder, client, folder, serve, text};

const ERAS: [Era; 3] = [Era::V2024, Era::V4a, Era::V4b];

pub(crate) fn path(number: usize) -> String {
    format!("/apps/team-{}/app-{number}", number % 7)
}

/// Holds `count` folders with a secret each, whose value names the folder.
pub(crate) fn apps(count: usize) -> Seed {
    (0..count).fold(Seed::new(), |seed, number| {
        seed.secret("dev", &path(number), "PASSWORD", &path(number))
    })
}

pub(crate) fn asked(count: usize) -> Vec<SecretAddress> {
    (0..count)
        .map(|number| address(&path(number), "PASSWORD"))
        .collect()
}

async fn values(fake: &Fake, addresses: &[SecretAddress]) -> Vec<String> {
    let answers = client(fake).get_many(addresses).await;
    answers.into_iter().map(text).collect()
}

#[tokio::test]
async fn three_hundred_folders_cost_one_list() {
    for era in ERAS {
        let fake = serve(era, apps(300)).await;
        let found = values(&fake, &asked(300)).await;
        let expected: Vec<_> = (0..300).map(path).collect();
        assert_eq!(found, expected, "{era}");
        assert_eq!(fake.counts().lists, 1, "{era}");
    }
}

#[tokio::test]
async fn what_is_asked_for_anew_is_asked_folder_by_folder_whether_it_has_changed() {
    let fake = serve(Era::V4b, apps(20)).await;
    let infisical = client(&fake);
    let renew = async || {
        let answers = infisical.refresh_many(&asked(20)).await;
        answers.into_iter().map(text).collect::<Vec<_>>()
    };
    let first = renew().await;
    assert_eq!(
        (fake.counts().lists, infisical.requests().not_modified),
        (20, 0)
    );
    assert_eq!(renew().await, first);
    assert_eq!(
        (fake.counts().lists, infisical.requests().not_modified),
        (40, 20)
    );
    fake.set("dev", &path(3), "PASSWORD", "rotated");
    assert_eq!(renew().await[3], "rotated");
    assert_eq!(infisical.requests().not_modified, 39);
}

#[tokio::test]
async fn a_few_folders_are_listed_one_by_one_until_the_budget_is_spent() {
    let fake = serve(Era::V4b, apps(5)).await;
    let infisical = builder(&fake).requests_per_minute(12).build().unwrap();
    for (round, lists) in [(1, 5), (2, 10), (3, 11), (4, 12)] {
        let answers = infisical.get_many(&asked(5)).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(fake.counts().lists, lists, "round {round}");
    }
}

#[tokio::test]
async fn keys_that_only_imports_hold_are_found_by_a_list_of_their_folder() {
    for era in ERAS {
        let seed = apps(20)
            .secret("dev", "/elsewhere", "PASSWORD", "imported")
            .secret("dev", "/elsewhere", "EXTRA", "extra")
            .import("dev", &path(3), "dev", "/elsewhere")
            .import("dev", "/apps/bare", "dev", "/elsewhere");
        let fake = serve(era, seed).await;
        let mut addresses = asked(20);
        addresses.push(address(&path(3), "EXTRA"));
        addresses.push(address("/apps/bare", "PASSWORD"));
        let mut expected: Vec<_> = (0..20).map(path).collect();
        expected.extend(["extra".to_owned(), "imported".to_owned()]);
        assert_eq!(values(&fake, &addresses).await, expected, "{era}");
        assert_eq!(fake.counts().lists, 1 + 2, "{era}");
    }
}

#[tokio::test]
async fn a_folder_whose_name_only_begins_alike_is_not_taken_for_it() {
    for era in ERAS {
        let mut seed = Seed::new();
        let mut addresses = Vec::new();
        for number in 0..10 {
            let (short, long) = (format!("/sha/f{number}"), format!("/shared/f{number}"));
            seed = seed
                .secret("dev", &short, "K", "of sha")
                .secret("dev", &long, "K", "of shared")
                .secret("dev", &long, "ONLY_SHARED", "of shared");
            addresses.push(address(&short, "K"));
        }
        addresses.push(address("/sha/f1", "ONLY_SHARED"));
        let fake = serve(era, seed).await;
        let mut answers = client(&fake).get_many(&addresses).await;
        let missing = answers.pop().unwrap().unwrap_err();
        assert_eq!(
            missing.kind(),
            ErrorKind::NotFound(Missing::Secret),
            "{era}"
        );
        for answer in answers {
            assert_eq!(text(answer), "of sha", "{era}");
        }
    }
}

#[tokio::test]
async fn a_recursive_list_that_fails_gives_way_to_smaller_ones_or_single_lists() {
    // Three of the ten folders share a parent with another.
    for (status, lists) in [(403, 1 + 3 + 4), (500, 1 + 10)] {
        let fake = serve(Era::V4b, apps(10)).await;
        let infisical = builder(&fake).retries(0).build().unwrap();
        fake.script(Fault::status(status).on(Route::List).times(1));
        let answers = infisical.get_many(&asked(10)).await;
        assert!(answers.iter().all(Result::is_ok), "{status}: {answers:?}");
        assert_eq!(fake.counts().lists, lists, "{status}");
    }
}

#[tokio::test]
async fn a_tree_that_is_too_large_is_divided() {
    let large = "x".repeat(1000);
    let seed = (0..300).fold(Seed::new(), |seed, number| {
        seed.secret("dev", &path(number), "PASSWORD", &large)
    });
    for era in ERAS {
        let fake = serve(era, seed.clone()).await;
        let infisical = builder(&fake).max_body(100_000).build().unwrap();
        let answers = infisical.get_many(&asked(300)).await;
        assert!(answers.iter().all(Result::is_ok), "{era}: {answers:?}");
        assert_eq!(fake.counts().lists, 1 + 7, "{era}");
    }
}

#[tokio::test]
async fn one_unreadable_reference_below_does_not_turn_a_tree_into_single_lists() {
    let seed = apps(300)
        .secret("dev", "/vault", "KEY", "kept from the identity")
        .secret("dev", &path(7), "BAD", "${dev.vault.KEY}")
        .secret("dev", &path(8), "GOOD", "<${PASSWORD}>");
    for era in [Era::V4a, Era::V4b] {
        let fake = serve(era, seed.clone()).await;
        fake.deny("dev", "/vault");
        let mut addresses = asked(300);
        let extra = [address(&path(7), "BAD"), address(&path(8), "GOOD")];
        addresses.extend(extra);
        let mut answers = client(&fake).get_many(&addresses).await;
        assert_eq!(
            text(answers.pop().unwrap()),
            format!("<{}>", path(8)),
            "{era}"
        );
        let bad = answers.pop().unwrap().unwrap_err();
        assert_eq!(bad.kind(), ErrorKind::Denied, "{era}: {bad:?}");
        for (number, answer) in answers.into_iter().enumerate() {
            assert_eq!(text(answer), path(number), "{era}");
        }
        assert_eq!((fake.counts().lists, fake.counts().gets), (2, 2), "{era}");
    }
}

#[tokio::test]
async fn an_unreadable_reference_among_many_good_ones_is_found_by_dividing_the_tree() {
    let seed = (0..300).fold(Seed::new(), |seed, number| {
        seed.secret("dev", &path(number), "HOST", &path(number))
            .secret("dev", &path(number), "DSN", "at ${HOST}")
    });
    let seed = seed
        .secret("dev", "/vault", "KEY", "kept from the identity")
        .secret("dev", &path(7), "DSN", "${dev.vault.KEY}");
    let fake = serve(Era::V4b, seed).await;
    fake.deny("dev", "/vault");
    let keys: Vec<_> = (0..300)
        .map(|number| address(&path(number), "DSN"))
        .collect();
    for (number, answer) in client(&fake).get_many(&keys).await.into_iter().enumerate() {
        match number {
            7 => assert_eq!(answer.unwrap_err().kind(), ErrorKind::Denied),
            _ => assert_eq!(text(answer), format!("at {}", path(number))),
        }
    }
    let counts = fake.counts();
    assert!(counts.lists + counts.gets <= 100, "{counts:?}");
}

#[tokio::test]
async fn a_tree_that_does_not_exist_is_not_looked_for_folder_by_folder() {
    for era in [Era::V4a, Era::V4b] {
        let fake = serve(era, apps(10)).await;
        let infisical = client(&fake);
        let keys = |environment, root: &str| -> Vec<_> {
            (0..50)
                .map(|number| folder(environment, &format!("{root}/f{number}")).secret("K"))
                .collect()
        };
        for answer in infisical.get_many(&keys("dev", "/nope")).await {
            let kind = answer.unwrap_err().kind();
            assert_eq!(kind, ErrorKind::NotFound(Missing::Folder), "{era}");
        }
        assert_eq!(fake.counts().lists, 2, "{era}: the tree, and the root");
        fake.reset_counts();
        for answer in infisical.get_many(&keys("dve", "/apps")).await {
            assert_eq!(answer.unwrap_err().kind(), ErrorKind::Invalid, "{era}");
        }
        assert_eq!(fake.counts().lists, 2, "{era}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_tree_that_is_too_slow_leaves_time_for_single_lists() {
    for slow in [
        Fault::hang(),
        Fault::delay(Duration::from_secs(11)),
        Fault::status(504).after(Duration::from_secs(9)),
    ] {
        let fake = serve(Era::V4b, apps(10)).await;
        let infisical = client(&fake);
        infisical.get(&asked(1)[0]).await.unwrap();
        // Whoever asks for the tree again and again meets it each time.
        fake.script(slow.clone().on(Route::List).times(3));
        let start = tokio::time::Instant::now();
        let answers = infisical.get_many(&asked(10)).await;
        assert!(answers.iter().all(Result::is_ok), "{slow:?}: {answers:?}");
        assert!(start.elapsed() <= Duration::from_secs(21), "{slow:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_asked_for_at_a_tree_is_kept_where_there_is_time_for_it() {
    let fake = serve(Era::V4b, apps(50)).await;
    let infisical = client(&fake);
    fake.script(Fault::rate_limit(15).on(Route::List).times(1));
    let answers = infisical.get_many(&asked(50)).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(fake.counts().lists, 2);
}

#[tokio::test]
async fn a_refusal_for_too_many_requests_is_not_answered_with_more_of_them() {
    let fake = serve(Era::V4b, apps(50)).await;
    let infisical = builder(&fake).retries(0).build().unwrap();
    fake.script(Fault::status(429).on(Route::List).times(1));
    for answer in infisical.get_many(&asked(50)).await {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::RateLimited);
    }
    assert_eq!(fake.counts().lists, 1);
}

#[tokio::test]
async fn what_is_missing_in_a_tree_is_said_as_for_single_lists() {
    let fake = serve(Era::V4b, apps(20)).await;
    let mut addresses = asked(20);
    addresses.push(address("/apps/nope", "K"));
    addresses.push(address(&path(4), "PASWORD"));
    addresses.push(folder("dve", "/apps").secret("K"));
    let answers = client(&fake).get_many(&addresses).await;
    let error = |number: usize| answers[number].as_ref().unwrap_err();
    assert_eq!(error(20).kind(), ErrorKind::NotFound(Missing::Folder));
    assert!(error(21).hint().unwrap().contains("`PASSWORD`"));
    assert_eq!(error(22).kind(), ErrorKind::Invalid);
    assert!(answers[..20].iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_folder_that_may_not_be_read_is_denied_and_its_neighbours_are_not() {
    for era in ERAS {
        let fake = serve(era, apps(12)).await;
        fake.deny("dev", &path(5));
        let answers = client(&fake).get_many(&asked(12)).await;
        for (number, answer) in answers.into_iter().enumerate() {
            match number {
                5 => assert_eq!(answer.unwrap_err().kind(), ErrorKind::Denied, "{era}"),
                _ => assert_eq!(text(answer), path(number), "{era}"),
            }
        }
    }
}

/// Builds a random world of folders, keys and imports, and asks for much of it and for some that is not there.
fn world(rng: &mut fastrand::Rng) -> (Seed, Vec<SecretAddress>) {
    let paths: Vec<String> = (0..24)
        .map(|_| {
            let depth = rng.usize(1..4);
            (0..depth)
                .map(|_| format!("/{}", ["a", "ab", "b"][rng.usize(0..3)]))
                .collect()
        })
        .collect();
    let mut seed = Seed::new();
    for (number, path) in paths.iter().enumerate() {
        for key in 0..rng.usize(0..4) {
            seed = seed.secret("dev", path, &format!("K{key}"), &format!("{number} {key}"));
        }
        if rng.u8(0..4) == 0 {
            let other = &paths[rng.usize(0..paths.len())];
            seed = seed.folder("dev", other).import("dev", path, "dev", other);
        }
    }
    let mut asked: Vec<_> = (0..40)
        .map(|_| {
            let path = &paths[rng.usize(0..paths.len())];
            address(path, &format!("K{}", rng.u8(0..5)))
        })
        .collect();
    asked.push(address("/abb", "K0"));
    (seed, asked)
}

#[tokio::test]
async fn a_tree_answers_as_look_ups_by_name_do() {
    let mut rng = fastrand::Rng::with_seed(11);
    let mut lists_of_trees = 0;
    for round in 0..12 {
        let era = ERAS[round % ERAS.len()];
        let (seed, asked) = world(&mut rng);
        let fake = serve(era, seed).await;
        let answers = client(&fake).get_many(&asked).await;
        lists_of_trees += fake
            .requests()
            .iter()
            .filter(|request| request.query("recursive") == Some("true"))
            .count();
        let one_by_one = client(&fake);
        for (address, answer) in asked.iter().zip(answers) {
            match (answer, one_by_one.get(address).await) {
                (Ok(many), Ok(one)) => {
                    // Origins differ: servers flatten imports of imports, and old ones do not name them.
                    assert_eq!(text(Ok(many)), text(Ok(one)), "{era} {address:?}");
                }
                (Err(many), Err(one)) => {
                    assert!(many.kind().is_not_found(), "{era} {many:?}");
                    assert!(one.kind().is_not_found(), "{era} {one:?}");
                }
                (many, one) => panic!("{era} {address:?}: {many:?} and {one:?}"),
            }
        }
    }
    assert!(lists_of_trees >= 6, "the worlds are large enough for trees");
}

#[tokio::test]
async fn a_debug_event_explains_the_choice_and_shows_no_value() {
    let canary = Canary::named("value in a tree");
    let neighbour = Canary::named("neighbour in a tree");
    let logs = LogCollector::new();
    let _installed = logs.install();
    let seed = (0..20).fold(Seed::new(), |seed, number| {
        seed.secret("dev", &path(number), "PASSWORD", canary.value())
            .secret("dev", &path(number), "OTHER", neighbour.value())
    });
    let fake = serve(Era::V4b, seed).await;
    // Collectors of other threads that come and go can hide an event, so this may take a second try.
    for _ in 0..20 {
        let infisical = client(&fake);
        let answers = infisical.get_many(&asked(20)).await;
        let shown = format!("{answers:?} {infisical:?}");
        assert_no_leak(&shown, [&canary, &neighbour]);
        if logs.text().contains("one recursive list") {
            break;
        }
    }
    let events = logs.events();
    let choice = events
        .iter()
        .find(|event| event.message().contains("one recursive list"))
        .unwrap();
    assert_eq!(choice.field("folders"), Some("20"));
    assert_eq!(choice.field("requests_saved"), Some("19"));
    assert_eq!(choice.field("budget_left"), Some("100"));
    logs.assert_no_leak([&canary, &neighbour]);
}
