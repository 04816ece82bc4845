//! Standard output, whose reader may be gone.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};

use keyfob::{Diagnostics, Problem};
use serde::Serialize;

use crate::failure::Failure;

/// Writes bytes as they are.
pub(crate) fn raw(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        // `keyfob get … | head -c0`: nobody wants to hear more.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::silent()),
        Err(error) => Err(Failure::broken("cannot write to standard output", &error)),
    }
}

/// Writes one line for a person.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    raw(format!("{}\n", harmless(text)).as_bytes())
}

/// Writes one line for a person to standard error.
pub(crate) fn note(text: &str) {
    eprintln!("keyfob: {}", harmless(text));
}

/// Shows problems, if there are any, to a person on standard error.
pub(crate) fn diagnose(problems: &[Problem]) {
    if !problems.is_empty() {
        eprintln!("{}", diagnostics(problems, &stderr()));
    }
}

/// Prints problems for where they are written.
pub(crate) fn diagnostics<'p>(problems: &'p [Problem], to: &impl IsTerminal) -> Diagnostics<'p> {
    Diagnostics::of(problems).coloured(is_coloured(to))
}

/// Tells whether what is written there may have colours: on a terminal, unless `NO_COLOR` is set (no-color.org).
pub(crate) fn is_coloured(to: &impl IsTerminal) -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    to.is_terminal() && !unwanted
}

/// Replaces what a terminal takes for a command: names come from files and command lines.
pub(crate) fn harmless(text: &str) -> String {
    text.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}")
}

/// Writes a value as JSON, on one line.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string(value)
        .map_err(|error| Failure::broken("cannot print JSON", &error))?;
    line(&text)
}

/// Counts things, as in `1 problem` and `2 problems`.
pub(crate) fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let ending = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{ending}")
}
