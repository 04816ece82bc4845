//! `keyfob explain`: where the value of each reference comes from.

use keyfob::{Origin, Report, ResolveSecrets, Stack};

use crate::arguments::{ExplainArguments, Format};
use crate::config_files;
use crate::failure::Failure;
use crate::output;
use crate::table::table;

pub(crate) async fn run(arguments: ExplainArguments) -> Result<(), Failure> {
    let figment = config_files::figment(&arguments.files)?;
    let stack = Stack::from_env()?;
    let resolved = figment.resolve_secrets(&stack).await;
    stack.shutdown().await;
    let resolved = resolved?;
    output::diagnose(resolved.warnings());
    match arguments.format {
        Format::Json => output::json(resolved.report()),
        Format::Text => output::raw(rows(resolved.report()).as_bytes()),
    }
}

/// Lays out a report for people.
pub(crate) fn rows(report: &Report) -> String {
    let rows: Vec<_> = report
        .rows()
        .iter()
        .map(|row| {
            let origin = row.origin().map(short);
            let freshness = row
                .freshness()
                .map(|freshness| freshness.as_str().to_owned());
            let version = row.version().map(|version| version.to_string());
            let age = row.age().map(|age| format!("{} s", age.as_secs()));
            let or = |cell: Option<String>, absent: &str| cell.unwrap_or_else(|| absent.to_owned());
            [
                row.key(),
                or(freshness, "-"),
                or(version, "-"),
                or(age, "-"),
                or(origin, "absent"),
            ]
        })
        .collect();
    table(["KEY", "FRESHNESS", "VERSION", "AGE", "ORIGIN"], &rows)
}

/// Prints an origin without what is the same in every row.
fn short(origin: &Origin) -> String {
    let place: Vec<_> = ["host", "environment", "folder"]
        .into_iter()
        .filter_map(|detail| origin.detail(detail))
        .collect();
    match place.is_empty() {
        true => origin.to_string(),
        false => format!("{} {}", origin.name(), place.join(" ")),
    }
}
