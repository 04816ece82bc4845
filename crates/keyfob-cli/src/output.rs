//! Standard output, whose reader may be gone.

use std::fmt::Display;
use std::io::{ErrorKind, Write, stdout};

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
