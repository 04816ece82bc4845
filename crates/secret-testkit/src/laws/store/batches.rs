//! Laws of batches of writes and deletions.

use secret_source::{Change, Entry, ErrorKind, PutOptions, SecretStore};

use super::{fresh, put};
use crate::laws::verdict::Law;
use crate::{Canary, Fixture};

/// One refusal in a batch of writes fails its own entry and no other, wherever it stands.
pub async fn a_batch_of_writes_has_an_outcome_per_entry<S: SecretStore + ?Sized>(
    store: &S,
    fixture: &Fixture,
) {
    let law = Law("a batch of writes has an outcome per entry");
    let (existing, held) = law.secrets(fixture)[0];
    let names = ["LAW_BATCH_1", "LAW_BATCH_2"];
    for at in 0..=names.len() {
        let mut addresses: Vec<_> = names.iter().map(|name| fresh(fixture, name)).collect();
        addresses.insert(at, existing.clone());
        let values: Vec<_> = addresses.iter().map(|it| Canary::named(it.key())).collect();
        let entries: Vec<_> = addresses
            .iter()
            .zip(&values)
            .map(|(address, value)| Entry::new(address.clone(), value.value()))
            .collect();
        let outcomes = store.put_many(&entries, PutOptions::create()).await;
        law.as_many(entries.len(), outcomes.len());
        for ((index, address), outcome) in addresses.iter().enumerate().zip(&outcomes) {
            if index == at {
                law.refused(address, outcome, ErrorKind::Invalid);
                law.holds_value(address, &store.get(address).await, held);
            } else {
                law.changed(address, outcome, Change::Created);
                law.holds_value(address, &store.get(address).await, values[index].value());
                law.deleted(address, &store.delete(address).await);
            }
        }
    }
    law.as_many(0, store.put_many(&[], PutOptions::create()).await.len());
}

/// One missing secret in a batch of deletions fails its own entry and no other, wherever it stands.
pub async fn a_batch_of_deletions_has_an_outcome_per_entry<S: SecretStore + ?Sized>(
    store: &S,
    fixture: &Fixture,
) {
    let law = Law("a batch of deletions has an outcome per entry");
    let names = ["LAW_BATCH_1", "LAW_BATCH_2"];
    for at in 0..=names.len() {
        let mut addresses: Vec<_> = names.iter().map(|name| fresh(fixture, name)).collect();
        for address in &addresses {
            let value = Canary::named(address.key());
            law.changed(
                address,
                &put(store, address, &value, PutOptions::create()).await,
                Change::Created,
            );
        }
        addresses.insert(at, fixture.missing().clone());
        let outcomes = store.delete_many(&addresses).await;
        law.as_many(addresses.len(), outcomes.len());
        for ((index, address), outcome) in addresses.iter().enumerate().zip(&outcomes) {
            if index == at {
                law.not_found(address, outcome);
            } else {
                law.deleted(address, outcome);
            }
            law.holds_nothing(address, &store.get(address).await);
        }
    }
    law.as_many(0, store.delete_many(&[]).await.len());
}

/// A secret that a batch names twice is refused at both places, and the rest of the batch is written.
pub async fn a_secret_named_twice_is_not_written<S: SecretStore + ?Sized>(
    store: &S,
    fixture: &Fixture,
) {
    let law = Law("a secret named twice is not written");
    let (twice, once) = (
        fresh(fixture, "LAW_TWICE"),
        fresh(fixture, "LAW_BESIDE_TWICE"),
    );
    let value = Canary::named("twice");
    let entries = [&twice, &once, &twice].map(|address| Entry::new(address.clone(), value.value()));
    let outcomes = store.put_many(&entries, PutOptions::upsert()).await;
    law.as_many(3, outcomes.len());
    for index in [0, 2] {
        law.refused(&twice, &outcomes[index], ErrorKind::Invalid);
    }
    law.changed(&once, &outcomes[1], Change::Created);
    law.holds_nothing(&twice, &store.get(&twice).await);
    law.deleted(&once, &store.delete(&once).await);
}

/// A secret that a batch of deletions names twice stays, and the rest of the batch is deleted.
pub async fn a_secret_named_twice_is_not_deleted<S: SecretStore + ?Sized>(
    store: &S,
    fixture: &Fixture,
) {
    let law = Law("a secret named twice is not deleted");
    let (twice, once) = (
        fresh(fixture, "LAW_TWICE"),
        fresh(fixture, "LAW_BESIDE_TWICE"),
    );
    let value = Canary::named("twice");
    for address in [&twice, &once] {
        let outcome = put(store, address, &value, PutOptions::create()).await;
        law.changed(address, &outcome, Change::Created);
    }
    let addresses = [&twice, &once, &twice].map(Clone::clone);
    let outcomes = store.delete_many(&addresses).await;
    law.as_many(3, outcomes.len());
    for index in [0, 2] {
        law.refused(&twice, &outcomes[index], ErrorKind::Invalid);
    }
    law.deleted(&once, &outcomes[1]);
    law.holds_value(&twice, &store.get(&twice).await, value.value());
    law.deleted(&twice, &store.delete(&twice).await);
}
