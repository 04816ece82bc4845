//! How many requests a batch takes.

use std::time::Duration;

use futures_util::future::join_all;
use infisical_fake::{Era, Fault, Route};
use secret_source::{ErrorKind, SecretSource};

use crate::support::{FOLDERS, address, builder, client, fake, fifty, folder, text, value};

#[tokio::test]
async fn fifty_references_in_five_folders_cost_one_login_and_five_lists() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    let answers = infisical.get_many(&fifty()).await;
    for (entry, answer) in answers.into_iter().enumerate() {
        assert_eq!(text(answer), value(FOLDERS[entry / 10], entry % 10));
    }
    let counts = fake.counts();
    assert_eq!(
        (counts.logins, counts.lists, counts.total),
        (1, 5, 6),
        "{counts:?}"
    );
    let requests = infisical.requests();
    assert_eq!(
        (
            requests.logins,
            requests.lists,
            requests.gets,
            requests.retries
        ),
        (1, 5, 0, 0)
    );
}

#[tokio::test]
async fn a_single_reference_is_looked_up_by_name() {
    let fake = fake(Era::V4b).await;
    let answer = client(&fake).get(&address("/shared/db", "KEY_3")).await;
    assert_eq!(text(answer), value("/shared/db", 3));
    let counts = fake.counts();
    assert_eq!(
        (counts.logins, counts.gets, counts.total),
        (1, 1, 2),
        "{counts:?}"
    );
}

#[tokio::test]
async fn a_thousand_cold_look_ups_share_one_login() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    let address = address("/shared/db", "KEY_3");
    let answers = join_all((0..1000).map(|_| infisical.get(&address))).await;
    assert!(
        answers.iter().all(Result::is_ok),
        "{:?}",
        answers.iter().find(|answer| answer.is_err())
    );
    let counts = fake.counts();
    assert_eq!(
        (counts.logins, counts.gets, counts.total),
        (1, 1000, 1001),
        "{counts:?}"
    );
}

#[tokio::test]
async fn the_login_survives_the_caller_who_began_it() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    let address = address("/shared/db", "KEY_3");
    let mut first = Box::pin(infisical.get(&address));
    assert!(futures_util::poll!(&mut first).is_pending());
    let mut second = Box::pin(infisical.get(&address));
    assert!(futures_util::poll!(&mut second).is_pending());
    drop(first);
    assert_eq!(text(second.await), value("/shared/db", 3));
    assert_eq!(fake.counts().logins, 1);
}

#[tokio::test(start_paused = true)]
async fn a_first_look_up_that_nobody_drives_on_holds_the_others_up_for_a_moment_only() {
    for era in [Era::V2024, Era::V4b] {
        let fake = fake(era).await;
        let infisical = client(&fake);
        let address = address("/shared/db", "KEY_3");
        let mut parked = Box::pin(infisical.get(&address));
        assert!(futures_util::poll!(&mut parked).is_pending());
        let start = tokio::time::Instant::now();
        assert_eq!(text(infisical.get(&address).await), value("/shared/db", 3));
        assert!(start.elapsed() < Duration::from_secs(2), "{era}");
        assert_eq!(text(parked.await), value("/shared/db", 3));
    }
}

#[tokio::test]
async fn an_old_server_costs_one_request_more_and_only_once() {
    let fake = fake(Era::V2024).await;
    let infisical = client(&fake);
    assert!(infisical.get_many(&fifty()).await.iter().all(Result::is_ok));
    let counts = fake.counts();
    assert_eq!(
        (counts.logins, counts.lists, counts.total),
        (1, 5, 7),
        "{counts:?}"
    );
    assert!(infisical.get_many(&fifty()).await.iter().all(Result::is_ok));
    let counts = fake.counts();
    assert_eq!(
        (counts.logins, counts.lists, counts.total),
        (1, 10, 12),
        "{counts:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_old_server_costs_a_request_more_every_ten_minutes() {
    let fake = fake(Era::V2024).await;
    let infisical = client(&fake);
    assert!(infisical.get(&fifty()[0]).await.is_ok());
    tokio::time::advance(Duration::from_secs(601)).await;
    fake.reset_counts();
    assert!(infisical.get_many(&fifty()).await.iter().all(Result::is_ok));
    assert_eq!((fake.counts().lists, fake.counts().total), (5, 6));
}

#[tokio::test]
async fn all_eras_give_the_same_answers() {
    for era in [Era::V2024, Era::V4a, Era::V4b] {
        let fake = fake(era).await;
        let infisical = client(&fake);
        let answers = infisical.get_many(&fifty()).await;
        for (entry, answer) in answers.into_iter().enumerate() {
            assert_eq!(
                text(answer),
                value(FOLDERS[entry / 10], entry % 10),
                "{era}"
            );
        }
        let answer = infisical.get(&address("/services/api", "KEY_1")).await;
        assert_eq!(text(answer), value("/services/api", 1), "{era}");
    }
}

#[tokio::test]
async fn a_projects_slug_is_looked_up_once() {
    for era in [Era::V2024, Era::V4b] {
        let fake = fake(era).await;
        let infisical = builder(&fake).project(fake.project_slug()).build().unwrap();
        let asked = fifty();
        let answers = join_all(asked.iter().map(|address| infisical.get(address))).await;
        assert!(answers.iter().all(Result::is_ok), "{era}: {:?}", answers[0]);
        assert!(infisical.get_many(&asked).await.iter().all(Result::is_ok));
        assert_eq!(infisical.requests().projects, 1, "{era}");
    }
}

#[tokio::test]
async fn an_alias_names_a_project() {
    let fake = fake(Era::V4b).await;
    let infisical = builder(&fake)
        .project("00000000-0000-0000-0000-000000000000")
        .project_alias("acme", fake.project_id())
        .build()
        .unwrap();
    let address = folder("dev", "/shared/db")
        .with_project("acme")
        .secret("KEY_3");
    assert_eq!(text(infisical.get(&address).await), value("/shared/db", 3));
}

#[tokio::test]
async fn the_same_address_twice_is_asked_for_once() {
    let fake = fake(Era::V4b).await;
    let address = address("/shared/db", "KEY_3");
    let answers = client(&fake).get_many(&[address.clone(), address]).await;
    assert!(answers.len() == 2 && answers.iter().all(Result::is_ok));
    assert_eq!((fake.counts().gets, fake.counts().lists), (1, 0));
}

#[tokio::test]
async fn an_empty_batch_sends_nothing() {
    let fake = fake(Era::V4b).await;
    assert!(client(&fake).get_many(&[]).await.is_empty());
    assert_eq!(fake.counts().total, 0);
}

#[tokio::test]
async fn a_pause_that_one_was_told_keeps_the_others_from_asking() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    fake.script(Fault::rate_limit(60).on(Route::Get).always());
    let current = address("/shared/db", "KEY_3");
    let versions: Vec<_> = (1..=100)
        .map(|version| current.clone().with_version(version.try_into().unwrap()))
        .collect();
    let all: Vec<_> = versions.into_iter().chain([current]).collect();
    for answer in infisical.get_many(&all).await {
        match answer {
            Ok(secret) => assert_eq!(text(Ok(secret)), value("/shared/db", 3)),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::RateLimited, "{error:?}");
                let pause = error.retry_after().unwrap();
                assert!(pause > Duration::from_secs(50) && pause <= Duration::from_secs(60));
                assert!(error.hint().is_some(), "{error:?}");
            }
        }
    }
    let counts = fake.counts();
    assert!(counts.gets <= 8, "those that were on the way: {counts:?}");
    assert_eq!(counts.lists, 1, "lists are counted apart");
}

#[tokio::test(start_paused = true)]
async fn those_who_have_the_time_wait_for_the_end_of_the_pause() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    fake.script(Fault::rate_limit(5).on(Route::Get).times(1));
    let asked = fifty();
    let start = tokio::time::Instant::now();
    assert!(infisical.get(&asked[0]).await.is_ok());
    fake.script(Fault::rate_limit(5).on(Route::Get).times(1));
    let answers = join_all(asked.iter().map(|address| infisical.get(address))).await;
    assert!(answers.iter().all(Result::is_ok));
    let took = start.elapsed();
    assert!(
        took >= Duration::from_secs(10) && took < Duration::from_secs(13),
        "{took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn folders_are_read_side_by_side_up_to_the_limit() {
    for limit in [1, 3] {
        let fake = fake(Era::V4b).await;
        let infisical = builder(&fake)
            .concurrent_folders(limit)
            .lookup_deadline(Duration::from_secs(1))
            .build()
            .unwrap();
        assert!(infisical.get(&fifty()[0]).await.is_ok());
        // Nothing is answered any more, so what is on the wire at the end is all that ever was.
        fake.script(Fault::hang().on(Route::List).always());
        assert!(
            infisical
                .get_many(&fifty())
                .await
                .iter()
                .all(Result::is_err)
        );
        assert_eq!(fake.counts().lists, limit as u64);
    }
}
