//! `keyfob check`: whether everything a configuration needs can be had, without showing any of it.

use std::io::stdout;

use keyfob::{Problem, ResolveSecrets, Severity, Stack};
use serde::Serialize;

use crate::arguments::{CheckArguments, Format};
use crate::config_files;
use crate::failure::Failure;
use crate::output::{self, counted};

#[derive(Serialize)]
struct Outcome {
    ok: bool,
    references: usize,
    problems: Vec<Problem>,
}

pub(crate) async fn run(arguments: CheckArguments) -> Result<(), Failure> {
    let figment = config_files::figment(&arguments.files)?;
    let stack = Stack::from_env()?;
    // A scheme that is nearly a registered one is a warning elsewhere and a problem here.
    let (references, mut problems) = match figment.resolve_secrets(&stack).await {
        Ok(resolved) => (resolved.report().rows().len(), resolved.warnings().to_vec()),
        Err(error) => (error.references(), error.all()),
    };
    stack.shutdown().await;
    for problem in &mut problems {
        problem.severity = Severity::Error;
    }
    let outcome = Outcome {
        ok: problems.is_empty(),
        references,
        problems,
    };
    match arguments.format {
        Format::Json => output::json(&outcome)?,
        Format::Text => output::raw(format!("{}\n", text(&outcome)).as_bytes())?,
    }
    if outcome.ok {
        Ok(())
    } else {
        Err(Failure::silent())
    }
}

fn text(outcome: &Outcome) -> String {
    if outcome.ok {
        return format!("ok: {}", counted(outcome.references, "reference"));
    }
    let references = counted(outcome.references, "reference");
    let problems = counted(outcome.problems.len(), "problem");
    format!(
        "{}\n\n{problems} in {references}",
        output::diagnostics(&outcome.problems, &stdout())
    )
}
