//! References that callers write as text.

use secret_ref::{FolderRef, ParseError, SecretRef};
use secret_source::SecretError;

pub(crate) fn reference(text: &str) -> Result<SecretRef, SecretError> {
    SecretRef::parse(text).map_err(malformed)
}

pub(crate) fn folder(text: &str) -> Result<FolderRef, SecretError> {
    FolderRef::parse(text).map_err(malformed)
}

fn malformed(error: ParseError) -> SecretError {
    SecretError::invalid(error.to_string())
        .with_code(error.kind().code())
        .with_hint(error.hint())
}
