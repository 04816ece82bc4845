//! Futures that are dropped after a random number of polls.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::Duration;

use fastrand::Rng;
use infisical_fake::{Fake, Fault, Route};
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{
    ExposeSecret, PutOptions, ResolveSecrets, Secret, SecretError, SecretStore, Selector, Stack,
};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

use crate::rows::Rows;
use crate::scale::Scale;
use crate::scene::{Keys, stack_of};

const KEYS: Keys = Keys {
    folders: 4,
    in_each: 3,
};
/// More than any of these futures needs where nothing fails.
const MOST_POLLS: usize = 12;
/// Each tenth stack is used for long, so that what a dropped future keeps for ever adds up and runs out; the others
/// briefly, to be shut down by a future that is dropped as well.
const MANY_ROUNDS: usize = 300;
const FEW_ROUNDS: usize = 20;
/// How long an answer, or the end of a task, is waited for: real time, and much more than either takes.
const PATIENCE: Duration = Duration::from_secs(10);
/// After so many look-ups without an answer the rest of a stack's rounds would only take long.
const ENOUGH: u64 = 3;
/// Written to, and nothing else.
const WRITTEN: &str = "infisical://dev/written/KEY";

/// Counts how the futures of one kind ended.
#[derive(Debug, Default)]
struct Endings {
    dropped: u64,
    completed: u64,
}

#[derive(Debug, Default)]
struct Tally {
    endings: BTreeMap<&'static str, Endings>,
    /// What was asked for afterwards and not answered, or wrongly.
    unanswered: u64,
    answered: u64,
    /// Stacks that did not know afterwards whether they were shut down.
    undecided: u64,
    tasks_left: usize,
}

/// Polls a future at most so many times, each time when it wants to be polled, and then drops it.
async fn poll_at_most<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

impl Tally {
    async fn drop_one<T>(
        &mut self,
        kind: &'static str,
        rng: &mut Rng,
        future: impl Future<Output = T>,
    ) {
        let ended = poll_at_most(rng.usize(..=MOST_POLLS), future).await;
        let endings = self.endings.entry(kind).or_default();
        match ended {
            Some(_) => endings.completed += 1,
            None => endings.dropped += 1,
        }
    }

    /// Begins a future of a random kind and drops it on its way.
    async fn round(&mut self, stack: &Stack, server: &Fake, rng: &mut Rng) {
        prepare(stack, server, rng);
        let reference = KEYS.reference(rng.usize(..KEYS.len()));
        match rng.u8(..8) {
            0 => self.drop_one("get", rng, stack.get(&reference)).await,
            1 => {
                let all = references();
                let all: Vec<_> = all.iter().map(String::as_str).collect();
                self.drop_one("get_many", rng, stack.get_many(&all)).await;
            }
            2 => {
                self.drop_one("list", rng, stack.list("infisical://dev/f0/"))
                    .await
            }
            3 => {
                self.drop_one("refresh", rng, stack.refresh(&reference))
                    .await
            }
            4 => {
                let text = format!("a = '{reference}'\nb = '{}'", KEYS.reference(0));
                let figment = Figment::from(Toml::string(&text));
                self.drop_one("resolve_secrets", rng, figment.resolve_secrets(stack))
                    .await;
            }
            5 => {
                let (store, address) = (stack.store().unwrap(), stack.address(WRITTEN).unwrap());
                let value = "written".into();
                let put = store.put(&address, &value, PutOptions::upsert());
                self.drop_one("put", rng, put).await;
            }
            6 => {
                let (store, address) = (stack.store().unwrap(), stack.address(WRITTEN).unwrap());
                self.drop_one("delete", rng, store.delete(&address)).await;
            }
            _ => {
                // Two share a flight, and the one that began it goes.
                let (one, other) = (stack.clone(), stack.clone());
                let left = rng.usize(..MOST_POLLS);
                let first = poll_at_most(left, one.get(&reference));
                let both =
                    futures_util::future::join(first, timeout(PATIENCE, other.get(&reference)));
                let (_, answer) = both.await;
                // It may have met what was scripted, and has heard of it then.
                self.unanswered += u64::from(answer.is_err());
            }
        }
        server.clear_faults();
        // One key each time, all of them at the end.
        self.check(
            &reference,
            timeout(PATIENCE, stack.get(&reference)).await.ok(),
        );
    }

    fn check(&mut self, reference: &str, answer: Option<Result<Secret, SecretError>>) {
        let is_right =
            matches!(&answer, Some(Ok(secret)) if secret.value().expose_secret() == reference);
        self.answered += u64::from(is_right);
        self.unanswered += u64::from(!is_right);
        if !is_right {
            eprint_line(&format!("{reference}: {answer:?}"));
        }
    }

    async fn check_all(&mut self, stack: &Stack) {
        let all = references();
        let asked: Vec<_> = all.iter().map(String::as_str).collect();
        let answers = timeout(PATIENCE, stack.get_many(&asked)).await;
        let mut answers = answers.unwrap_or_default().into_iter();
        for reference in &all {
            self.check(reference, answers.next());
        }
    }

    /// Drops a shutdown on its way. Before its first poll nothing has happened; after it, it has begun.
    async fn shut_down(&mut self, stack: &Stack, rng: &mut Rng) {
        let polls = rng.usize(..4);
        let ended = poll_at_most(polls, stack.shutdown()).await;
        let endings = self.endings.entry("shutdown").or_default();
        match ended {
            Some(()) => endings.completed += 1,
            None => endings.dropped += 1,
        }
        let answer = timeout(PATIENCE, stack.get(&KEYS.reference(0))).await;
        let is_decided = match answer {
            Err(_) => false,
            Ok(Ok(_)) => polls == 0,
            Ok(Err(error)) => polls > 0 && error.to_string().contains("shut down"),
        };
        let ends = timeout(PATIENCE, stack.shutdown()).await.is_ok();
        self.undecided += u64::from(!is_decided || !ends);
    }
}

fn references() -> Vec<String> {
    (0..KEYS.len())
        .map(|number| KEYS.reference(number))
        .collect()
}

fn eprint_line(line: &str) {
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{line}\n"));
}

/// Makes sure that there is something to wait for: an empty cache, a login, a slow or failing answer.
fn prepare(stack: &Stack, server: &Fake, rng: &mut Rng) {
    server.clear_faults();
    if rng.u8(..4) > 0 {
        stack.cache().invalidate(&Selector::all());
    }
    if rng.u8(..3) == 0 {
        server.revoke_tokens();
    }
    match rng.u8(..6) {
        0 => server.script(Fault::delay(Duration::from_millis(rng.u64(1..5)))),
        1 => server.script(Fault::status(503).on(Route::List)),
        // Not a login: after one that broke off none is tried for a second, and that is an answer too.
        2 => server.script(Fault::drop_connection().on(Route::Get)),
        3 => server.script(Fault::slow_body(Duration::from_micros(10))),
        _ => {}
    }
}

async fn rounds(server: &Fake, scale: &Scale) -> Tally {
    let mut rng = scale.rng(0);
    let mut tally = Tally::default();
    for number in 0..scale.choose(6, 100) {
        let rounds = if number % 10 == 0 {
            MANY_ROUNDS
        } else {
            FEW_ROUNDS
        };
        let stack = stack_of(server)
            .retry_delay(Duration::from_millis(1))
            .retry_max_delay(Duration::from_millis(5))
            // Scripted failures are not what is looked at here.
            .breaker_failures(0)
            .build()
            .unwrap();
        for _ in 0..rounds {
            if tally.unanswered < ENOUGH {
                tally.round(&stack, server, &mut rng).await;
            }
        }
        server.clear_faults();
        tally.check_all(&stack).await;
        tally.shut_down(&stack, &mut rng).await;
    }
    tally.tasks_left = tasks_left().await;
    tally
}

/// Returns how many tasks of this runtime do not end now that nothing is left to use them.
async fn tasks_left() -> usize {
    let metrics = Handle::current().metrics();
    let ended = timeout(PATIENCE, async {
        while metrics.num_alive_tasks() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
    });
    let _ = ended.await;
    metrics.num_alive_tasks()
}

async fn run(scale: Scale) -> Rows {
    let server = KEYS.server(|number| KEYS.reference(number));
    // On its own runtime, so that the tasks of this one are the client's alone.
    let server = server.start_on_thread().unwrap();
    let tally = rounds(&server, &scale).await;
    report(&tally, &scale)
}

fn report(tally: &Tally, scale: &Scale) -> Rows {
    let mut rows = Rows::new("cancellation", scale);
    let sum = |count: fn(&Endings) -> u64| tally.endings.values().map(count).sum::<u64>();
    let (dropped, completed) = (
        sum(|endings| endings.dropped),
        sum(|endings| endings.completed),
    );
    let name = "futures dropped after a random number of polls";
    let kinds: Vec<_> = tally
        .endings
        .iter()
        .map(|(kind, endings)| format!("{kind} {}", endings.dropped))
        .collect();
    rows.count(
        name,
        "each kind is dropped on its way",
        format!(
            "{dropped} dropped ({}), {completed} completed",
            kinds.join(", ")
        ),
        kinds.len() == 8 && tally.endings.values().all(|endings| endings.dropped > 0),
    );
    rows.count(
        name,
        "look-ups that are not answered rightly afterwards: 0",
        format!(
            "{} of {}",
            tally.unanswered,
            tally.answered + tally.unanswered
        ),
        tally.unanswered == 0 && tally.answered > 0,
    );
    rows.count(
        name,
        "stacks that a dropped shutdown leaves neither open nor shut: 0",
        tally.undecided,
        tally.undecided == 0,
    );
    rows.count(
        name,
        "tasks left on the runtime when the stacks are gone: 0",
        tally.tasks_left,
        tally.tasks_left == 0,
    );
    rows
}

/// Real time, since sockets are what is waited for: a second or two.
#[tokio::test]
async fn a_stack_goes_on_answering_after_any_future_was_dropped_at_any_await() {
    run(Scale::brief().random()).await.settle();
}

mod measured {
    use super::*;

    #[tokio::test]
    #[ignore = "run by `cargo xtask reliability`"]
    async fn cancellation() {
        run(Scale::full().random()).await.settle();
    }
}
