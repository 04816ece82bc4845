//! Laws of what is shown: origins, errors and `Debug`.

use std::error::Error;
use std::num::NonZeroU64;

use secret_source::{Origin, SecretError, SecretSource};

use super::verdict::Law;
use crate::{Canary, Fixture, find_leak};

/// No origin shows a credential of the fixture: neither the source's own nor that of an answer.
pub async fn the_origin_holds_no_credential<S: SecretSource + ?Sized>(
    source: &S,
    fixture: &Fixture,
) {
    let law = Law("the origin holds no credential");
    let holds_none =
        |place: &str, origin: &Origin| check(law, place, &shown_of(origin), fixture.credentials());
    holds_none("`origin()`", &source.origin());
    for (address, _) in law.secrets(fixture) {
        if let Ok(secret) = source.get(address).await {
            holds_none(&address.to_string(), secret.origin());
        }
    }
}

/// Neither `Debug` nor an error nor an origin shows a value or a credential.
///
/// Values of fewer than eight bytes are recognised only as they are.
pub async fn nothing_shown_holds_a_value<S: SecretSource + ?Sized>(source: &S, fixture: &Fixture) {
    let law = Law("nothing shown holds a value");
    let canaries = fixture.canaries();
    for (address, _) in law.secrets(fixture) {
        let asked = [
            address.clone(),
            address.clone().with_version(NonZeroU64::MIN),
            address.clone().with_project(fixture.project_of_nobody()),
            address
                .folder_address()
                .secret("NO_SUCH_SECRET_OF_THE_LAWS"),
        ];
        for address in asked.iter().chain([fixture.missing()]) {
            let text = match source.get(address).await {
                Ok(secret) => format!("{secret:?} {secret:#?} {}", shown_of(secret.origin())),
                Err(error) => shown_of_error(&error),
            };
            check(law, &address.to_string(), &text, &canaries);
        }
        if let Err(error) = source.list(&address.folder_address()).await {
            check(
                law,
                &address.folder_address().to_string(),
                &shown_of_error(&error),
                &canaries,
            );
        }
    }
    check(law, "`origin()`", &shown_of(&source.origin()), &canaries);
    check(
        law,
        "`Debug` of the source",
        &format!("{source:?} {source:#?}"),
        &canaries,
    );
}

fn check(law: Law, place: &str, text: &str, canaries: &[Canary]) {
    if let Some(leak) = find_leak(text, canaries) {
        law.broken(place, leak);
    }
}

fn shown_of(origin: &Origin) -> String {
    format!("{origin} {origin:?}")
}

pub(super) fn shown_of_error(error: &SecretError) -> String {
    let mut text = format!(
        "{error} {error:?} {error:#?} {:?} {}",
        error.hint(),
        error.public_message()
    );
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    text
}
