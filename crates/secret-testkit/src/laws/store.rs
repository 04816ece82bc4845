//! Laws of stores: what a write promises.

pub(super) mod batches;
mod outcome;

use std::num::NonZeroU64;

use secret_ref::SecretType;
use secret_source::{
    Change, ErrorKind, PutOptions, SecretAddress, SecretError, SecretStore, Written,
};

use super::verdict::Law;
use crate::{Canary, Fixture};
use batches::{
    a_batch_of_deletions_has_an_outcome_per_entry, a_batch_of_writes_has_an_outcome_per_entry,
    a_secret_named_twice_is_not_deleted, a_secret_named_twice_is_not_written,
};

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
    a_secret_named_twice_is_not_deleted(store, fixture).await;
    a_value_is_stored_as_it_is_or_not_at_all(store, fixture).await;
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

/// A value that the store would change on the way is refused, and one that it takes comes back as it was.
pub async fn a_value_is_stored_as_it_is_or_not_at_all<S: SecretStore + ?Sized>(
    store: &S,
    fixture: &Fixture,
) {
    let law = Law("a value is stored as it is or not at all");
    let address = fresh(fixture, "LAW_AS_IT_IS");
    for value in [
        " both ",
        "\tbefore",
        "after\n",
        "after\n\n",
        "\n",
        " ",
        "",
        "a\nb",
        "\u{feff}x",
        "\u{85}x",
        "ü",
    ] {
        match store
            .put(&address, &value.into(), PutOptions::create())
            .await
        {
            Ok(_) => {
                law.holds_value(&address, &store.get(&address).await, value);
                law.deleted(&address, &store.delete(&address).await);
            }
            refusal => {
                law.refused(&address, &refusal, ErrorKind::Invalid);
                law.holds_nothing(&address, &store.get(&address).await);
            }
        }
    }
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

#[cfg(test)]
mod tests;
