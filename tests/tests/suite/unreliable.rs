//! Servers that answer too briefly, or refuse to answer so often.

use std::time::Duration;

use infisical_fake::{Era, Fake, FakeBuilder, Seed};
use infisical_http::{Infisical, InfisicalBuilder};
use secret_ref::FolderPath;
use secret_source::{ErrorKind, ExposeSecret, FolderAddress, SecretAddress, SecretSource};
use tokio::time::Instant;

const ERAS: [Era; 3] = [Era::V2024, Era::V4a, Era::V4b];

fn address(key: &str) -> SecretAddress {
    let folder = FolderPath::parse("/app").unwrap();
    FolderAddress::new("infisical", "dev", &folder).secret(key)
}

async fn start(era: Era, tune: fn(FakeBuilder) -> FakeBuilder) -> (Fake, InfisicalBuilder) {
    let seed = Seed::new()
        .secret("dev", "/app", "ONE", "1${TWO}")
        .secret("dev", "/app", "TWO", "2${THREE}")
        .secret("dev", "/app", "THREE", "3end");
    let fake = tune(Fake::builder().era(era).seed(seed));
    let fake = fake.start().await.unwrap();
    let client = Infisical::builder(&fake.url())
        .universal_auth(fake.client_id(), fake.client_secret())
        .project(fake.project_id())
        .retry_delay(Duration::ZERO);
    (fake, client)
}

async fn values(client: &Infisical) -> Vec<Result<String, ErrorKind>> {
    let asked = ["ONE", "TWO", "THREE"].map(address);
    let answers = client.get_many(&asked).await.into_iter();
    answers
        .map(|answer| match answer {
            Ok(secret) => Ok(secret.value().expose_secret().to_owned()),
            Err(error) => Err(error.kind()),
        })
        .collect()
}

const WHOLE: [&str; 3] = ["123end", "23end", "3end"];

fn is_whole(values: &[Result<String, ErrorKind>]) -> bool {
    values
        .iter()
        .map(|value| value.as_deref())
        .eq(WHOLE.map(Ok).iter().map(|value| value.as_ref().copied()))
}

#[tokio::test]
async fn a_value_that_a_list_expanded_too_little_comes_out_right_in_each_of_many_lists() {
    let (fake, client) = start(Era::V2024, |fake| fake.short_expansions(1)).await;
    let client = client.build().unwrap();
    for number in 0..60 {
        let values = values(&client).await;
        assert!(is_whole(&values), "list {number}: {values:?}");
    }
    let counts = fake.counts();
    // Some lists were short, and the one value that was concerned was looked up for each of them.
    assert!((3..=20).contains(&counts.gets), "{counts:?}");
    assert_eq!(counts.lists, 60);
}

#[tokio::test(start_paused = true)]
async fn a_client_waits_as_long_as_a_limit_of_requests_wants_and_no_longer() {
    for era in ERAS {
        let (fake, client) = start(era, |fake| fake.rate_limit(3)).await;
        let patient = client.lookup_deadline(Duration::from_secs(90));
        let client = patient.conditional_for(Duration::ZERO).build().unwrap();
        let began = Instant::now();
        for _ in 0..3 {
            assert!(is_whole(&values(&client).await), "{era}");
        }
        assert!(began.elapsed() < Duration::from_secs(1), "{era}");
        assert!(is_whole(&values(&client).await), "{era}");
        let waited = began.elapsed().as_secs();
        assert!((59..=61).contains(&waited), "{era}: {waited} s");
        // One was refused, and none was sent while the client waited.
        assert_eq!(fake.counts().lists, 5, "{era}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_requests_beyond_the_deadline_is_told_at_once() {
    for era in ERAS {
        let (fake, client) = start(era, |fake| fake.rate_limit(1)).await;
        let client = client.conditional_for(Duration::ZERO).build().unwrap();
        assert!(is_whole(&values(&client).await), "{era}");
        let began = Instant::now();
        for value in values(&client).await {
            assert_eq!(value, Err(ErrorKind::RateLimited), "{era}");
        }
        assert!(began.elapsed() < Duration::from_secs(1), "{era}");
        assert_eq!(fake.counts().lists, 2, "{era}");
    }
}
