//! The laws of `list` and `list_recursive`.

use std::collections::BTreeSet;

use secret_ref::FolderPath;
use secret_source::{ErrorKind, FolderAddress, Secret, SecretAddress, SecretError, SecretSource};

use super::verdict::{Law, shown};
use crate::Fixture;

/// A listing is unsupported, or holds what look-ups in its folder give: no less, and nothing of
/// another folder.
pub async fn a_listing_agrees_with_look_ups<S: SecretSource + ?Sized>(
    source: &S,
    fixture: &Fixture,
) {
    let law = Law("a listing agrees with look-ups");
    for folder in folders(law, fixture) {
        let listed = source.list(&folder).await;
        let within = |address: &SecretAddress| address.folder_address() == folder;
        agrees(law, source, fixture, &folder, listed, within).await;
    }
}

/// A recursive listing is unsupported, or holds what look-ups in its folder and in the folders beneath
/// it give: no less, and nothing of a folder elsewhere, whose name may begin alike.
pub async fn a_recursive_listing_agrees_with_look_ups<S: SecretSource + ?Sized>(
    source: &S,
    fixture: &Fixture,
) {
    let law = Law("a recursive listing agrees with look-ups");
    for folder in folders(law, fixture) {
        let listed = source.list_recursive(&folder).await;
        let within = |address: &SecretAddress| is_at_or_beneath(address, &folder);
        agrees(law, source, fixture, &folder, listed, within).await;
    }
}

fn folders(law: Law, fixture: &Fixture) -> BTreeSet<FolderAddress> {
    let secrets = law.secrets(fixture).into_iter();
    secrets
        .map(|(address, _)| address.folder_address())
        .collect()
}

async fn agrees<S: SecretSource + ?Sized>(
    law: Law,
    source: &S,
    fixture: &Fixture,
    folder: &FolderAddress,
    listed: Result<Vec<(SecretAddress, Secret)>, SecretError>,
    within: impl Fn(&SecretAddress) -> bool,
) {
    let listed = match listed {
        Ok(listed) => listed,
        Err(error) if error.kind() == ErrorKind::Unsupported => return,
        Err(error) => law.broken(
            folder,
            format!("the answer is {} instead of its secrets", shown(&error)),
        ),
    };
    for address in fixture.addresses().filter(|address| within(address)) {
        match listed.iter().filter(|(other, _)| other == address).count() {
            0 => law.broken(address, "the listing leaves it out, but there is a value"),
            1 => {}
            _ => law.broken(address, "the listing holds it more than once"),
        }
    }
    for (address, secret) in listed {
        if !within(&address) {
            law.broken(&address, format!("it is listed in {folder}"));
        }
        let answer = source.get(&address).await;
        law.agree(&address, ("the listing", &Ok(secret)), ("`get`", &answer));
    }
}

fn is_at_or_beneath(address: &SecretAddress, folder: &FolderAddress) -> bool {
    let place = |folder: &FolderAddress| {
        let project = folder.project().map(str::to_owned);
        (
            folder.scheme().to_owned(),
            project,
            folder.environment().to_owned(),
        )
    };
    let path = |path: &str| FolderPath::parse(path).unwrap_or_default();
    place(&address.folder_address()) == place(folder)
        && path(address.folder()).starts_with(&path(folder.path()))
}
