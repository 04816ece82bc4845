//! [`Law`]: how a broken law is told.

use std::fmt;

use secret_source::{ExposeSecret, Secret, SecretAddress, SecretError};

use crate::Fixture;

pub(super) type Answer = Result<Secret, SecretError>;

/// Names a law in the sentence that says it is broken.
#[derive(Clone, Copy)]
pub(super) struct Law(pub(super) &'static str);

impl Law {
    /// Ends the test. This is what the crate is for, so here a library panics on purpose.
    pub(super) fn broken(self, place: impl fmt::Display, seen: impl fmt::Display) -> ! {
        panic!("the law `{}` is broken at {place}: {seen}", self.0)
    }

    /// Insists on this value.
    pub(super) fn holds_value(self, address: &SecretAddress, answer: &Answer, value: &str) {
        match answer {
            Ok(secret) if secret.value().expose_secret() == value => {}
            Ok(_) => self.broken(address, "the answer is another value than the fixture says"),
            Err(error) => self.broken(
                address,
                format!("the answer is {}, but there is a value", shown(error)),
            ),
        }
    }

    /// Insists on "not found".
    pub(super) fn holds_nothing(self, address: &SecretAddress, answer: &Answer) {
        match answer {
            Err(error) if error.kind().is_not_found() => {}
            Err(error) => self.broken(
                address,
                format!("the answer is {} instead of not_found", shown(error)),
            ),
            Ok(_) => self.broken(
                address,
                "the answer is a value, but there is no such secret",
            ),
        }
    }

    /// Insists that two answers are the same value, or errors of the same kind.
    pub(super) fn agree(
        self,
        address: &SecretAddress,
        one: (&str, &Answer),
        other: (&str, &Answer),
    ) {
        let same = match (one.1, other.1) {
            (Ok(one), Ok(other)) => one.value().expose_secret() == other.value().expose_secret(),
            // How much a source knows about what is missing may differ.
            (Err(one), Err(other)) => one.kind().as_str() == other.kind().as_str(),
            _ => false,
        };
        if !same {
            let (first, second) = (outcome(one.1), outcome(other.1));
            let difference = if first == second {
                "another value"
            } else {
                second.as_str()
            };
            self.broken(
                address,
                format!("{} gives {first} and {} gives {difference}", one.0, other.0),
            );
        }
    }

    /// Insists on one answer for each address.
    pub(super) fn complete(self, asked: usize, answers: &[Answer]) {
        if answers.len() != asked {
            self.broken(
                "a batch",
                format!("{} answers for {asked} addresses", answers.len()),
            );
        }
    }

    /// Returns what the fixture holds, which must be something.
    pub(super) fn secrets(self, fixture: &Fixture) -> Vec<(&SecretAddress, &str)> {
        let secrets: Vec<_> = fixture.values().collect();
        if secrets.is_empty() {
            self.broken("the fixture", "it names no secret, so nothing can be tried");
        }
        secrets
    }
}

/// Shows the kind of an error and not its message, which is the source's own and may hold anything.
pub(super) fn shown(error: &SecretError) -> String {
    format!("an error of kind {}", error.kind().as_str())
}

pub(super) fn outcome(answer: &Answer) -> String {
    match answer {
        Ok(_) => "a value".to_owned(),
        Err(error) => shown(error),
    }
}
