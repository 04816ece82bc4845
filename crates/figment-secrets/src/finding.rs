//! [`Finding`]: a problem, and where in the tree it was found.

use std::collections::HashMap;
use std::ops::Range;

use figment::Figment;
use figment::value::{Dict, Tag};
use secret_ref::{ParseError, Schemes, SecretRef};
use secret_source::{ErrorKind, Missing, SecretError};

use crate::key_path::KeyPath;
use crate::place::Place;
use crate::quoted::Quoted;
use crate::site::{Site, Spots};
use crate::{Problem, ProblemKind, Severity};

/// Is a problem whose line is not known yet.
pub(crate) struct Finding {
    /// Which string of the tree it is about, counted in the order of the walk.
    ordinal: usize,
    problem: Problem,
    site: Site,
}

/// Says which string of a tree a finding is about.
pub(crate) struct Text<'a> {
    pub(crate) figment: &'a Figment,
    pub(crate) ordinal: usize,
    pub(crate) tag: Tag,
    pub(crate) key: KeyPath,
    pub(crate) text: &'a str,
}

impl Finding {
    /// Describes a text that does not parse as the reference or template it was meant to be.
    pub(crate) fn broken(text: Text<'_>, error: &ParseError) -> Self {
        let kind = ProblemKind::InvalidReference(error.kind());
        let quoted = Quoted::broken(error);
        let message = match quoted.marked() {
            "" => error.kind().to_string(),
            part => format!("{}: `{part}`", error.kind()),
        };
        let advice = (message, error.hint().to_owned());
        text.finding(kind, advice, error.quoted(), quoted)
    }

    /// Describes a text whose scheme is nearly a registered one. The text itself may be a password.
    pub(crate) fn near_scheme(text: Text<'_>, written: &str, registered: &str) -> Self {
        let start = text.text.find(written).unwrap_or_default();
        let span = start..start + written.len();
        let message =
            format!("`{written}` is not a registered scheme, so the text is used as it is");
        let advice = (message, format!("did you mean `{registered}://`?"));
        let quoted = Quoted {
            reference: format!("{written}://…"),
            mark: 0..written.len(),
        };
        let mut finding = text.finding(ProblemKind::NearScheme, advice, span, quoted);
        finding.problem.severity = Severity::Warning;
        finding
    }

    /// Describes a reference that could not be answered, the one with this number in its text.
    pub(crate) fn unanswered(
        text: Text<'_>,
        number: usize,
        schemes: &Schemes,
        reference: &SecretRef,
        error: SecretError,
    ) -> Self {
        let span = schemes
            .spans(text.text)
            .into_iter()
            .nth(number)
            .unwrap_or_default();
        let quoted = Quoted::to_blame(
            text.text.get(span.clone()).unwrap_or_default(),
            error.code(),
        );
        // The message of a reference that never became an address begins with it.
        let message = error
            .message()
            .strip_prefix(&format!("{reference}: "))
            .unwrap_or(error.message());
        let hint = error.hint().unwrap_or(remedy(error.kind()));
        let advice = (message.to_owned(), hint.to_owned());
        let mut finding = text.finding(ProblemKind::Lookup(error.kind()), advice, span, quoted);
        finding.problem.code = error.code();
        finding.problem.error = Some(error);
        finding
    }

    /// Finds out the lines, and puts the problems in the order of their files.
    pub(crate) fn settle(figment: &Figment, findings: Vec<Self>) -> Vec<Problem> {
        let mut spots = Spots::new(figment);
        let mut findings = findings;
        findings.sort_by_key(|finding| finding.ordinal);
        let mut problems: Vec<Problem> = findings
            .into_iter()
            .map(
                |Self {
                     mut problem, site, ..
                 }| {
                    if let Some(spot) = spots.find(&site) {
                        problem.line = Some(spot.line);
                        problem.column = Some(spot.column);
                        problem.lead = Some(spot.lead);
                    }
                    problem
                },
            )
            .collect();
        sort_by_place(&mut problems);
        problems
    }
}

impl<'a> Text<'a> {
    /// Names the string at a key of a tree.
    pub(crate) fn at(
        figment: &'a Figment,
        tree: &'a Dict,
        ordinal: usize,
        tag: Tag,
        key: &KeyPath,
    ) -> Self {
        Self {
            figment,
            ordinal,
            tag,
            text: key.text_in(tree).unwrap_or_default(),
            key: key.clone(),
        }
    }

    /// Describes a problem of this text, which has no code of its own.
    pub(crate) fn finding(
        self,
        kind: ProblemKind,
        (message, hint): (String, String),
        span: Range<usize>,
        quoted: Quoted,
    ) -> Finding {
        let place = Place::of_tag(self.figment, self.tag);
        let problem = Problem {
            key: Some(self.key.to_string()),
            file: place.file,
            place: place.shown,
            reference: Some(quoted.reference),
            mark: Some((quoted.mark.start, quoted.mark.end)),
            message,
            hint: Some(hint),
            ..Problem::without_place(kind)
        };
        Finding {
            ordinal: self.ordinal,
            problem,
            site: Site {
                tag: self.tag,
                key: self.key,
                text: self.text.to_owned(),
                span,
            },
        }
    }
}

/// Puts what is in one file together, each in the order of its lines. The files, and what is in none, keep the order of
/// their first keys.
pub(crate) fn sort_by_place(problems: &mut [Problem]) {
    let mut ranks = HashMap::new();
    for problem in problems.iter() {
        let next = ranks.len();
        ranks.entry(problem.place.clone()).or_insert(next);
    }
    let end = (usize::MAX, usize::MAX);
    problems.sort_by_key(|problem| {
        let position = problem.line.zip(problem.column).unwrap_or(end);
        (ranks.get(&problem.place).copied(), position)
    });
}

/// Says what to do about a failure whose source gave no better advice.
fn remedy(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound(Missing::Folder) => "correct the folder's path, or create the folder",
        ErrorKind::NotFound(_) => {
            "create the secret, or say in the reference what to do without it: `optional`, `default=…`"
        }
        ErrorKind::Denied => {
            "let the identity read this folder, or refer to a secret that it may read"
        }
        ErrorKind::Unauthenticated => "check the credentials that the source logs in with",
        ErrorKind::RateLimited => "try again later, or ask for fewer secrets at a time",
        ErrorKind::Unavailable => "check that the source can be reached, then try again",
        ErrorKind::Unsupported => "remove from the reference what this source does not know",
        ErrorKind::Protocol => {
            "check the stored value, and that the address is that of the intended server"
        }
        _ => "correct the reference",
    }
}
