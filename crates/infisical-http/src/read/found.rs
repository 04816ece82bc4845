//! [`Found`]: what a job of a batch brought back.

use std::sync::Arc;

use secret_ref::SecretType;
use secret_source::{Missing, Origin, Secret, SecretAddress, SecretError};

use crate::answer::place::Place;
use crate::read::kept_lists::{KeptList, Validator};
use crate::read::listing::{IMPORTED, Listing};
use crate::read::wire::Row;

/// Holds the answer to a job.
pub(crate) enum Found {
    /// What a folder holds.
    Folder(Listing),
    /// What was handed out of a folder before, and still stands.
    Unchanged(Arc<KeptList>),
    /// One secret.
    Secret(Box<Row>),
}

impl Found {
    /// Returns the secret of one address.
    pub(crate) fn secret(
        &self,
        address: &SecretAddress,
        place: Place<'_>,
    ) -> Result<Secret, SecretError> {
        match self {
            Self::Folder(listing) => listing.secret(address, place),
            Self::Unchanged(kept) => kept.renewed(address.key()).unwrap_or_else(|| {
                let message = "the server confirmed a list that this key is not of";
                Err(SecretError::protocol(message))
            }),
            Self::Secret(row) => single(row, address, place),
        }
    }

    /// Tells whether the folder that was asked certainly exists, and its environment with it.
    pub(crate) fn shows_the_folder(&self) -> bool {
        match self {
            Self::Folder(listing) => !listing.may_not_exist,
            Self::Secret(_) | Self::Unchanged(_) => true,
        }
    }

    /// Returns what the server calls the state of the list, where that says all about its values.
    pub(crate) fn validator(&self) -> Option<&Validator> {
        match self {
            Self::Folder(listing) => listing.validator.as_ref(),
            _ => None,
        }
    }
}

/// Makes a secret of the answer to a look-up by name, which must be about what was asked for.
fn single(row: &Row, address: &SecretAddress, place: Place<'_>) -> Result<Secret, SecretError> {
    // A server, or a proxy before it, that takes one name for another must not go unnoticed.
    if row.secret_key != address.key() {
        return Err(SecretError::protocol(
            "the server answered with another secret than was asked for",
        )
        .with_hint(format!(
            "check that no proxy answers in place of {}",
            place.host
        )));
    }
    if let Some(version) = address.version()
        && row.version != Some(version.get())
    {
        return Err(
            SecretError::unsupported("the server gave another version than was asked for")
                .with_hint("servers before April 2025 know the current version only"),
        );
    }
    if (address.secret_type() == SecretType::Personal) != row.is_personal() {
        return Err(SecretError::not_found(Missing::Secret)
            .with_hint("there is a value of another type (shared or personal) only"));
    }
    row.secret(origin(row, address, place), place)
}

/// Names where a row came from. A server of 2024 gives an imported one the environment of its folder, and no
/// folder; what was asked for is then not where it is.
fn origin(row: &Row, address: &SecretAddress, place: Place<'_>) -> Origin {
    let environment = row.environment.as_deref();
    let is_elsewhere = environment.is_some_and(|environment| environment != address.environment());
    let folder = match row.secret_path.as_deref() {
        None if is_elsewhere || row.is_from_an_unnamed_folder() => Some(IMPORTED),
        folder => folder,
    };
    place.origin(environment, folder)
}
