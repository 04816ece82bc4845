//! [`Plan`]: a configuration between the walk that finds its references and the answers to them.

use std::collections::VecDeque;

use figment::Figment;
use figment::value::Dict;
use secret_ref::{Part, Schemes, SecretRef};
use secret_source::{Secret, SecretError};

use crate::effective::Effective;
use crate::filling::{Filled, Filling, fill};
use crate::finding::{Finding, Text};
use crate::leaf::Piece;
use crate::occurrence::{Findings, Occurrence, search};
use crate::{Report, ResolveError, Resolved, Row};

/// What a resolver says to one reference.
pub(crate) type Answer = Result<Option<Secret>, SecretError>;

/// Holds the effective tree of a configuration and all that was found in it.
pub(crate) struct Plan {
    figment: Figment,
    tree: Dict,
    findings: Findings,
}

impl Plan {
    /// Walks the effective tree of the selected profile.
    pub(crate) fn read(figment: Figment, schemes: &Schemes) -> Result<Self, ResolveError> {
        let tree = figment.find_value("")?.into_dict().unwrap_or_default();
        let findings = search(&figment, &tree, schemes);
        Ok(Self {
            figment,
            tree,
            findings,
        })
    }

    /// Returns every reference, in the order in which [`finish`](Self::finish) takes the answers.
    pub(crate) fn references(&self) -> Vec<&SecretRef> {
        self.findings
            .occurrences
            .iter()
            .flat_map(Occurrence::references)
            .collect()
    }

    /// Writes the answers into the tree, or reports everything that is wrong.
    pub(crate) fn finish(
        self,
        answers: Vec<Answer>,
        schemes: &Schemes,
    ) -> Result<Resolved, ResolveError> {
        let Self {
            figment,
            tree,
            findings:
                Findings {
                    occurrences,
                    mut problems,
                    warnings,
                },
        } = self;
        let references = answers.len() + problems.len();
        let mut answers = VecDeque::from(answers);
        let mut rows = Vec::with_capacity(answers.len());
        let mut fillings = Vec::with_capacity(occurrences.len());
        for occurrence in occurrences {
            let Occurrence {
                ordinal,
                key,
                tag,
                parts,
            } = occurrence;
            let mut number = 0;
            let mut take = |reference, problems: &mut Vec<_>| {
                let answer = answers.pop_front().unwrap_or_else(unanswered);
                let secret = answer.unwrap_or_else(|error| {
                    let text = Text::at(&figment, &tree, ordinal, tag, &key);
                    problems.push(Finding::unanswered(
                        text, number, schemes, &reference, error,
                    ));
                    None
                });
                number += 1;
                rows.push(Row::new(key.clone(), reference, secret.as_ref()));
                secret.map(Piece::Secret)
            };
            // Every part is taken, those behind a missing one too: each has an answer waiting.
            let pieces: Vec<_> = parts
                .into_iter()
                .map(|part| match part {
                    Part::Text(text) => Some(Piece::Text(text)),
                    Part::Reference(reference) => take(reference, &mut problems),
                })
                .collect();
            let pieces = pieces.into_iter().collect();
            fillings.push(Filling {
                ordinal,
                key,
                pieces,
            });
        }
        if !problems.is_empty() {
            let [problems, warnings] =
                [problems, warnings].map(|findings| Finding::settle(&figment, findings));
            return Err(ResolveError::new(problems, warnings, references));
        }
        let warnings = Finding::settle(&figment, warnings);
        let Filled { tree, leaves } = fill(tree, fillings);
        tracing::debug!(
            references,
            secrets = leaves.len(),
            "secrets written into the configuration"
        );
        let effective = Effective::new(tree, leaves, figment);
        Ok(Resolved::new(effective, Report::new(rows), warnings))
    }
}

fn unanswered() -> Answer {
    Err(SecretError::protocol(
        "the resolver left this reference unanswered",
    ))
}
