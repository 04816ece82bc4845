//! Deadlines in real time: how much later than promised a caller hears.

use std::time::{Duration, Instant};

use futures_util::stream::{StreamExt, iter};
use infisical_fake::Fault;
use secret_source::{ErrorKind, SecretSource};

use crate::latencies::Latencies;
use crate::rows::Rows;
use crate::scale::Scale;
use crate::scene::{Keys, client_of};

const KEYS: Keys = Keys {
    folders: 1,
    in_each: 1,
};
const DEADLINE: Duration = Duration::from_millis(250);
const ALLOWED: Duration = Duration::from_millis(50);
const LOOKUPS: usize = 100;
const AT_A_TIME: usize = 10;

/// Measures the overshoot of many look-ups of a server that does not come to an end.
async fn overshoot(fault: Fault) -> Latencies {
    let server = KEYS
        .server(|_| "value".to_owned())
        .start_on_thread()
        .unwrap();
    let client = client_of(&server)
        .lookup_deadline(DEADLINE)
        .build()
        .unwrap();
    let address = KEYS.address(0);
    // The login does not count.
    client.get(&address).await.unwrap();
    server.script(fault.always());
    let look_up = |_| async {
        let began = Instant::now();
        let error = client.get(&address).await.unwrap_err();
        let elapsed = began.elapsed();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        elapsed
            .checked_sub(DEADLINE)
            .expect("not before the deadline")
    };
    let mut latencies = Latencies::default();
    let mut measured = iter(0..LOOKUPS).map(look_up).buffer_unordered(AT_A_TIME);
    while let Some(late) = measured.next().await {
        latencies.add(late);
    }
    latencies
}

async fn run() -> Rows {
    let mut rows = Rows::new("overshoot", &Scale::brief());
    let faults = [
        ("the server never answers", Fault::hang()),
        (
            "a byte every 20 ms",
            Fault::slow_body(Duration::from_millis(20)),
        ),
    ];
    for (name, fault) in faults {
        let late = overshoot(fault).await;
        rows.time(
            &format!("deadline of {DEADLINE:?} in real time: {name}"),
            format!("p99 of {LOOKUPS} look-ups within {ALLOWED:?} after it"),
            format!("{late} after it, of {}", late.len()),
            late.percentile(99) <= ALLOWED,
        );
    }
    rows
}

mod measured {
    use super::*;

    /// Not a plain test: on a machine with other work, real time proves nothing.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "run by `cargo xtask reliability`"]
    async fn overshoot() {
        run().await.settle();
    }
}
