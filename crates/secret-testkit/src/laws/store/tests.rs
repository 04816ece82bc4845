//! Each law of stores is tried on a store that breaks it.

use async_trait::async_trait;
use secret_source::{
    Entry, ExposeSecret, FolderAddress, MemorySource, Origin, PutMode, Secret, SecretSource,
    SecretString, repeated,
};

use super::*;
use crate::laws::{a_secret_named_twice_is_not_deleted, a_secret_named_twice_is_not_written};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    ForgetsWrites,
    CallsAnUpdateACreation,
    ReplacesOnCreation,
    ShowsValueInTheCause,
    CreatesOnUpdate,
    KeepsWhatIsDeleted,
    FailsWholeBatch,
    LosesAnOutcome,
    TakesNamesTwice,
    IgnoresCoordinates,
    Trims,
}

#[derive(Debug)]
struct Broken(Fault, MemorySource);

fn fixture() -> Fixture {
    Fixture::example("memory", "dev")
}

fn broken(fault: Fault) -> Broken {
    let inner = MemorySource::new();
    for (address, value) in fixture().values() {
        inner.set(address, value);
    }
    Broken(fault, inner)
}

#[async_trait]
impl SecretSource for Broken {
    fn origin(&self) -> Origin {
        self.1.origin()
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        self.1.get(address).await
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.1.list(folder).await
    }
}

#[async_trait]
impl SecretStore for Broken {
    async fn put(
        &self,
        address: &SecretAddress,
        value: &SecretString,
        options: PutOptions,
    ) -> Result<Written, SecretError> {
        let upsert = PutOptions::upsert();
        let put = async |value, options| self.1.put(address, value, options).await;
        match (self.0, options.mode()) {
            (Fault::ForgetsWrites, _) => Ok(Written::new(Change::Created)),
            (Fault::CallsAnUpdateACreation, _) => put(value, options)
                .await
                .map(|_| Written::new(Change::Created)),
            (Fault::ReplacesOnCreation, PutMode::Create)
            | (Fault::CreatesOnUpdate, PutMode::Update) => put(value, upsert).await,
            (Fault::ShowsValueInTheCause, _) => put(value, options)
                .await
                .map_err(|error| error.with_source(format!("not {}", value.expose_secret()))),
            (Fault::IgnoresCoordinates, _) => {
                let plain = address.folder_address().secret(address.key());
                self.1.put(&plain, value, options).await
            }
            (Fault::Trims, _) => put(&value.expose_secret().trim().into(), options).await,
            _ => put(value, options).await,
        }
    }

    async fn put_many(
        &self,
        entries: &[Entry],
        options: PutOptions,
    ) -> Vec<Result<Written, SecretError>> {
        let twice = repeated(entries.iter().map(Entry::address));
        let mut outcomes = Vec::new();
        for (entry, twice) in entries.iter().zip(twice) {
            outcomes.push(match twice {
                Some(error) if self.0 != Fault::TakesNamesTwice => Err(error),
                _ => self.put(entry.address(), entry.value(), options).await,
            });
        }
        self.spoil(outcomes)
    }

    async fn delete(&self, address: &SecretAddress) -> Result<(), SecretError> {
        match self.0 {
            Fault::KeepsWhatIsDeleted => self.1.get(address).await.map(drop),
            _ => self.1.delete(address).await,
        }
    }

    async fn delete_many(&self, addresses: &[SecretAddress]) -> Vec<Result<(), SecretError>> {
        let mut outcomes = Vec::new();
        for (address, twice) in addresses.iter().zip(repeated(addresses)) {
            outcomes.push(match twice {
                Some(error) if self.0 != Fault::TakesNamesTwice => Err(error),
                _ => self.delete(address).await,
            });
        }
        self.spoil(outcomes)
    }
}

impl Broken {
    fn spoil<T>(&self, outcomes: Vec<Result<T, SecretError>>) -> Vec<Result<T, SecretError>> {
        match self.0 {
            Fault::FailsWholeBatch if outcomes.iter().any(Result::is_err) => outcomes
                .into_iter()
                .map(|_| Err(SecretError::invalid("one of them is wrong")))
                .collect(),
            Fault::LosesAnOutcome => outcomes.into_iter().skip(1).collect(),
            _ => outcomes,
        }
    }
}

#[tokio::test]
async fn a_store_without_fault_keeps_every_law_also_behind_dyn() {
    of_stores(&broken(Fault::None), &fixture()).await;
    let shared: std::sync::Arc<dyn SecretStore> = std::sync::Arc::new(broken(Fault::None));
    of_stores(&*shared, &fixture()).await;
}

macro_rules! broken_laws {
    ($($name:ident: $fault:ident breaks $law:ident, saying $said:literal;)*) => {$(
        #[tokio::test]
        #[should_panic(expected = $said)]
        async fn $name() {
            $law(&broken(Fault::$fault), &fixture()).await;
        }
    )*};
}

broken_laws! {
    a_write_that_is_forgotten_is_noticed:
        ForgetsWrites breaks what_is_put_is_answered,
        saying "LAW_PUT: the answer is an error of kind not_found, but there is a value";
    a_change_that_is_told_wrong_is_noticed:
        CallsAnUpdateACreation breaks what_is_put_is_answered,
        saying "LAW_PUT: the write reports Created instead of Updated";
    a_creation_that_replaces_is_noticed:
        ReplacesOnCreation breaks creating_refuses_what_exists,
        saying "the law `creating refuses what exists` is broken";
    a_value_in_the_cause_of_a_refusal_is_noticed:
        ShowsValueInTheCause breaks creating_refuses_what_exists,
        saying "the error shows the value";
    an_update_that_makes_is_noticed:
        CreatesOnUpdate breaks updating_refuses_what_is_missing,
        saying "NO_SUCH_SECRET: it succeeds";
    a_deletion_that_deletes_nothing_is_noticed:
        KeepsWhatIsDeleted breaks deleted_is_not_found,
        saying "LAW_DELETED: the answer is a value, but there is no such secret";
    a_batch_of_writes_that_fails_as_a_whole_is_noticed:
        FailsWholeBatch breaks a_batch_of_writes_has_an_outcome_per_entry,
        saying "LAW_BATCH_1: the write fails: an error of kind invalid";
    a_lost_outcome_of_a_write_is_noticed:
        LosesAnOutcome breaks a_batch_of_writes_has_an_outcome_per_entry,
        saying "a batch: 2 outcomes for 3 entries";
    a_batch_of_deletions_that_fails_as_a_whole_is_noticed:
        FailsWholeBatch breaks a_batch_of_deletions_has_an_outcome_per_entry,
        saying "is broken at memory://dev/";
    a_lost_outcome_of_a_deletion_is_noticed:
        LosesAnOutcome breaks a_batch_of_deletions_has_an_outcome_per_entry,
        saying "a batch: 2 outcomes for 3 entries";
    a_name_that_is_written_twice_is_noticed:
        TakesNamesTwice breaks a_secret_named_twice_is_not_written,
        saying "LAW_TWICE: it succeeds";
    a_name_that_is_deleted_twice_is_noticed:
        TakesNamesTwice breaks a_secret_named_twice_is_not_deleted,
        saying "LAW_TWICE: it succeeds";
    a_write_to_another_coordinate_is_noticed:
        IgnoresCoordinates breaks only_current_shared_values_are_written,
        saying "instead of unsupported";
    a_value_that_is_trimmed_in_silence_is_noticed:
        Trims breaks a_value_is_stored_as_it_is_or_not_at_all,
        saying "LAW_AS_IT_IS: the answer is another value than the fixture says";
}
