//! What a write or a deletion came to, held against what it should have.

use secret_source::{Change, ErrorKind, SecretAddress, SecretError};

use super::Outcome;
use crate::laws::secrecy::shown_of_error;
use crate::laws::verdict::{Law, shown};
use crate::{Canary, find_leak};

impl Law {
    pub(super) fn changed(self, address: &SecretAddress, outcome: &Outcome, expected: Change) {
        match outcome {
            Ok(written) if written.change() == expected => {}
            Ok(written) => {
                let change = written.change();
                self.broken(
                    address,
                    format!("the write reports {change:?} instead of {expected:?}"),
                )
            }
            Err(error) => self.broken(address, format!("the write fails: {}", shown(error))),
        }
    }

    pub(super) fn deleted(self, address: &SecretAddress, outcome: &Result<(), SecretError>) {
        if let Err(error) = outcome {
            self.broken(address, format!("the deletion fails: {}", shown(error)));
        }
    }

    pub(super) fn refused<T>(
        self,
        address: &SecretAddress,
        outcome: &Result<T, SecretError>,
        kind: ErrorKind,
    ) {
        match outcome {
            Err(error) if error.kind() == kind => {}
            Err(error) => self.broken(
                address,
                format!(
                    "the refusal is {} instead of {}",
                    shown(error),
                    kind.as_str()
                ),
            ),
            Ok(_) => self.broken(address, "it succeeds"),
        }
    }

    pub(super) fn not_found<T>(self, address: &SecretAddress, outcome: &Result<T, SecretError>) {
        match outcome {
            Err(error) if error.kind().is_not_found() => {}
            Err(error) => self.broken(
                address,
                format!("the refusal is {} instead of not_found", shown(error)),
            ),
            Ok(_) => self.broken(address, "it succeeds"),
        }
    }

    pub(super) fn as_many(self, asked: usize, outcomes: usize) {
        if asked != outcomes {
            self.broken(
                "a batch",
                format!("{outcomes} outcomes for {asked} entries"),
            );
        }
    }

    pub(super) fn shows_nothing(self, address: &SecretAddress, outcome: &Outcome, value: &Canary) {
        if let Err(error) = outcome
            && find_leak(&shown_of_error(error), [value]).is_some()
        {
            self.broken(address, "the error shows the value");
        }
    }
}
