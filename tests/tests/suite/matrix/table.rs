//! The outcomes as a table for people.

use super::ERAS;

/// Writes one row for each scenario; where all cells of a row are alike, the outcome stands there once.
pub(crate) fn of(rows: &[(&str, Vec<String>)]) -> String {
    let mut heads = vec!["scenario".to_owned()];
    for era in ERAS {
        heads.extend([format!("{era} list"), format!("{era} get")]);
    }
    let lines: Vec<Vec<&str>> = rows
        .iter()
        .map(|(name, outcomes)| [*name].into_iter().chain(cells(outcomes)).collect())
        .collect();
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        let longest = cells.map(|cell| cell.chars().count()).max();
        longest.unwrap_or(0).max(heads[column].chars().count())
    };
    let widths: Vec<_> = (0..heads.len()).map(width).collect();
    let heads: Vec<_> = heads.iter().map(String::as_str).collect();
    let mut text = String::new();
    for line in [heads].iter().chain(&lines) {
        let padded = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        text.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn cells(outcomes: &[String]) -> Vec<&str> {
    let (first, rest) = outcomes.split_first().unwrap();
    let repeated = rest
        .iter()
        .map(|outcome| if outcome == first { "=" } else { outcome });
    [first.as_str()].into_iter().chain(repeated).collect()
}
