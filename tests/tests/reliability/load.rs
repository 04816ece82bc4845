//! Ten thousand look-ups a second for cached keys, while the server hangs.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use infisical_fake::{Counts, Fault};
use keyfob::{Stack, StalePolicy};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};

use crate::latencies::Latencies;
use crate::rows::Rows;
use crate::scale::Scale;
use crate::scene::{Keys, stack_of};

const KEYS: Keys = Keys {
    folders: 10,
    in_each: 50,
};
const PROMISED: u32 = 10_000;
/// Offered in each millisecond, somewhat more than is promised.
const A_TICK: u32 = 12;
const TICK: Duration = Duration::from_millis(1);
const REFRESH_DEADLINE: Duration = Duration::from_secs(1);

/// What a cached value is when the load begins, and what the stack does about it.
#[derive(Clone, Copy, Debug)]
enum Values {
    Fresh,
    Stale(StalePolicy),
}

impl Values {
    fn words(self) -> &'static str {
        match self {
            Self::Fresh => "fresh values",
            Self::Stale(StalePolicy::WhileRevalidate) => {
                "stale values, refreshed in the background"
            }
            Self::Stale(_) => "stale values, refreshed first (the default)",
        }
    }

    /// Bounds the requests: while values are stale, two lists for each folder before the circuit opens, and
    /// the retry budget.
    fn most_requests(self) -> u64 {
        match self {
            Self::Fresh => 0,
            Self::Stale(_) => 2 * KEYS.folders as u64 + 10 + 2,
        }
    }
}

/// What came of a load.
#[derive(Debug, Default)]
struct Answers {
    latencies: Latencies,
    failed: u64,
}

/// Starts look-ups at their times, however long those before take, and measures each from its time on.
async fn drive(stack: &Stack, length: Duration) -> (Answers, Duration) {
    let references: Arc<Vec<_>> = Arc::new(
        (0..KEYS.len())
            .map(|number| KEYS.reference(number))
            .collect(),
    );
    let answers = Arc::new(Mutex::new(Answers::default()));
    let mut lookups = JoinSet::new();
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let began = Instant::now();
    let mut number = 0;
    while began.elapsed() < length {
        let due = ticks.tick().await;
        for _ in 0..A_TICK {
            number = (number + 7) % references.len();
            let (stack, references, answers) = (stack.clone(), references.clone(), answers.clone());
            lookups.spawn(async move {
                let answer = stack.get(&references[number]).await;
                let mut answers = answers.lock().unwrap();
                answers.latencies.add(due.elapsed());
                answers.failed += u64::from(answer.is_err());
            });
        }
        while lookups.try_join_next().is_some() {}
    }
    // None may take longer than this; what does is missing from the count.
    let patience = timeout(Duration::from_secs(10), async {
        while lookups.join_next().await.is_some() {}
    });
    let _ = patience.await;
    let elapsed = began.elapsed();
    let answers = std::mem::take(&mut *answers.lock().unwrap());
    (answers, elapsed)
}

async fn one(values: Values, scale: &Scale) -> Rows {
    let server = KEYS.server(|number| format!("value {number}"));
    let server = server.start_on_thread().unwrap();
    let (ttl, policy) = match values {
        Values::Fresh => (Duration::from_secs(300), StalePolicy::default()),
        Values::Stale(policy) => (Duration::from_millis(500), policy),
    };
    let stack = stack_of(&server)
        .cache_ttl(ttl)
        .cache_stale(Duration::from_secs(3600))
        .stale_policy(policy)
        .refresh_deadline(REFRESH_DEADLINE)
        .request_timeout(Duration::from_secs(1))
        .lookup_deadline(Duration::from_secs(3))
        .build()
        .unwrap();
    let all: Vec<_> = (0..KEYS.len())
        .map(|number| KEYS.reference(number))
        .collect();
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    let loaded = Instant::now();
    assert!(stack.get_many(&all).await.iter().all(Result::is_ok));
    if matches!(values, Values::Stale(_)) {
        sleep_until(loaded + ttl + ttl).await;
    }
    server.script(Fault::hang().always());
    server.reset_counts();

    let length = Duration::from_secs(scale.choose(1, 10));
    let (answers, elapsed) = drive(&stack, length).await;
    // What is under way may still open a connection.
    sleep(Duration::from_millis(100)).await;
    let Counts {
        total, connections, ..
    } = server.counts();
    report(values, scale, &answers, elapsed, (total, connections))
}

fn report(
    values: Values,
    scale: &Scale,
    answers: &Answers,
    elapsed: Duration,
    (requests, connections): (u64, u64),
) -> Rows {
    let mut rows = Rows::new("load", scale);
    let name = format!(
        "{PROMISED} look-ups a second, server hanging: {}",
        values.words()
    );
    let lookups = answers.latencies.len();
    rows.count(
        &name,
        "failed look-ups: 0",
        format!("{} of {lookups}", answers.failed),
        answers.failed == 0,
    );
    let most = values.most_requests();
    rows.count(
        &name,
        format!("requests and connections that reach the server: at most {most} each"),
        format!("{requests} requests, {connections} new connections"),
        requests <= most && connections <= most,
    );
    let rate = lookups as f64 / elapsed.as_secs_f64();
    let achieved = format!("{rate:.0} a second");
    // An unoptimised build promises nothing about speed.
    if scale.is_full {
        // The last of those that wait for the refresh deadline end that much after the load.
        let wait = if requests == 0 {
            Duration::ZERO
        } else {
            REFRESH_DEADLINE
        };
        let rate = lookups as f64 / elapsed.saturating_sub(wait).as_secs_f64();
        rows.time(
            &name,
            format!("at least {PROMISED} a second"),
            achieved,
            rate >= f64::from(PROMISED),
        );
    } else {
        rows.informative(&name, achieved);
    }
    rows.informative(
        &name,
        format!(
            "latency from the moment a look-up was due: {}",
            answers.latencies
        ),
    );
    rows
}

async fn run(scale: Scale) -> Rows {
    let mut rows = Rows::new("load", &scale);
    let stale = [StalePolicy::WhileRevalidate, StalePolicy::IfError];
    for values in [Values::Fresh].into_iter().chain(stale.map(Values::Stale)) {
        rows.extend(one(values, &scale).await);
    }
    rows
}

/// Real time is the subject: about five seconds of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_for_cached_keys_does_not_reach_a_hanging_server() {
    run(Scale::brief()).await.settle();
}

mod measured {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "run by `cargo xtask reliability`"]
    async fn load() {
        run(Scale::full()).await.settle();
    }
}
