//! What references cost beside the configuration library itself, in time.

use std::time::{Duration, Instant};

use crate::application::Application;
use crate::latencies::Latencies;
use crate::rows::Rows;
use crate::scale::Scale;

/// How often each is measured, the two by turns.
const ROUNDS: usize = 1_000;
const WARM_UP: usize = 100;
const REFERENCES: usize = 50;
const ALLOWED: f64 = 1.4;

/// Times merge, resolve and extract, and figment's merge and extract, by turns.
fn times(application: &Application, rounds: usize) -> [Latencies; 2] {
    let time = |work: &dyn Fn() -> _| -> Duration {
        let began = Instant::now();
        std::hint::black_box(work());
        began.elapsed()
    };
    let mut times = [Latencies::default(), Latencies::default()];
    for round in 0..WARM_UP + rounds {
        let both = [
            time(&|| application.resolved()),
            time(&|| application.unresolved()),
        ];
        if round >= WARM_UP {
            for (times, time) in times.iter_mut().zip(both) {
                times.add(time);
            }
        }
    }
    times
}

fn run() -> Rows {
    let mut rows = Rows::new("cost", &Scale::brief());
    let [resolved, unresolved] = times(&Application::new(REFERENCES), ROUNDS);
    let ratio = |percent| {
        resolved.percentile(percent).as_secs_f64() / unresolved.percentile(percent).as_secs_f64()
    };
    rows.time(
        "merge, resolve and extract, 200 fields with 50 references, all of them cached",
        format!("at most {ALLOWED} times figment's own merge and extract (median)"),
        format!(
            "{:.2} times (fastest {:.2}): {:?} against {:?}",
            ratio(50),
            ratio(0),
            resolved.percentile(50),
            unresolved.percentile(50)
        ),
        ratio(50) <= ALLOWED,
    );
    let each = [50, 100, 200, 400, 800].map(|references| {
        let [resolved, _] = times(&Application::new(references), ROUNDS * 50 / references);
        resolved.percentile(50) / references as u32
    });
    rows.informative(
        "merge, resolve and extract, divided by 50, 100, 200, 400 and 800 references",
        format!("{each:?}"),
    );
    rows
}

mod measured {
    use super::*;

    /// Not a plain test: on a machine with other work, real time proves nothing.
    #[test]
    #[ignore = "run by `cargo xtask reliability`"]
    fn cost() {
        run().settle();
    }
}
