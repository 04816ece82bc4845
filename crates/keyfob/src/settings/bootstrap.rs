//! Why a setting of ours cannot itself be a reference.

use secret_ref::{ConfigText, Schemes};

use super::form::Complaint;

/// Refuses references, templates and what was probably meant as one.
pub(crate) fn refuse_references(text: &str, schemes: &Schemes) -> Result<(), Complaint> {
    match schemes.read(text) {
        Ok(ConfigText::Plain) => Ok(()),
        _ => Err(Complaint::new(
            "the value is a reference, and references cannot be resolved before this is known",
        )
        .hint_at(
            "write the value itself, or put it into a file and name that in the `_FILE` variant",
        )),
    }
}
