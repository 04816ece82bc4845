//! The law of `list`.

use std::collections::BTreeSet;

use secret_source::{ErrorKind, SecretSource};

use super::verdict::{Law, shown};
use crate::Fixture;

/// A listing is unsupported, or holds what look-ups in its folder give: no less, and nothing of
/// another folder.
pub async fn a_listing_agrees_with_look_ups<S: SecretSource + ?Sized>(
    source: &S,
    fixture: &Fixture,
) {
    let law = Law("a listing agrees with look-ups");
    let secrets = law.secrets(fixture);
    let folders: BTreeSet<_> = secrets
        .iter()
        .map(|(address, _)| address.folder_address())
        .collect();
    for folder in folders {
        let listed = match source.list(&folder).await {
            Ok(listed) => listed,
            Err(error) if error.kind() == ErrorKind::Unsupported => continue,
            Err(error) => law.broken(
                &folder,
                format!("the answer is {} instead of its secrets", shown(&error)),
            ),
        };
        for (address, _) in secrets
            .iter()
            .filter(|(address, _)| address.folder_address() == folder)
        {
            if !listed.iter().any(|(other, _)| other == *address) {
                law.broken(address, "the listing leaves it out, but there is a value");
            }
        }
        for (address, secret) in listed {
            if address.folder_address() != folder {
                law.broken(&address, format!("it is listed in {folder}"));
            }
            let answer = source.get(&address).await;
            law.agree(&address, ("`list`", &Ok(secret)), ("`get`", &answer));
        }
    }
}
