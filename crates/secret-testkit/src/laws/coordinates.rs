//! Laws of coordinates: what a source cannot honour it refuses, and never ignores.

use std::num::NonZeroU64;

use secret_ref::SecretType;
use secret_source::{ErrorKind, ExposeSecret, SecretAddress, SecretSource};

use super::verdict::{Answer, Law, shown};
use crate::Fixture;

/// A version is refused, unless the fixture says that the source knows versions.
pub async fn versions_are_refused<S: SecretSource + ?Sized>(source: &S, fixture: &Fixture) {
    let law = Law("versions are refused where there are none");
    for (address, _) in law.secrets(fixture) {
        let address = address.clone().with_version(NonZeroU64::MIN);
        refused_unless(law, source, &address, fixture.has_versions()).await;
    }
}

/// A personal value is refused, unless the fixture says that the source knows personal values.
pub async fn personal_values_are_refused<S: SecretSource + ?Sized>(source: &S, fixture: &Fixture) {
    let law = Law("personal values are refused where there are none");
    for (address, _) in law.secrets(fixture) {
        let address = address.clone().with_type(SecretType::Personal);
        refused_unless(law, source, &address, fixture.has_personal_values()).await;
    }
}

/// Another project's secret is never answered with the value of the same name in one's own.
pub async fn foreign_projects_are_refused<S: SecretSource + ?Sized>(source: &S, fixture: &Fixture) {
    let law = Law("foreign projects are refused");
    for (address, value) in law.secrets(fixture) {
        let foreign = address.clone().with_project(fixture.project_of_nobody());
        for answer in answers(source, &foreign).await {
            match answer {
                Ok(secret) if secret.value().expose_secret() == value => {
                    law.broken(&foreign, "the answer is the value of another project");
                }
                Ok(_) => law.broken(&foreign, "the answer is a value"),
                Err(error) if refuses(error.kind()) => {}
                Err(error) => law.broken(
                    &foreign,
                    format!(
                        "the answer is {} instead of unsupported, not_found, invalid or denied",
                        shown(&error)
                    ),
                ),
            }
        }
    }
}

fn refuses(kind: ErrorKind) -> bool {
    use ErrorKind::{Denied, Invalid, NotFound, Unsupported};
    matches!(kind, Unsupported | NotFound(_) | Invalid | Denied)
}

async fn refused_unless<S: SecretSource + ?Sized>(
    law: Law,
    source: &S,
    address: &SecretAddress,
    is_supported: bool,
) {
    for answer in answers(source, address).await {
        match answer {
            Err(error) if error.kind() == ErrorKind::Unsupported && !is_supported => {}
            Err(error) if error.kind().is_not_found() && is_supported => {}
            Ok(_) if is_supported => {}
            Ok(_) => law.broken(address, "the answer is a value instead of unsupported"),
            Err(error) => {
                let expected = if is_supported {
                    "a value or not_found"
                } else {
                    "unsupported"
                };
                law.broken(
                    address,
                    format!("the answer is {} instead of {expected}", shown(&error)),
                );
            }
        }
    }
}

/// Asks in every way there is.
async fn answers<S: SecretSource + ?Sized>(source: &S, address: &SecretAddress) -> Vec<Answer> {
    let mut answers: Vec<_> = source.peek(address).map(Ok).into_iter().collect();
    answers.push(source.get(address).await);
    answers.extend(source.get_many(std::slice::from_ref(address)).await);
    answers
}
