//! Five minutes of outage, in paused time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use infisical_fake::{Fake, Fault};
use infisical_http::Requests;
use secret_source::{ErrorKind, SecretSource, SourceExt};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::rows::Rows;
use crate::scale::Scale;
use crate::scene::{Keys, TICK, client_of, layers};

const CALLERS: u64 = 200;
const OUTAGE: Duration = Duration::from_secs(300);
/// How old the values are when it begins, so that they become stale while it lasts.
const AGE: Duration = Duration::from_secs(200);
/// Even keys were asked for before, odd ones never.
const KEYS: Keys = Keys {
    folders: 10,
    in_each: 20,
};
const BREAKER_RESET: Duration = Duration::from_secs(60);
const REFRESH_DEADLINE: Duration = Duration::from_secs(1);
const LOOKUP_DEADLINE: Duration = Duration::from_secs(30);

/// How a server is out.
#[derive(Clone, Copy, Debug)]
enum Outage {
    Refusing,
    Silent,
}

impl Outage {
    fn begin(self, server: &Fake) {
        match self {
            Self::Refusing => server.go_down(),
            Self::Silent => server.script(Fault::hang().always()),
        }
    }

    fn end(self, server: &Fake) {
        match self {
            Self::Refusing => server.come_back().unwrap(),
            Self::Silent => server.clear_faults(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Refusing => "300 s of outage, connections refused, 200 callers",
            Self::Silent => "300 s of outage, connections accepted and never answered, 200 callers",
        }
    }
}

/// What the callers saw of look-ups that began during the outage.
#[derive(Debug, Default)]
struct Seen {
    cached: u64,
    cached_failed: u64,
    cached_wait: Duration,
    other: u64,
    other_unexpected: u64,
    other_wait: Duration,
}

async fn call(
    source: Arc<dyn SecretSource>,
    seen: Arc<Mutex<Seen>>,
    end: Instant,
    scale: Scale,
    caller: u64,
) {
    let mut rng = scale.rng(caller);
    // Their first look-ups fall together: the worst moment for the server.
    loop {
        let number = rng.usize(..KEYS.len());
        let began = Instant::now();
        let answer = source.lookup(&KEYS.address(number)).await;
        let waited = began.elapsed();
        if began < end {
            let mut seen = seen.lock().unwrap();
            if number.is_multiple_of(2) {
                seen.cached += 1;
                seen.cached_failed += u64::from(answer.is_err());
                seen.cached_wait = seen.cached_wait.max(waited);
            } else {
                seen.other += 1;
                // Only a look-up that was under way when the server came back may have an answer.
                let is_late = began + waited >= end;
                let is_told =
                    matches!(&answer, Err(error) if error.kind() == ErrorKind::Unavailable);
                seen.other_unexpected += u64::from(!is_told && !is_late);
                seen.other_wait = seen.other_wait.max(waited);
            }
        }
        sleep(Duration::from_millis(rng.u64(500..2_000))).await;
    }
}

async fn run(outage: Outage, scale: Scale) -> Rows {
    let server = KEYS.server(|number| format!("value {number}"));
    let server = server.start().await.unwrap();
    let client = client_of(&server).build().unwrap();
    let (source, calls) = layers(client.clone(), scale.seed);
    let warm: Vec<_> = (0..KEYS.len())
        .step_by(2)
        .map(|number| KEYS.address(number))
        .collect();
    let warmed = source.get_many(&warm).await;
    assert!(warmed.iter().all(Result::is_ok), "{warmed:?}");
    sleep(AGE).await;

    outage.begin(&server);
    let (began, before) = (Instant::now(), client.requests());
    let end = began + OUTAGE;
    let seen = Arc::new(Mutex::new(Seen::default()));
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        callers.spawn(call(source.clone(), seen.clone(), end, scale, caller));
    }
    sleep(OUTAGE).await;
    let after = client.requests();
    outage.end(&server);

    let recovery = loop {
        let answer = source.lookup(&KEYS.address(0)).await;
        let is_fresh = answer.is_ok_and(|secret| !secret.freshness().is_stale());
        if is_fresh || end.elapsed() > OUTAGE {
            break end.elapsed();
        }
        sleep(Duration::from_millis(10)).await;
    };
    let all: Vec<_> = (0..KEYS.len()).map(|number| KEYS.address(number)).collect();
    let recovered = source.get_many(&all).await;
    let recovered = recovered.iter().filter(|answer| answer.is_ok()).count();
    callers.shutdown().await;

    let calls = calls.between(began, end);
    let mut endings: Vec<_> = calls.iter().filter_map(|call| call.ended).collect();
    endings.sort_unstable();
    // The fifth failure opens the circuit.
    let opened = endings[4];
    let probes = calls.iter().filter(|call| call.began > opened).count();
    let (first, repeats) = requests(before, after);
    let seen = seen.lock().unwrap();

    let mut rows = Rows::new("outage", &scale);
    let name = outage.words();
    rows.count(
        name,
        "look-ups of cached keys that fail while the stale window lasts: 0",
        format!("{} of {}", seen.cached_failed, seen.cached),
        seen.cached_failed == 0 && seen.cached > 0,
    );
    rows.count(
        name,
        "look-ups of other keys: each fails as unavailable",
        format!("{} of {}", seen.other - seen.other_unexpected, seen.other),
        seen.other_unexpected == 0,
    );
    let most = OUTAGE.as_secs() / BREAKER_RESET.as_secs();
    rows.count(
        name,
        format!(
            "calls to the server once the circuit is open: one probe a minute, so at most {most}"
        ),
        format!("{probes}, after {} until it opened", calls.len() - probes),
        probes as u64 <= most,
    );
    let looked_up = seen.cached + seen.other;
    rows.count(
        name,
        "requests: repeats at most 10 and one for each ten requests, and fewer than 1.2 requests a look-up",
        format!("{first} and {repeats} repeats, for {looked_up} look-ups"),
        repeats <= 10 + first / 10 && (first + repeats) * 5 <= looked_up * 6,
    );
    rows.count(
        name,
        format!("the longest wait for a cached key: the refresh deadline, {REFRESH_DEADLINE:?} (paused time)"),
        format!("{:?}", seen.cached_wait),
        seen.cached_wait <= REFRESH_DEADLINE + TICK,
    );
    rows.count(
        name,
        format!("the longest wait for another key: the deadline of a look-up, {LOOKUP_DEADLINE:?} (paused time)"),
        format!("{:?}", seen.other_wait),
        seen.other_wait <= LOOKUP_DEADLINE + TICK,
    );
    rows.count(
        name,
        format!(
            "fresh values after the server's return: the breaker's {BREAKER_RESET:?} and one look-up (paused time), \
             then every key"
        ),
        format!("after {recovery:.1?}, {recovered} of {} keys", KEYS.len()),
        recovery <= BREAKER_RESET + LOOKUP_DEADLINE && recovered == KEYS.len(),
    );
    rows
}

/// Returns how many requests there were, apart from repeats, and how many repeats.
fn requests(before: Requests, after: Requests) -> (u64, u64) {
    let sum = |requests: Requests| {
        requests.logins + requests.lists + requests.gets + requests.folders + requests.projects
    };
    let repeats = after.retries - before.retries;
    (sum(after) - sum(before) - repeats, repeats)
}

#[tokio::test(start_paused = true)]
async fn five_minutes_without_connections_cost_cached_keys_nothing() {
    run(Outage::Refusing, Scale::brief()).await.settle();
}

#[tokio::test(start_paused = true)]
async fn five_minutes_without_answers_cost_cached_keys_nothing() {
    run(Outage::Silent, Scale::brief()).await.settle();
}

mod measured {
    use super::*;

    #[tokio::test(start_paused = true)]
    #[ignore = "run by `cargo xtask reliability`"]
    async fn outage() {
        let scale = Scale::full().random();
        let mut rows = run(Outage::Refusing, scale).await;
        rows.extend(run(Outage::Silent, scale).await);
        rows.settle();
    }
}
