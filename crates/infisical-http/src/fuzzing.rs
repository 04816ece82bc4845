//! The decoding and the judgement of answers, for `fuzz/`.
//!
//! Both are private, and the only public way to them is a request: too slow for a fuzzer, which asks some
//! ten thousand times a second. This is no API: it changes with the code that it leads to.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secret_source::{FolderAddress, Secret, SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::answer::place::Place;
use crate::http::request::Operation;
use crate::http::send::Reply;
use crate::read::found::Found;
use crate::read::listing::Listing;
use crate::read::wire::{GetBody, ListBody};

/// What [`judge`] can be asked about.
pub const OPERATIONS: [&str; 11] = [
    "login",
    "list",
    "tree",
    "get",
    "folders",
    "project",
    "revoke",
    "create",
    "update",
    "delete",
    "create-folder",
];

/// What a key of a list, or a look-up, came to.
pub type Outcome = Result<Secret, SecretError>;

/// Reads the body of a list, and returns the answer for each key in it.
///
/// # Errors
///
/// Fails where the body is no list.
pub fn list(
    body: &[u8],
    unknown_folders_are_empty: bool,
    folder: &FolderAddress,
) -> Result<Vec<(String, Outcome)>, SecretError> {
    let body: ListBody = document(body, place(Some(folder)))?;
    let listing = Listing::new(body, unknown_folders_are_empty);
    let answers = listing.keys().map(|key| {
        let secret = listing.secret(&folder.secret(key), place(Some(folder)));
        (key.to_owned(), secret)
    });
    Ok(answers.collect())
}

/// Reads the body of a look-up by name, and returns the answer for the address.
///
/// # Errors
///
/// Fails where the body holds no secret.
pub fn get(body: &[u8], address: &SecretAddress) -> Result<Outcome, SecretError> {
    let folder = address.folder_address();
    let place = place(Some(&folder));
    let body: GetBody = document(body, place)?;
    Ok(Found::Secret(Box::new(body.secret)).secret(address, place))
}

/// Judges an answer; `None` for a success, and for what is none of [`OPERATIONS`].
///
/// Headers that HTTP does not allow are left out, as no server could send them.
pub fn judge(
    operation: &str,
    status: u16,
    headers: &[(&str, Vec<u8>)],
    body: &[u8],
) -> Option<SecretError> {
    let operation = match operation {
        "login" => Operation::Login,
        "list" => Operation::List,
        "tree" => Operation::Tree,
        "get" => Operation::Get,
        "folders" => Operation::Folders,
        "project" => Operation::Project,
        "revoke" => Operation::Revoke,
        "create" => Operation::Create,
        "update" => Operation::Update,
        "delete" => Operation::Delete,
        "create-folder" => Operation::CreateFolder,
        _ => return None,
    };
    if (200..300).contains(&status) {
        return None;
    }
    let headers: HeaderMap = headers
        .iter()
        .filter_map(|(name, value)| {
            let name = HeaderName::try_from(*name).ok()?;
            Some((name, HeaderValue::from_bytes(value).ok()?))
        })
        .collect();
    let reply = Reply::new(status, &headers, body.to_vec().into());
    Some(Failure::of_reply(operation, &reply).explain(place(None)))
}

fn document<T: serde::de::DeserializeOwned>(
    body: &[u8],
    place: Place<'_>,
) -> Result<T, SecretError> {
    serde_json::from_slice(body).map_err(|error| Failure::not_the_document(&error).explain(place))
}

fn place(folder: Option<&FolderAddress>) -> Place<'_> {
    Place {
        host: "secrets.example",
        project: Some("project"),
        folder,
    }
}
