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
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use self::callers::Callers;
use self::log::Log;
use self::trouble::{Troubles, put_right, trouble};
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
    troubles: Troubles,
    panics: u64,
    recovered: usize,
    /// In KiB, after the warm-up and at the end; where the system tells.
    resident: Option<(u64, u64)>,
}

/// Lets callers and trouble loose for a time, and waits until both are over. Returns the troubles and the panics.
async fn traffic(
    callers: &Arc<Callers>,
    server: &Fake,
    scale: &Scale,
    part: u64,
    length: Duration,
) -> (Troubles, u64) {
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

async fn soak(server: &Fake, truth: Arc<Truth>, scale: &Scale) -> Outcome {
    let callers = Arc::new(Callers::new(stack(server), truth, KEYS));
    let seconds = |brief, full| Duration::from_secs(scale.choose(brief, full));
    let (_, mut panics) = traffic(&callers, server, scale, 0, seconds(1, 20)).await;
    let warm = settled().await;
    let (troubles, more) = traffic(&callers, server, scale, 1, seconds(4, 60)).await;
    panics += more;
    let end = settled().await;

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
        panics,
        recovered,
        resident: warm.zip(end),
        callers,
    }
}

/// Measures the memory once what was under way is over.
async fn settled() -> Option<u64> {
    sleep(LOOKUP_DEADLINE).await;
    resident()
}

/// Returns a runtime whose threads begin with `on_start`.
fn runtime(on_start: impl Fn() + Send + Sync + 'static) -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name(THREADS)
        .on_thread_start(on_start)
        .enable_all()
        .build()
        .unwrap()
}

/// Goes on for a while with every event collected. Returns how many there were, and how many hold a value.
fn logged(server: &Fake, truth: Arc<Truth>, scale: Scale) -> (usize, usize) {
    let log = Log::of(&truth, server);
    let collecting = log.clone();
    let runtime = runtime(move || collecting.install_for_good());
    let server = server.clone();
    let task = runtime.spawn(async move {
        let callers = Arc::new(Callers::new(stack(&server), truth, KEYS));
        let length = Duration::from_secs(scale.choose(1, 15));
        traffic(&callers, &server, &scale, 2, length).await;
    });
    runtime.block_on(task).unwrap();
    runtime.shutdown_background();
    log.events_and_leaks()
}

fn run(scale: Scale) -> Rows {
    let truth = Arc::new(Truth::new(KEYS));
    let server = KEYS
        .server(|number| truth.value(number, 0))
        .start_on_thread()
        .unwrap();
    let panics = count_panics();
    let runtime = runtime(|| {});
    let task = {
        let (server, truth) = (server.clone(), Arc::clone(&truth));
        runtime.spawn(async move { soak(&server, truth, &scale).await })
    };
    let mut outcome = runtime.block_on(task).unwrap();
    runtime.shutdown_background();
    let log = logged(&server, truth, scale);
    outcome.panics = outcome.panics.max(panics.load(Relaxed));
    report(&outcome, log, &scale)
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

fn report(outcome: &Outcome, (events, leaks): (usize, usize), scale: &Scale) -> Rows {
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
        format!("{leaks} of {events}, in {} s more", scale.choose(1, 15)),
        leaks == 0 && events > 0,
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
            outcome.troubles.count,
            outcome.troubles.requests
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
