//! Writes to a server that keeps what it is sent, and says no where a real one would.

use infisical_fake::{Era, Fake, Identity, Seed};
use secret_source::{Change, Entry, ErrorKind, PutOptions, SecretStore};
use secret_testkit::{Fixture, laws};

use crate::support::{address, client, serve};

const ERAS: [Era; 3] = [Era::V2024, Era::V4a, Era::V4b];

/// Starts a server whose folder `/db` holds `THERE`.
async fn fake(era: Era) -> Fake {
    serve(era, Seed::new().secret("dev", "/db", "THERE", "old")).await
}

#[tokio::test]
async fn a_client_obeys_the_laws_of_stores_with_servers_of_every_age() {
    for era in ERAS {
        let fixture = Fixture::example("infisical", "dev").supports_personal_values();
        let mut seed = Seed::new();
        for (address, value) in fixture.values() {
            seed = seed.secret("dev", address.folder(), address.key(), value);
        }
        laws::of_stores(&client(&serve(era, seed).await), &fixture).await;
    }
}

#[tokio::test]
async fn an_upsert_of_many_creates_some_and_changes_others() {
    for era in ERAS {
        let fake = fake(era).await;
        let entries = ["THERE", "NEW"].map(|key| Entry::new(address("/db", key), "new"));
        let written = client(&fake).put_many(&entries, PutOptions::upsert()).await;
        let changes: Vec<_> = written
            .into_iter()
            .map(|one| one.unwrap().change())
            .collect();
        assert_eq!(changes, [Change::Updated, Change::Created], "{era}");
        for key in ["THERE", "NEW"] {
            assert_eq!(
                fake.value("dev", "/db", key).as_deref(),
                Some("new"),
                "{era} {key}"
            );
        }
    }
}

#[tokio::test]
async fn one_bad_entry_of_a_batch_fails_alone() {
    for era in ERAS {
        let fake = fake(era).await;
        let entries = ["A", "THERE", "B"].map(|key| Entry::new(address("/db", key), "new"));
        let written = client(&fake).put_many(&entries, PutOptions::create()).await;
        let succeeded: Vec<_> = written.iter().map(Result::is_ok).collect();
        assert_eq!(succeeded, [true, false, true], "{era}");
        assert_eq!(
            fake.value("dev", "/db", "THERE").as_deref(),
            Some("old"),
            "{era}"
        );

        let addresses = ["A", "GONE", "B"].map(|key| address("/db", key));
        let deleted = client(&fake).delete_many(&addresses).await;
        let kinds: Vec<_> = deleted
            .iter()
            .map(|one| one.as_ref().err().map(|e| e.kind()))
            .collect();
        assert!(
            matches!(kinds[..], [None, Some(ErrorKind::NotFound(_)), None]),
            "{era} {kinds:?}"
        );
        assert_eq!(fake.value("dev", "/db", "B"), None, "{era}");
    }
}

#[tokio::test]
async fn folders_are_made_where_that_is_asked_for_only() {
    for era in ERAS {
        let fake = fake(era).await;
        let (client, there) = (client(&fake), address("/a/b/c", "K"));
        let refused = client
            .put(&there, &"v".into(), PutOptions::create())
            .await
            .unwrap_err();
        assert!(
            matches!(refused.kind(), ErrorKind::NotFound(_)),
            "{era} {refused:?}"
        );
        let options = PutOptions::create().create_folders();
        client.put(&there, &"v".into(), options).await.unwrap();
        assert_eq!(
            fake.value("dev", "/a/b/c", "K").as_deref(),
            Some("v"),
            "{era}"
        );
    }
}

#[tokio::test]
async fn what_needs_an_approval_is_not_called_stored() {
    for era in ERAS {
        let fake = fake(era).await;
        fake.require_approval("dev", "/db");
        let (client, there) = (client(&fake), address("/db", "THERE"));
        let put = client
            .put(&there, &"new".into(), PutOptions::update())
            .await;
        let error = put.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Denied, "{era} {error:?}");
        assert!(error.to_string().contains("approval"), "{era} {error}");
        assert_eq!(
            fake.value("dev", "/db", "THERE").as_deref(),
            Some("old"),
            "{era}"
        );
    }
}

#[tokio::test]
async fn a_value_that_the_server_would_trim_is_sent_only_where_that_is_allowed() {
    for era in ERAS {
        let fake = fake(era).await;
        let client = client(&fake);
        let put = |value: &str, options| {
            let (client, value) = (client.clone(), value.into());
            async move { client.put(&address("/db", "THERE"), &value, options).await }
        };
        put(" spaced ", PutOptions::update()).await.unwrap_err();
        assert_eq!(fake.counts().writes, 0, "{era}");
        put(" spaced ", PutOptions::update().allow_trimming())
            .await
            .unwrap();
        assert_eq!(
            fake.value("dev", "/db", "THERE").as_deref(),
            Some("spaced"),
            "{era}"
        );
        // One line break at the end survives.
        put("PEM\n", PutOptions::update()).await.unwrap();
        assert_eq!(
            fake.value("dev", "/db", "THERE").as_deref(),
            Some("PEM\n"),
            "{era}"
        );
    }
}

#[tokio::test]
async fn an_identity_that_may_only_read_is_denied() {
    for era in ERAS {
        let seed = Seed::new().secret("dev", "/db", "THERE", "old");
        let reader = Identity::new("reader").read_only();
        let builder = Fake::builder().era(era).seed(seed).identity(reader);
        let fake = builder.start().await.unwrap();
        let (client, there) = (client(&fake), address("/db", "THERE"));
        let put = client
            .put(&there, &"new".into(), PutOptions::update())
            .await;
        assert_eq!(put.unwrap_err().kind(), ErrorKind::Denied, "{era}");
        let deleted = client.delete(&address("/db", "THERE")).await;
        assert_eq!(deleted.unwrap_err().kind(), ErrorKind::Denied, "{era}");
        assert_eq!(
            fake.value("dev", "/db", "THERE").as_deref(),
            Some("old"),
            "{era}"
        );
    }
}
