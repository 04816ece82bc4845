//! Writes that fail: what may be repeated, what is not sent any more, and what the caller is told.

use std::time::Duration;

use infisical_fake::{Era, Fake, Fault, Identity, Route, Seed};
use infisical_http::Infisical;
use secret_source::{
    CorrelationId, Entry, ErrorKind, Missing, PutOptions, SecretAddress, SecretError, SecretStore,
    Written,
};
use tokio::time::Instant;

use crate::support::{address, builder, client, folder, serve};
use crate::writes_script::{Scripted, refusal, row, secrets};

const ERAS: [Era; 3] = [Era::V2024, Era::V4a, Era::V4b];
const CREATE: PutOptions = PutOptions::create();
const UPSERT: PutOptions = PutOptions::upsert();

/// Starts a server whose folders `/db` and `/api` hold `THERE`.
async fn fake(era: Era) -> Fake {
    let seed = Seed::new()
        .secret("dev", "/db", "THERE", "old")
        .secret("dev", "/api", "THERE", "old");
    serve(era, seed).await
}

async fn put(client: &Infisical, key: &str) -> Result<Written, SecretError> {
    client.put(&address("/db", key), &"v".into(), CREATE).await
}

fn says_that_it_may_be_stored(error: &SecretError) -> bool {
    error
        .hint()
        .is_some_and(|hint| hint.contains("carried out"))
}

#[tokio::test]
async fn an_error_says_that_a_write_may_be_stored_exactly_where_the_server_may_have_done_it() {
    let large = vec![b' '; 2000];
    for (fault, kind, may_be_stored) in [
        (
            Fault::html(504).retry_after(1),
            ErrorKind::RateLimited,
            true,
        ),
        (Fault::html(502), ErrorKind::Unavailable, true),
        (Fault::status(500), ErrorKind::Unavailable, true),
        (Fault::drop_connection(), ErrorKind::Unavailable, true),
        (Fault::reset_mid_body(), ErrorKind::Unavailable, true),
        (Fault::body_of(large), ErrorKind::Protocol, true),
        (Fault::truncated_json(), ErrorKind::Protocol, true),
        (
            Fault::status(429).retry_after(60),
            ErrorKind::RateLimited,
            false,
        ),
        (
            Fault::status(503).retry_after(60),
            ErrorKind::RateLimited,
            false,
        ),
        (Fault::status(403), ErrorKind::Denied, false),
        (Fault::status(422), ErrorKind::Invalid, false),
    ] {
        let fake = fake(Era::V4b).await;
        let shown = format!("{fault:?}");
        fake.script(fault.on(Route::Write).always());
        let client = builder(&fake).max_body(1000).build().unwrap();
        let error = put(&client, "NEW").await.unwrap_err();
        assert_eq!(error.kind(), kind, "{shown}");
        assert_eq!(
            says_that_it_may_be_stored(&error),
            may_be_stored,
            "{shown}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_login_that_fails_during_a_write_says_what_the_login_says() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::status(503).on(Route::Login).always());
    let error = put(&client(&fake), "NEW").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(!says_that_it_may_be_stored(&error), "{error:?}");
    assert_eq!(fake.counts().writes, 0);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_turned_away_is_repeated_when_the_server_says() {
    for (fault, era) in [
        (Fault::status(429).retry_after(2), Era::V4b),
        (Fault::status(503).retry_after(2), Era::V4b),
        (Fault::rate_limit(2), Era::V2024),
    ] {
        let fake = fake(era).await;
        fake.script(fault.on(Route::Write));
        let start = Instant::now();
        let written = put(&client(&fake), "NEW").await.unwrap();
        assert!(written.is_confirmed());
        assert_eq!(start.elapsed().as_secs(), 2);
    }
}

#[tokio::test]
async fn a_token_that_expires_under_a_write_is_replaced_and_the_write_sent_once_more() {
    for era in ERAS {
        let fake = fake(era).await;
        let client = client(&fake);
        put(&client, "A").await.unwrap();
        fake.expire_tokens();
        fake.reset_counts();
        put(&client, "B").await.unwrap();
        let counts = fake.counts();
        assert_eq!((counts.logins, counts.writes), (1, 2), "{era}");
    }
}

#[tokio::test]
async fn a_missing_environment_is_not_taken_for_a_missing_folder_or_secret() {
    for era in ERAS {
        let fake = fake(era).await;
        let client = client(&fake);
        for path in ["/", "/db"] {
            let typo = folder("deev", path).secret("THERE");
            let errors = [
                client.put(&typo, &"v".into(), CREATE).await.unwrap_err(),
                client.put(&typo, &"v".into(), UPSERT).await.unwrap_err(),
                client.delete(&typo).await.unwrap_err(),
            ];
            for error in errors {
                // A server of 2024 lists the root of any environment, so it does not tell.
                if era == Era::V2024 && path != "/" {
                    assert_eq!(
                        error.kind(),
                        ErrorKind::NotFound(Missing::Unknown),
                        "{error:?}"
                    );
                    continue;
                }
                assert_eq!(error.kind(), ErrorKind::Invalid, "{era} {path} {error:?}");
                assert!(error.message().contains("`deev`"), "{era} {error:?}");
            }
        }
        let missing = match era {
            Era::V2024 => Missing::Unknown,
            _ => Missing::Folder,
        };
        let error = client.delete(&address("/gone", "K")).await.unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::NotFound(missing),
            "{era} {error:?}"
        );
        let error = client.delete(&address("/db", "K")).await.unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::NotFound(Missing::Secret),
            "{era} {error:?}"
        );
    }
}

#[tokio::test]
async fn of_a_folder_that_does_not_exist_one_entry_is_tried() {
    let fake = fake(Era::V4b).await;
    let client = client(&fake);
    let addresses: Vec<_> = (0..250)
        .map(|index| address("/gone", &format!("K{index}")))
        .collect();
    for outcome in client.delete_many(&addresses).await {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound(Missing::Folder));
    }
    let counts = fake.counts();
    assert_eq!(
        (counts.writes, counts.lists),
        (2, 1),
        "a batch, an entry, and a look at the root"
    );
}

fn over_two_folders() -> Vec<SecretAddress> {
    let keys = |path| (0..250).map(move |index| address(path, &format!("K{index}")));
    keys("/db").chain(keys("/api")).collect()
}

#[tokio::test]
async fn nothing_more_of_a_batch_is_sent_when_what_failed_concerns_all_of_it() {
    for (fault, kind) in [
        (Fault::status(429).retry_after(60), ErrorKind::RateLimited),
        (Fault::status(502), ErrorKind::Unavailable),
        (Fault::drop_connection(), ErrorKind::Unavailable),
    ] {
        let addresses = over_two_folders();
        for options in [CREATE, UPSERT] {
            let fake = fake(Era::V4b).await;
            let client = client(&fake);
            let entry = |address: &SecretAddress| Entry::new(address.clone(), "v");
            let entries: Vec<_> = addresses.iter().map(entry).collect();
            client.delete(&address("/db", "THERE")).await.unwrap();
            fake.reset_counts();
            fake.script(fault.clone().on(Route::Write).always());
            let outcomes = client.put_many(&entries, options).await;
            let errors: Vec<_> = outcomes.into_iter().map(Result::unwrap_err).collect();
            assert_eq!(fake.counts().writes, 1, "{fault:?}");
            assert!(errors.iter().all(|error| error.kind() == kind));
            // Of those that were sent nobody knows; of the others everybody does.
            let in_doubt = errors
                .iter()
                .filter(|error| says_that_it_may_be_stored(error));
            let expected = if kind == ErrorKind::RateLimited {
                0
            } else {
                100
            };
            assert_eq!(in_doubt.count(), expected, "{fault:?}");
        }
        let fake = fake(Era::V4b).await;
        fake.script(fault.on(Route::Write).always());
        let outcomes = client(&fake).delete_many(&addresses).await;
        assert!(outcomes.iter().all(Result::is_err));
        assert_eq!(fake.counts().writes, 1);
    }
}

#[tokio::test]
async fn an_old_server_that_limits_the_list_before_an_upsert_is_sent_nothing_more() {
    let fake = fake(Era::V2024).await;
    let client = client(&fake);
    client.delete(&address("/db", "THERE")).await.unwrap();
    fake.reset_counts();
    fake.script(Fault::rate_limit(60).on(Route::Any).always());
    let entries: Vec<_> = over_two_folders()
        .into_iter()
        .map(|address| Entry::new(address, "v"))
        .collect();
    for outcome in client.put_many(&entries, UPSERT).await {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(!says_that_it_may_be_stored(&error));
    }
    assert_eq!(fake.counts().total, 1);
}

#[tokio::test]
async fn a_failure_of_one_folder_leaves_the_others_alone() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::status(500).on(Route::Write));
    let addresses = [address("/db", "THERE"), address("/api", "THERE")];
    let outcomes = client(&fake).delete_many(&addresses).await;
    assert!(outcomes[0].is_err() && outcomes[1].is_ok(), "{outcomes:?}");
}

#[tokio::test]
async fn a_secret_that_is_named_twice_is_refused_at_both_entries_also_where_one_would_be_anyway() {
    let fake = fake(Era::V4b).await;
    let there = address("/db", "THERE");
    let entries = [
        Entry::new(there.clone(), " would be trimmed"),
        Entry::new(there.clone(), "fine"),
        Entry::new(there.with_project(&fake.project_id()), " would be trimmed"),
    ];
    for outcome in client(&fake).put_many(&entries, UPSERT).await {
        let error = outcome.unwrap_err();
        assert!(error.message().contains("more than once"), "{error:?}");
    }
    assert_eq!(fake.counts().writes, 0);
}

#[tokio::test(start_paused = true)]
async fn a_project_is_looked_up_once_a_batch_and_its_failure_shared_within_the_deadline() {
    let fake = fake(Era::V4b).await;
    let limit = Duration::from_secs(3);
    let client = builder(&fake).lookup_deadline(limit).build().unwrap();
    put(&client, "WARM").await.unwrap();
    let in_projects = |slugs: &'static [&str]| {
        let each = |slug: &&str| {
            let keys = (0..5).map(|index| address("/db", &format!("K{index}")));
            keys.map(|address| address.with_project(slug))
                .collect::<Vec<_>>()
        };
        slugs.iter().flat_map(each).collect::<Vec<_>>()
    };
    fake.reset_counts();
    for outcome in client.delete_many(&in_projects(&["nobody"])).await {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Invalid);
    }
    assert_eq!(fake.counts().total, 1);

    fake.reset_counts();
    fake.script(Fault::status(429).retry_after(60).on(Route::Other).always());
    for outcome in client.delete_many(&in_projects(&["one", "two"])).await {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::RateLimited);
    }
    assert_eq!(fake.counts().total, 1);

    // The pause that the server asked for is over.
    tokio::time::advance(Duration::from_secs(62)).await;
    fake.clear_faults();
    fake.script(Fault::hang().on(Route::Other).always());
    let start = Instant::now();
    for outcome in client.delete_many(&in_projects(&["three", "four"])).await {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Unavailable);
    }
    assert_eq!(start.elapsed(), limit);
}

#[tokio::test(start_paused = true)]
async fn writes_of_one_client_go_one_after_the_other_and_wait_no_longer_than_they_may() {
    let fake = fake(Era::V2024).await;
    let limit = Duration::from_secs(5);
    let client = builder(&fake).lookup_deadline(limit).build().unwrap();
    put(&client, "WARM").await.unwrap();
    fake.script(
        Fault::delay(Duration::from_secs(2))
            .on(Route::Write)
            .always(),
    );
    let start = Instant::now();
    let (one, two) = tokio::join!(put(&client, "NEW"), put(&client, "NEW"));
    assert_eq!(start.elapsed().as_secs(), 4);
    let outcomes = [one.is_ok(), two.is_ok()];
    assert!(outcomes == [true, false] || outcomes == [false, true]);

    let (a, b, c, d) = tokio::join!(
        put(&client, "A"),
        put(&client, "B"),
        put(&client, "C"),
        put(&client, "D")
    );
    assert!(a.is_ok() && b.is_ok());
    assert!(says_that_it_may_be_stored(&c.unwrap_err()), "it was sent");
    let error = d.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.hint().unwrap().contains("not sent"), "{error:?}");
}

#[tokio::test]
async fn a_write_that_is_given_up_lets_the_next_one_go() {
    let fake = fake(Era::V4b).await;
    let client = client(&fake);
    fake.script(Fault::hang().on(Route::Write));
    let given_up = tokio::spawn({
        let client = client.clone();
        async move { put(&client, "A").await }
    });
    while fake.counts().writes == 0 {
        tokio::task::yield_now().await;
    }
    given_up.abort();
    assert!(put(&client, "B").await.is_ok());
}

#[tokio::test]
async fn of_two_rows_with_one_key_the_one_that_holds_the_value_confirms_it() {
    let two = || secrets(vec![row("KEY", "v", 2), row("KEY", "old", 1)]);
    let server = Scripted::start(move |_, _| two()).await;
    let entries = ["KEY", "OTHER"].map(|key| Entry::new(address("/db", key), "v"));
    let outcomes = server.client().put_many(&entries, CREATE).await;
    assert!(outcomes[0].as_ref().unwrap().is_confirmed());
    assert!(!outcomes[1].as_ref().unwrap().is_confirmed());
}

#[tokio::test]
async fn the_error_of_a_write_has_the_ids_of_its_operation_and_of_its_request() {
    let server = Scripted::start(|asked, _| match asked.method.as_str() {
        "POST" => refusal(400, "Secret already exist"),
        _ => refusal(404, "Secret not found"),
    })
    .await;
    let client = server.client();
    let id = CorrelationId::from_u64(0x1234);
    let address = address("/db", "KEY");
    let errors = [
        id.scope(client.put(&address, &"v".into(), CREATE))
            .await
            .unwrap_err(),
        id.scope(client.delete(&address)).await.unwrap_err(),
        id.scope(client.put(&address, &" v".into(), CREATE))
            .await
            .unwrap_err(),
    ];
    for error in &errors {
        assert_eq!(error.correlation_id(), id, "{error:?}");
    }
    for error in &errors[..2] {
        assert!(error.message().contains("request req-1"), "{error:?}");
    }
}

#[tokio::test]
async fn a_write_without_permission_changes_nothing_and_says_what_is_lacking() {
    let seed = Seed::new().secret("dev", "/db", "THERE", "old");
    let identity = Identity::new("app").read_only();
    let builder = Fake::builder().seed(seed).identity(identity);
    let fake = builder.start().await.unwrap();
    let error = client(&fake)
        .delete(&address("/db", "THERE"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(
        error.hint().unwrap().contains("create, edit or delete"),
        "{error:?}"
    );
    assert_eq!(fake.value("dev", "/db", "THERE").as_deref(), Some("old"));
}
