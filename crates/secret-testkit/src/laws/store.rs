//! Laws of stores: what a write promises.

use std::num::NonZeroU64;

use secret_ref::SecretType;
use secret_source::{
    Change, Entry, ErrorKind, PutOptions, SecretAddress, SecretError, SecretStore, Written,
};

use super::verdict::{Law, shown};
use crate::{Canary, Fixture, find_leak};

type Outcome = Result<Written, SecretError>;

/// Tries every law of writing.
///
/// Secrets that the laws make lie in the folder of the fixture's missing secret, have names that begin with
/// `LAW_`, and are deleted again. The fixture's own secrets stay as they are.
///
/// # Panics
///
/// Panics at the first law that the store breaks, and where the fixture holds no secret.
pub async fn of_stores<S: SecretStore + ?Sized>(store: &S, fixture: &Fixture) {
    what_is_put_is_answered(store, fixture).await;
    creating_refuses_what_exists(store, fixture).await;
    updating_refuses_what_is_missing(store, fixture).await;
    deleted_is_not_found(store, fixture).await;
    a_batch_of_writes_has_an_outcome_per_entry(store, fixture).await;
    a_batch_of_deletions_has_an_outcome_per_entry(store, fixture).await;
    a_secret_named_twice_is_not_written(store, fixture).await;
    only_current_shared_values_are_written(store, fixture).await;
}

/// A look-up after a write gives what was written, whether that made a secret or replaced a value.
pub async fn what_is_put_is_answered<S: SecretStore + ?Sized>(store: &S, fixture: &Fixture) {
    let law = Law("what is put is answered");
    let address = fresh(fixture, "LAW_PUT");
    let puts = [
        (PutOptions::create(), Change::Created),
        (PutOptions::update(), Change::Updated),
        (PutOptions::upsert(), Change::Updated),
    ];
    for (options, change) in puts {
        let value = Canary::named(format!("{:?}", options.mode()));
        let outcome = put(store, &address, &value, options).await;
        law.changed(&address, &outcome, change);
        law.holds_value(&address, &store.get(&address).await, value.value());
    }
    law.deleted(&address, &store.delete(&address).await);
    let value = Canary::named("upserted");
    let outcome = put(store, &address, &value, PutOptions::upsert()).await;
    law.changed(&address, &outcome, Change::Created);
    law.holds_value(&address, &store.get(&address).await, value.value());
    law.deleted(&address, &store.delete(&address).await);
}

/// Making a secret that exists fails as invalid and leaves it as it is.
pub async fn creating_refuses_what_exists<S: SecretStore + ?Sized>(store: &S, fixture: &Fixture) {
    let law = Law("creating refuses what exists");
    let value = Canary::named("of creating");
    for (address, held) in law.secrets(fixture) {
        let outcome = put(store, address, &value, PutOptions::create()).await;
        law.refused(address, &outcome, ErrorKind::Invalid);
        law.shows_nothing(address, &outcome, &value);
        law.holds_value(address, &store.get(address).await, held);
    }
}

/// Replacing a value that does not exist fails as not found and makes nothing.
pub async fn updating_refuses_what_is_missing<S: SecretStore + ?Sized>(
    store: &S,
    fixture: &Fixture,
) {
    let law = Law("updating refuses what is missing");
    let (address, value) = (fixture.missing(), Canary::named("of updating"));
    let outcome = put(store, address, &value, PutOptions::update()).await;
    law.not_found(address, &outcome);
    law.shows_nothing(address, &outcome, &value);
    law.holds_nothing(address, &store.get(address).await);
}

/// A deleted secret is gone, and there is nothing to delete a second time.
pub async fn deleted_is_not_found<S: SecretStore + ?Sized>(store: &S, fixture: &Fixture) {
    let law = Law("deleted is not found");
    let address = fresh(fixture, "LAW_DELETED");
    let outcome = put(
        store,
        &address,
        &Canary::named("deleted"),
        PutOptions::create(),
    )
    .await;
    law.changed(&address, &outcome, Change::Created);
    law.deleted(&address, &store.delete(&address).await);
    law.holds_nothing(&address, &store.get(&address).await);
    law.not_found(&address, &store.delete(&address).await);
}

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

/// A write to a version or to a personal value is refused as unsupported, and so is a deletion.
pub async fn only_current_shared_values_are_written<S: SecretStore + ?Sized>(
    store: &S,
    fixture: &Fixture,
) {
    let law = Law("only current, shared values are written");
    let value = Canary::named("of another coordinate");
    let (current, held) = law.secrets(fixture)[0];
    for address in [
        current.clone().with_version(NonZeroU64::MIN),
        current.clone().with_type(SecretType::Personal),
    ] {
        for options in [
            PutOptions::create(),
            PutOptions::update(),
            PutOptions::upsert(),
        ] {
            let outcome = put(store, &address, &value, options).await;
            law.refused(&address, &outcome, ErrorKind::Unsupported);
        }
        law.refused(
            &address,
            &store.delete(&address).await,
            ErrorKind::Unsupported,
        );
    }
    law.holds_value(current, &store.get(current).await, held);
}

fn fresh(fixture: &Fixture, name: &str) -> SecretAddress {
    fixture.missing().folder_address().secret(name)
}

async fn put<S: SecretStore + ?Sized>(
    store: &S,
    address: &SecretAddress,
    value: &Canary,
    options: PutOptions,
) -> Outcome {
    store.put(address, &value.value().into(), options).await
}

impl Law {
    fn changed(self, address: &SecretAddress, outcome: &Outcome, expected: Change) {
        match outcome {
            Ok(written) if written.change() == expected => {}
            Ok(written) => {
                let change = written.change();
                self.broken(
                    address,
                    format!("the write reports {change:?} instead of {expected:?}"),
                )
            }
            Err(error) => self.broken(address, format!("the write fails: {}", shown(error))),
        }
    }

    fn deleted(self, address: &SecretAddress, outcome: &Result<(), SecretError>) {
        if let Err(error) = outcome {
            self.broken(address, format!("the deletion fails: {}", shown(error)));
        }
    }

    fn refused<T>(
        self,
        address: &SecretAddress,
        outcome: &Result<T, SecretError>,
        kind: ErrorKind,
    ) {
        match outcome {
            Err(error) if error.kind() == kind => {}
            Err(error) => self.broken(
                address,
                format!(
                    "the refusal is {} instead of {}",
                    shown(error),
                    kind.as_str()
                ),
            ),
            Ok(_) => self.broken(address, "it succeeds"),
        }
    }

    fn not_found<T>(self, address: &SecretAddress, outcome: &Result<T, SecretError>) {
        match outcome {
            Err(error) if error.kind().is_not_found() => {}
            Err(error) => self.broken(
                address,
                format!("the refusal is {} instead of not_found", shown(error)),
            ),
            Ok(_) => self.broken(address, "it succeeds"),
        }
    }

    fn as_many(self, asked: usize, outcomes: usize) {
        if asked != outcomes {
            self.broken(
                "a batch",
                format!("{outcomes} outcomes for {asked} entries"),
            );
        }
    }

    fn shows_nothing(self, address: &SecretAddress, outcome: &Outcome, value: &Canary) {
        if let Err(error) = outcome
            && find_leak(&format!("{error} {error:?}"), [value]).is_some()
        {
            self.broken(address, "the error shows the value");
        }
    }
}
