//! The law of `refresh_many`.

use secret_source::SecretSource;

use super::verdict::Law;
use crate::Fixture;

/// What is looked up anew while nothing changes is what look-ups give, one answer for each address in the
/// order asked.
pub async fn refreshing_agrees_with_look_ups<S: SecretSource + ?Sized>(
    source: &S,
    fixture: &Fixture,
) {
    let law = Law("refreshing agrees with look-ups");
    let secrets = law.secrets(fixture);
    let known = secrets.iter().map(|(address, _)| *address);
    let there_and_back = known.clone().chain([fixture.missing()]).chain(known.rev());
    let asked: Vec<_> = there_and_back.cloned().collect();
    for asked in [asked.as_slice(), &asked[..1], &[]] {
        let answers = source.refresh_many(asked).await;
        law.complete(asked.len(), &answers);
        for (address, refreshed) in asked.iter().zip(&answers) {
            let answer = source.get(address).await;
            law.agree(address, ("`refresh_many`", refreshed), ("`get`", &answer));
        }
    }
}
