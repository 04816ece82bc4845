//! What references cost beside the configuration library itself, in allocations, which any machine counts alike.
//! A program of its own, since the counting allocator is global.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod application;
#[expect(dead_code, reason = "the other experiments use the rest")]
mod rows;
#[expect(dead_code, reason = "the other experiments use the rest")]
mod scale;
#[expect(dead_code, reason = "the other experiments use the rest")]
mod scene;

use allocation_counter::measure;

use crate::application::Application;
use crate::rows::Rows;
use crate::scale::Scale;

const FEW: usize = 50;
const MANY: usize = 800;
/// Allocations of merge, resolve and extract for each one of figment's merge and extract.
const ALLOWED: f64 = 1.4;
/// By how much allocations, or their bytes, for each reference may differ between few and many references.
const DRIFT: f64 = 0.05;

/// Counts allocations and their bytes in merge, resolve and extract, and in figment's merge and extract.
fn counts(references: usize) -> [[f64; 2]; 2] {
    let application = Application::new(references);
    let resolved = measure(|| drop(application.resolved()));
    let unresolved = measure(|| drop(application.unresolved()));
    [resolved, unresolved].map(|counts| [counts.count_total as f64, counts.bytes_total as f64])
}

fn run() -> Rows {
    let mut rows = Rows::new("cost", &Scale::brief());
    let [[resolved, bytes], [unresolved, _]] = counts(FEW);
    let ratio = resolved / unresolved;
    rows.count(
        "merge, resolve and extract, 200 fields with 50 references, all of them cached",
        format!("allocations: at most {ALLOWED} times those of figment's own merge and extract"),
        format!("{ratio:.2} times: {resolved} against {unresolved}"),
        ratio <= ALLOWED,
    );
    let [[many, many_bytes], _] = counts(MANY);
    for (what, few, many) in [
        ("allocations", resolved, many),
        ("bytes", bytes, many_bytes),
    ] {
        let [few, many] = [few / FEW as f64, many / MANY as f64];
        rows.count(
            "merge, resolve and extract, 4 fields for each reference",
            format!(
                "{what} for each of {MANY} references as for each of {FEW}, within {} %",
                DRIFT * 100.0
            ),
            format!("{many:.1}, and {few:.1} for each of {FEW}"),
            (many / few - 1.0).abs() <= DRIFT,
        );
    }
    rows
}

#[test]
fn resolving_allocates_little_beside_figment_and_grows_linearly() {
    run().settle();
}

mod measured {
    use super::*;

    #[test]
    #[ignore = "run by `cargo xtask reliability`"]
    fn cost() {
        run().settle();
    }
}
