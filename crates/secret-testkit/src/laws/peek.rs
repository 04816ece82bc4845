//! The law of `peek`.

use std::num::NonZeroU64;

use secret_ref::SecretType;
use secret_source::SecretSource;

use super::verdict::Law;
use crate::Fixture;

/// What `peek` gives is what `get` gives, before and after a look-up. It may always give nothing.
pub async fn peeking_agrees_with_look_ups<S: SecretSource + ?Sized>(source: &S, fixture: &Fixture) {
    let law = Law("peeking agrees with look-ups");
    let plain = fixture.addresses().chain([fixture.missing()]);
    let asked = plain.flat_map(|address| {
        [
            address.clone(),
            address.clone().with_version(NonZeroU64::MIN),
            address.clone().with_type(SecretType::Personal),
            address.clone().with_project(fixture.project_of_nobody()),
        ]
    });
    for address in asked {
        let before = source.peek(&address);
        let answer = source.get(&address).await;
        for peeked in [before, source.peek(&address)].into_iter().flatten() {
            law.agree(&address, ("`peek`", &Ok(peeked)), ("`get`", &answer));
        }
    }
}
