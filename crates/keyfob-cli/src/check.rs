//! `keyfob check`: whether everything a configuration needs can be had, without showing any of it.

use keyfob::{Problem, ResolveSecrets, Stack};
use serde::Serialize;

use crate::arguments::{CheckArguments, Format};
use crate::config_files;
use crate::failure::{Failure, paragraph};
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
    let (references, problems) = match figment.resolve_secrets(&stack).await {
        Ok(resolved) => (resolved.report().rows().len(), resolved.warnings().to_vec()),
        Err(error) => (
            error.references(),
            [error.problems(), error.warnings()].concat(),
        ),
    };
    stack.shutdown().await;
    let outcome = Outcome {
        ok: problems.is_empty(),
        references,
        problems,
    };
    match arguments.format {
        Format::Json => output::json(&outcome)?,
        Format::Text => output::line(&text(&outcome))?,
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
    let mut text: String = outcome
        .problems
        .iter()
        .map(|problem| format!("{}\n\n", paragraph(problem)))
        .collect();
    let references = counted(outcome.references, "reference");
    text.push_str(&format!(
        "{} in {references}",
        counted(outcome.problems.len(), "problem")
    ));
    text
}
