//! A real-time soak: faults at random, and every answer checked.

mod callers;
mod log;
mod trouble;
mod truth;

use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use infisical_fake::Fake;
use keyfob::Stack;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use self::callers::{Callers, Counts};
use self::log::Log;
use self::trouble::{put_right, trouble};
use self::truth::Truth;
use crate::rows::Rows;
use crate::scale::Scale;
use crate::scene::{Keys, stack_of};

const KEYS: Keys = Keys {
    folders: 6,
    in_each: 10,
};
const CALLERS: u64 = 24;
const THREADS: &str = "soak";

// Short, so that a minute sees thousands of values come and go.
const TTL: Duration = Duration::from_millis(200);
const STALE: Duration = Duration::from_secs(3);
const LOOKUP_DEADLINE: Duration = Duration::from_secs(1);
const STARTUP_DEADLINE: Duration = Duration::from_secs(2);

fn stack(server: &Fake) -> Stack {
    stack_of(server)
        .cache_ttl(TTL)
        .cache_stale(STALE)
        .cache_negative_ttl(Duration::from_millis(50))
        .refresh_deadline(Duration::from_millis(100))
        .connect_timeout(Duration::from_millis(200))
        .request_timeout(Duration::from_millis(300))
        .lookup_deadline(LOOKUP_DEADLINE)
        .startup_deadline(STARTUP_DEADLINE)
        .retries(1)
        .retry_delay(Duration::from_millis(10))
        .breaker_reset(Duration::from_millis(50))
        .build()
        .unwrap()
}

/// What a soak came to.
struct Outcome {
    callers: Arc<Callers>,
    troubles: u64,
    requests: u64,
    panics: u64,
    recovered: usize,
    /// In KiB, after the warm-up and at the end; where the system tells.
    resident: Option<(u64, u64)>,
    /// Events of the log, and those that hold a value.
    log: (u64, u64),
}

/// Lets callers and trouble loose for a time, and waits until both are over. Returns the troubles and the panics.
async fn traffic(
    callers: &Arc<Callers>,
    server: &Fake,
    scale: &Scale,
    part: u64,
    length: Duration,
) -> (u64, u64) {
    let until = Instant::now() + length;
    let mut tasks = JoinSet::new();
    for caller in 0..CALLERS {
        let (callers, rng) = (Arc::clone(callers), scale.rng(part * 1_000 + caller));
        tasks.spawn(async move { callers.call(rng, until.into_std()).await });
    }
    let rng = scale.rng(part * 1_000 + CALLERS);
    let troubles = trouble(server, &callers.truth, KEYS, rng, until).await;
    let mut panics = 0;
    while let Some(ended) = tasks.join_next().await {
        panics += u64::from(ended.is_err());
    }
    (troubles, panics)
}

/// Returns the resident set of this process, in KiB.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

async fn soak(server: &Fake, log: &Log, truth: Truth, scale: &Scale) -> Outcome {
    let callers = Arc::new(Callers {
        stack: stack(server),
        truth,
        keys: KEYS,
        counts: Counts::default(),
    });
    let seconds = |brief, full| Duration::from_secs(scale.choose(brief, full));
    let (_, mut panics) = traffic(&callers, server, scale, 0, seconds(1, 20)).await;
    let warm = settled(log).await;
    let before = server.counts().total;
    let (troubles, more) = traffic(&callers, server, scale, 1, seconds(4, 60)).await;
    panics += more;
    let end = settled(log).await;
    let requests = server.counts().total - before;

    // Everything must answer again: within the breaker's pause, and that after logins that failed.
    put_right(server);
    let patience = Instant::now() + Duration::from_secs(15);
    let mut recovered = 0;
    while recovered < KEYS.len() && Instant::now() < patience {
        let all: Vec<_> = (0..KEYS.len())
            .map(|number| KEYS.reference(number))
            .collect();
        let all: Vec<_> = all.iter().map(String::as_str).collect();
        let began = Instant::now().into_std();
        let answers = callers.stack.get_many(&all).await;
        let is_right = |(number, answer): (usize, &Result<_, _>)| {
            let answer = answer.as_ref().ok();
            answer.is_some_and(|secret| callers.truth.check(number, secret, began - TTL).is_ok())
        };
        recovered = answers
            .iter()
            .enumerate()
            .filter(|answer| is_right(*answer))
            .count();
        sleep(Duration::from_millis(50)).await;
    }
    Outcome {
        troubles,
        requests,
        panics,
        recovered,
        resident: warm.zip(end),
        log: log.counts(),
        callers,
    }
}

/// Measures the memory once the log is empty and what was under way is over.
async fn settled(log: &Log) -> Option<u64> {
    sleep(LOOKUP_DEADLINE).await;
    log.look_through();
    resident()
}

fn run(scale: Scale) -> Rows {
    let truth = Truth::new(KEYS);
    let server = KEYS
        .server(|number| truth.value(number, 0))
        .start_on_thread()
        .unwrap();
    let log = Log::watch(&truth, &server);
    let panics = count_panics();
    let (subscriber, workers) = (log.clone(), 2);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .thread_name(THREADS)
        .on_thread_start(move || subscriber.install_for_good())
        .enable_all()
        .build()
        .unwrap();
    let task = {
        let (server, log) = (server.clone(), log.clone());
        runtime.spawn(async move { soak(&server, &log, truth, &scale).await })
    };
    let mut outcome = runtime.block_on(task).unwrap();
    runtime.shutdown_background();
    outcome.panics = outcome.panics.max(panics.load(Relaxed));
    report(&outcome, &scale)
}

/// Counts panics on the threads of the soak, also those that nobody is told of.
fn count_panics() -> Arc<AtomicU64> {
    let count = Arc::<AtomicU64>::default();
    let (counted, previous) = (Arc::clone(&count), panic::take_hook());
    panic::set_hook(Box::new(move |info| {
        let thread = std::thread::current();
        counted.fetch_add(u64::from(thread.name() == Some(THREADS)), Relaxed);
        previous(info);
    }));
    count
}

fn report(outcome: &Outcome, scale: &Scale) -> Rows {
    let counts = &outcome.callers.counts;
    let read = |counter: &AtomicU64| counter.load(Relaxed);
    let mut rows = Rows::new("soak", scale);
    let name = format!("soak of {} s, faults at random", scale.choose(4, 60));
    let (asked, fresh, stale) = (
        read(&counts.asked),
        read(&counts.fresh),
        read(&counts.stale),
    );
    let answers = fresh + stale;
    let mut none = |what: &str, count: u64, of: &str| {
        rows.count(
            &name,
            format!("{what}: 0"),
            format!("{count} of {of}"),
            count == 0,
        );
    };
    none(
        "values that the server never held, or not within their age",
        read(&counts.wrong),
        &format!("{answers} answers"),
    );
    none(
        "values from another address",
        read(&counts.elsewhere),
        &format!("{answers} answers"),
    );
    none(
        "secrets reported missing that were there",
        read(&counts.missing),
        &format!("{answers} answers"),
    );
    none(
        "look-ups stuck beyond their deadline (watchdog: 5 s more)",
        read(&counts.stuck),
        &format!("{asked} calls"),
    );
    none("panics", outcome.panics, &format!("{asked} calls"));
    rows.count(
        &name,
        "events of the log, at any level, that hold a value: 0",
        format!("{} of {}", outcome.log.1, outcome.log.0),
        outcome.log.1 == 0 && outcome.log.0 > 0,
    );
    rows.count(
        &name,
        "keys that answer, with what the server holds, when all is right again: all",
        format!("{} of {}", outcome.recovered, KEYS.len()),
        outcome.recovered == KEYS.len(),
    );
    let seen = answers > 0 && fresh > 0 && stale > 0 && read(&counts.failed) > 0;
    rows.count(
        &name,
        "the run saw each: fresh, stale, failed",
        format!(
            "{fresh} fresh, {stale} stale, {} failed, through {} troubles and {} requests",
            read(&counts.failed),
            outcome.troubles,
            outcome.requests
        ),
        seen,
    );
    memory(&mut rows, &name, outcome.resident, scale);
    rows
}

fn memory(rows: &mut Rows, name: &str, resident: Option<(u64, u64)>, scale: &Scale) {
    let Some((warm, end)) = resident else {
        rows.informative(
            name,
            "memory not measured: the system has no /proc/self/status",
        );
        return;
    };
    let growth = (end as f64 - warm as f64) / warm as f64 * 100.0;
    let measured = format!("{growth:+.1} %: {warm} KiB after the warm-up, {end} KiB at the end");
    // A second of warm-up is none.
    if scale.is_full {
        let promise = "memory at the end within 5 % of that after a warm-up of 20 s";
        rows.time(name, promise, measured, growth <= 5.0);
    } else {
        rows.informative(name, format!("memory {measured}"));
    }
}

/// Real time is the subject: about ten seconds of it.
#[test]
fn through_random_faults_no_answer_is_wrong_and_no_caller_is_stuck() {
    run(Scale::brief().random()).settle();
}

mod measured {
    use super::*;

    #[test]
    #[ignore = "run by `cargo xtask reliability`"]
    fn soak() {
        run(Scale::full().random()).settle();
    }
}
