//! Laws of batches.

use secret_source::{SecretAddress, SecretSource};

use super::verdict::{Answer, Law};
use crate::Fixture;

/// How many addresses a big batch has.
const BIG: usize = 1000;

/// Every answer stands where its address stood, however often and in whatever order it was asked for.
pub async fn answers_come_in_the_order_asked<S: SecretSource + ?Sized>(
    source: &S,
    fixture: &Fixture,
) {
    let law = Law("answers come in the order asked");
    let secrets = law.secrets(fixture);
    let there_and_back = secrets.iter().chain(secrets.iter().rev());
    let twice_each = secrets.iter().flat_map(|secret| [secret, secret]);
    let asked: Vec<_> = there_and_back.chain(twice_each).copied().collect();
    let answers = ask(law, source, asked.iter().map(|(address, _)| *address)).await;
    for ((address, value), answer) in asked.iter().zip(&answers) {
        law.holds_value(address, answer, value);
    }
}

/// A missing secret fails its own entry of a batch and no other.
pub async fn one_failure_stays_alone<S: SecretSource + ?Sized>(source: &S, fixture: &Fixture) {
    let law = Law("one failure stays alone");
    let secrets = law.secrets(fixture);
    for at in 0..=secrets.len() {
        let mut asked: Vec<_> = secrets
            .iter()
            .map(|(address, value)| (*address, Some(*value)))
            .collect();
        asked.insert(at, (fixture.missing(), None));
        let answers = ask(law, source, asked.iter().map(|(address, _)| *address)).await;
        for ((address, value), answer) in asked.iter().zip(&answers) {
            match value {
                Some(value) => law.holds_value(address, answer, value),
                None => law.holds_nothing(address, answer),
            }
        }
    }
}

/// A look-up gives the same alone, in a batch of one and in a batch of all.
pub async fn a_batch_agrees_with_single_look_ups<S: SecretSource + ?Sized>(
    source: &S,
    fixture: &Fixture,
) {
    let law = Law("a batch agrees with single look-ups");
    let asked: Vec<_> = fixture.addresses().chain([fixture.missing()]).collect();
    let together = ask(law, source, asked.iter().copied()).await;
    for (address, in_all) in asked.into_iter().zip(&together) {
        let alone = source.get(address).await;
        for in_one in &ask(law, source, [address]).await {
            law.agree(address, ("`get`", &alone), ("a batch of one", in_one));
        }
        law.agree(address, ("`get`", &alone), ("a batch of all", in_all));
    }
}

/// A batch of nothing is answered with nothing.
pub async fn an_empty_batch_is_empty<S: SecretSource + ?Sized>(source: &S) {
    ask(Law("an empty batch is empty"), source, []).await;
}

/// A batch of 1,000 addresses gets 1,000 answers, each where it belongs.
pub async fn a_big_batch_is_answered_in_full<S: SecretSource + ?Sized>(
    source: &S,
    fixture: &Fixture,
) {
    let law = Law("a big batch is answered in full");
    let secrets = law.secrets(fixture);
    let known = secrets
        .iter()
        .map(|(address, value)| (*address, Some(*value)));
    let round: Vec<_> = known.chain([(fixture.missing(), None)]).collect();
    let asked: Vec<_> = round.iter().cycle().take(BIG).collect();
    let answers = ask(law, source, asked.iter().map(|(address, _)| *address)).await;
    for ((address, value), answer) in asked.into_iter().zip(&answers) {
        match value {
            Some(value) => law.holds_value(address, answer, value),
            None => law.holds_nothing(address, answer),
        }
    }
}

async fn ask<'a, S: SecretSource + ?Sized>(
    law: Law,
    source: &S,
    addresses: impl IntoIterator<Item = &'a SecretAddress>,
) -> Vec<Answer> {
    let addresses: Vec<_> = addresses.into_iter().cloned().collect();
    let answers = source.get_many(&addresses).await;
    law.complete(addresses.len(), &answers);
    answers
}
