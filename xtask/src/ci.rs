//! `cargo xtask ci`: runs the steps, tells what they cost, and ends with a count.

use std::time::{Duration, Instant};

use crate::command_line::Selection;
use crate::failure::Failure;
use crate::limited::{Ending, Runner};
use crate::step::{FETCH, STEPS, Step};
use crate::workspace::Workspace;

/// Runs the selected steps in the order of the table, to the first failure or, when told, to the end.
pub(crate) fn run(workspace: &Workspace, selection: &Selection) -> Result<(), Failure> {
    let steps = select(&selection.only)?;
    if selection.list {
        for step in steps {
            println!(
                "{:<8} {:>5} s   {}",
                step.name,
                step.limit().as_secs(),
                step.line()
            );
        }
        return Ok(());
    }

    let runner = Runner::new();
    runner.take_interrupts()?;
    let mut outcomes = Vec::new();
    let mut fetched = false;
    for step in &steps {
        println!("\n--- {}: {}", step.name, step.line());
        let begin = Instant::now();
        let problem = attempt(workspace, &runner, step, fetched);
        let outcome = Outcome {
            step,
            time: begin.elapsed(),
            problem,
        };
        println!("--- {}", outcome.sentence());
        let (failed, interrupted) = (
            outcome.problem.is_some(),
            matches!(outcome.problem, Some(Problem::Interrupted)),
        );
        outcomes.push(outcome);
        if interrupted || (failed && !selection.keep_going) {
            break;
        }
        fetched |= step.name == FETCH && !failed;
    }
    summarise(&outcomes, steps.len())
}

fn select(only: &[String]) -> Result<Vec<&'static Step>, Failure> {
    for name in only {
        if !STEPS.iter().any(|step| step.name == name) {
            let known = STEPS
                .iter()
                .map(|step| step.name)
                .collect::<Vec<_>>()
                .join(", ");
            return Err(Failure::new(format!(
                "there is no step `{name}`; the steps are {known}"
            )));
        }
    }
    Ok(STEPS
        .iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step.name))
        .collect())
}

fn attempt(workspace: &Workspace, runner: &Runner, step: &Step, offline: bool) -> Option<Problem> {
    match runner.run(step.command(workspace, offline), step.limit()) {
        Ok(Ending::Exited(status)) if status.success() => None,
        Ok(Ending::Exited(status)) => Some(Problem::Failed(status.to_string())),
        Ok(Ending::OverLimit) => Some(Problem::OverLimit),
        Ok(Ending::Interrupted) => Some(Problem::Interrupted),
        Err(error) => Some(Problem::Failed(format!("could not be started: {error}"))),
    }
}

#[derive(Debug)]
enum Problem {
    Failed(String),
    OverLimit,
    Interrupted,
}

#[derive(Debug)]
struct Outcome<'a> {
    step: &'a Step,
    time: Duration,
    problem: Option<Problem>,
}

impl Outcome<'_> {
    fn sentence(&self) -> String {
        let (name, seconds) = (self.step.name, self.time.as_secs_f64());
        match &self.problem {
            None => format!("{name} passed in {seconds:.1} s"),
            Some(Problem::Failed(how)) => format!("{name} FAILED after {seconds:.1} s ({how})"),
            Some(Problem::OverLimit) => {
                let limit = self.step.limit().as_secs();
                format!(
                    "{name} FAILED: it was over its limit of {limit} s and was ended with all it had started"
                )
            }
            Some(Problem::Interrupted) => format!("{name} was interrupted after {seconds:.1} s"),
        }
    }
}

/// Prints the times, how to repeat each failure, and the closing line.
fn summarise(outcomes: &[Outcome<'_>], selected: usize) -> Result<(), Failure> {
    println!();
    for outcome in outcomes {
        println!("{}", outcome.sentence());
    }
    let failed = outcomes
        .iter()
        .filter(|outcome| outcome.problem.is_some())
        .collect::<Vec<_>>();
    for outcome in &failed {
        let step = outcome.step;
        println!(
            "\nto repeat {0}:  cargo xtask ci --only {0}\n           or:  {1}",
            step.name,
            step.line()
        );
    }
    println!(
        "\n{}",
        closing_line(
            outcomes.len() - failed.len(),
            failed.len(),
            selected - outcomes.len()
        )
    );
    match failed.as_slice() {
        [] => Ok(()),
        failed => {
            let names = failed
                .iter()
                .map(|outcome| outcome.step.name)
                .collect::<Vec<_>>()
                .join(", ");
            Err(Failure::new(format!("failed: {names}")))
        }
    }
}

fn closing_line(passed: usize, failed: usize, skipped: usize) -> String {
    let line = format!("{passed} passed, {failed} failed");
    if skipped == 0 {
        line
    } else {
        format!("{line}, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_keep_the_order_of_the_table_however_they_are_named() {
        let steps = select(&["tidy".into(), "fmt".into()]).unwrap();
        assert_eq!(
            steps.iter().map(|step| step.name).collect::<Vec<_>>(),
            ["fmt", "tidy"]
        );
    }

    #[test]
    fn an_unknown_step_is_answered_with_the_known_ones() {
        let message = select(&["lint".into()]).unwrap_err().to_string();
        assert!(
            message.contains("`lint`") && message.contains("clippy, test, schedules"),
            "{message}"
        );
    }

    #[test]
    fn a_failure_makes_the_run_fail() {
        let outcome = |problem| Outcome {
            step: &STEPS[0],
            time: Duration::ZERO,
            problem,
        };
        assert!(summarise(&[outcome(None)], 1).is_ok());
        assert!(summarise(&[outcome(None), outcome(Some(Problem::OverLimit))], 2).is_err());
        assert!(summarise(&[outcome(Some(Problem::Interrupted))], 2).is_err());
    }

    #[test]
    fn the_closing_line_counts_what_was_not_reached() {
        assert_eq!(closing_line(9, 0, 0), "9 passed, 0 failed");
        assert_eq!(closing_line(3, 1, 5), "3 passed, 1 failed, 5 skipped");
    }

    #[test]
    fn a_step_over_its_limit_says_what_the_limit_was() {
        let outcome = Outcome {
            step: &STEPS[1],
            time: Duration::from_secs(61),
            problem: Some(Problem::OverLimit),
        };
        assert!(
            outcome.sentence().contains("limit of 60 s"),
            "{}",
            outcome.sentence()
        );
    }
}
