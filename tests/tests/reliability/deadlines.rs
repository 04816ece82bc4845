//! Deadlines, exactly: in paused time, whatever the server does.

use std::time::Duration;

use infisical_fake::{Fake, Fault, Route};
use infisical_http::{Infisical, InfisicalBuilder};
use secret_source::{ErrorKind, SecretError, SecretSource, SourceExt};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use crate::rows::Rows;
use crate::scale::Scale;
use crate::scene::{Keys, TICK, client_of, layers, stack_of};

const KEYS: Keys = Keys {
    folders: 3,
    in_each: 2,
};
const A_SECOND: Duration = Duration::from_secs(1);
/// A limit of one request that never matters here.
const PATIENT: Duration = Duration::from_secs(3600);

async fn server() -> Fake {
    KEYS.server(|number| format!("value {number}"))
        .start()
        .await
        .unwrap()
}

/// Measures one look-up, which must fail as unavailable.
async fn until_given_up(client: InfisicalBuilder) -> Duration {
    let client = client.build().unwrap();
    let began = Instant::now();
    let error = client.get(&KEYS.address(0)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    began.elapsed()
}

struct Table(Rows);

impl Table {
    fn exactly(&mut self, name: &str, deadline: Duration, measured: Duration) {
        self.0.count(
            &format!("deadline: {name}"),
            format!("given up after {deadline:?}, to the millisecond of the timer (paused time)"),
            format!("{measured:?}"),
            (deadline..=deadline + TICK).contains(&measured),
        );
    }
}

async fn run() -> Rows {
    let mut table = Table(Rows::new("deadlines", &Scale::brief()));

    let trickling = server().await;
    trickling.script(Fault::slow_body(A_SECOND).always());
    let client = client_of(&trickling).request_timeout(PATIENT);
    let limit = 7 * A_SECOND;
    let waited = until_given_up(client.lookup_deadline(limit)).await;
    table.exactly(
        "the answers come with one byte a second, the login's too",
        limit,
        waited,
    );

    let trickling = server().await;
    trickling.script(Fault::slow_body(A_SECOND).on(Route::Get).always());
    let waited = until_given_up(client_of(&trickling).lookup_deadline(25 * A_SECOND)).await;
    table.exactly(
        "one byte a second, and requests of 10 s that are repeated",
        25 * A_SECOND,
        waited,
    );

    let silent = server().await;
    silent.script(Fault::hang().on(Route::Get).always());
    let client = client_of(&silent).request_timeout(PATIENT);
    table.exactly(
        "the request is never answered",
        30 * A_SECOND,
        until_given_up(client).await,
    );

    // Accepted by the system, read by nobody.
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", deaf.local_addr().unwrap());
    let client = Infisical::builder(&url).token("st.token").project("p");
    let client = client.request_timeout(PATIENT).lookup_deadline(limit);
    table.exactly(
        "the connection is never read from",
        limit,
        until_given_up(client).await,
    );

    let slow = server().await;
    slow.script(Fault::delay(3 * A_SECOND).always());
    let client = client_of(&slow).lookup_deadline(4 * A_SECOND);
    table.exactly(
        "each of two requests would be in time by itself",
        4 * A_SECOND,
        until_given_up(client).await,
    );

    // A tenth of the deadline is left for what stands in.
    table.exactly(
        "a start-up of 20 s, of which look-ups may use nine tenths",
        18 * A_SECOND,
        start_up().await,
    );
    table.exactly(
        "a stale value at hand",
        A_SECOND,
        with_a_stale_value().await,
    );
    table.0
}

/// Measures a batch whose own deadline is shorter than that of each look-up.
async fn start_up() -> Duration {
    let silent = server().await;
    silent.script(Fault::hang().on(Route::List).always());
    let stack = stack_of(&silent)
        .startup_deadline(20 * A_SECOND)
        .lookup_deadline(200 * A_SECOND)
        .request_timeout(PATIENT)
        .build()
        .unwrap();
    let references: Vec<_> = (0..KEYS.len())
        .map(|number| KEYS.reference(number))
        .collect();
    let references: Vec<_> = references.iter().map(String::as_str).collect();
    let began = Instant::now();
    let answers = stack.get_many(&references).await;
    let kinds = answers
        .iter()
        .map(|answer| answer.as_ref().map_err(SecretError::kind));
    for kind in kinds {
        assert_eq!(kind.unwrap_err(), ErrorKind::Unavailable);
    }
    began.elapsed()
}

async fn with_a_stale_value() -> Duration {
    let silent = server().await;
    let (source, _) = layers(client_of(&silent).build().unwrap(), 1);
    source.get(&KEYS.address(0)).await.unwrap();
    sleep(301 * A_SECOND).await;
    silent.script(Fault::hang().always());
    let began = Instant::now();
    let secret = source.lookup(&KEYS.address(0)).await.unwrap();
    assert!(secret.freshness().is_stale());
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_kept_to_the_millisecond_whatever_the_server_does() {
    run().await.settle();
}

mod measured {
    use super::*;

    #[tokio::test(start_paused = true)]
    #[ignore = "run by `cargo xtask reliability`"]
    async fn deadlines() {
        run().await.settle();
    }
}
