//! [`ContractError`]: everything that is wrong with a contract, with its place.

use std::error::Error;
use std::fmt;

use serde::Serialize;

/// Lists everything that is wrong with a contract, in the order of the file. It quotes nothing but names.
#[derive(Clone)]
pub struct ContractError {
    faults: Vec<ContractFault>,
}

/// Describes one thing that is wrong with a contract, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ContractFault {
    /// The file.
    pub file: String,
    /// The line, counted from 1; `None` where the file could not be read.
    pub line: Option<usize>,
    /// The column in characters, counted from 1.
    pub column: Option<usize>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do, in one sentence.
    pub hint: String,
}

impl ContractError {
    /// Takes at least one fault.
    pub(crate) fn new(faults: Vec<ContractFault>) -> Self {
        Self { faults }
    }

    /// Returns the faults in the order of the file; at least one.
    pub fn faults(&self) -> &[ContractFault] {
        &self.faults
    }
}

/// Prints each fault, with its hint on a line of its own.
impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            write!(f, "{}{fault}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

/// Prints what `Display` prints, since this is what `fn main() -> Result<(), _>` shows.
impl fmt::Debug for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for ContractError {}

/// Prints `file:line:column: message`, and the hint on a line of its own.
impl fmt::Display for ContractFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        write!(f, ": {}\n  hint: {}", self.message, self.hint)
    }
}
