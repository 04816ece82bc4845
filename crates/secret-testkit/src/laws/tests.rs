//! Each law is tried on a source that keeps it and on one that breaks it.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use secret_ref::SecretType;
use secret_source::{
    ExposeSecret, FolderAddress, MemorySource, Missing, Origin, Secret, SecretAddress, SecretError,
    SecretSource,
};

use super::*;
use crate::Canary;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    SortsAnswers,
    FailsWholeBatch,
    BatchMissesWhatGetFinds,
    AnswersNothingWithSomething,
    ForgetsAfterAHundred,
    RefreshesAnotherValue,
    RefreshesTooFew,
    SaysInvalidForMissing,
    PanicsWhenMissing,
    IgnoresVersions,
    IgnoresTypes,
    IgnoresProjects,
    DownForForeignProjects,
    PeeksAnotherValue,
    ListsTooLittle,
    ListsOtherFolders,
    CannotListItsOwnFolder,
    ListsOnlyTheFolderItself,
    ListsAFolderTwice,
    ListsByTheBeginningOfThePath,
    WedgesWhenDropped,
    ShowsCredential,
    ShowsValueInDebug,
    ShowsValueInErrors,
}

struct Broken {
    fault: Fault,
    inner: MemorySource,
    is_busy: AtomicBool,
}

fn fixture() -> Fixture {
    Fixture::example("memory", "dev").credential(Canary::named("credential"))
}

fn broken(fault: Fault) -> Broken {
    let inner = MemorySource::new();
    for (address, value) in fixture().values() {
        inner.set(address, value);
    }
    Broken {
        fault,
        inner,
        is_busy: AtomicBool::new(false),
    }
}

impl Broken {
    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn listed(
        &self,
        mut listed: Vec<(SecretAddress, Secret)>,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        match self.fault {
            Fault::ListsTooLittle => drop(listed.pop()),
            Fault::ListsOtherFolders => {
                let elsewhere = FolderAddress::new("memory", "dev", &"/elsewhere".parse().unwrap());
                listed.push((elsewhere.secret("KEY"), Secret::new("v", self.origin())));
            }
            Fault::CannotListItsOwnFolder => return Err(SecretError::not_found(Missing::Folder)),
            _ => {}
        }
        Ok(listed)
    }

    /// Leaves out the coordinates that the fault ignores.
    fn seen(&self, address: &SecretAddress) -> SecretAddress {
        let mut seen = address.folder_address().secret(address.key());
        if self.has(Fault::IgnoresProjects) && address.project().is_some() {
            let path = address.folder().parse().unwrap();
            seen = SecretAddress::new(
                address.scheme(),
                address.environment(),
                &path,
                address.key(),
            );
        }
        match address.version() {
            Some(version) if !self.has(Fault::IgnoresVersions) => seen = seen.with_version(version),
            _ => {}
        }
        match address.secret_type() {
            SecretType::Personal if !self.has(Fault::IgnoresTypes) => {
                seen.with_type(SecretType::Personal)
            }
            _ => seen,
        }
    }
}

#[async_trait]
impl SecretSource for Broken {
    fn origin(&self) -> Origin {
        match self.fault {
            Fault::ShowsCredential => {
                Origin::new("broken").with("token", Canary::named("credential").value())
            }
            _ => Origin::new("broken"),
        }
    }

    fn peek(&self, _: &SecretAddress) -> Option<Secret> {
        self.has(Fault::PeeksAnotherValue)
            .then(|| Secret::new("something else", self.origin()))
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        if self.has(Fault::WedgesWhenDropped) {
            while self.is_busy.swap(true, Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            tokio::task::yield_now().await;
            self.is_busy.store(false, Ordering::SeqCst);
        }
        if self.has(Fault::DownForForeignProjects) && address.project().is_some() {
            return Err(SecretError::unavailable("down"));
        }
        self.inner
            .get(&self.seen(address))
            .await
            .map_err(|error| match self.fault {
                Fault::SaysInvalidForMissing => SecretError::invalid("what is that"),
                Fault::PanicsWhenMissing => panic!("planted by this test"),
                Fault::ShowsValueInErrors => {
                    let known = fixture();
                    let (_, value) = known.values().next().unwrap();
                    error.with_source(format!("found only {}", value.to_uppercase()))
                }
                _ => error,
            })
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let mut answers = Vec::new();
        for address in addresses {
            answers.push(self.get(address).await);
        }
        match self.fault {
            Fault::SortsAnswers => {
                answers.sort_by_key(|answer| {
                    answer
                        .as_ref()
                        .ok()
                        .map(|s| s.value().expose_secret().to_owned())
                });
            }
            Fault::FailsWholeBatch if answers.iter().any(Result::is_err) => {
                answers.fill(Err(SecretError::not_found(Missing::Unknown)));
            }
            Fault::BatchMissesWhatGetFinds if addresses.len() == 1 => {
                answers.fill(Err(SecretError::not_found(Missing::Unknown)));
            }
            Fault::AnswersNothingWithSomething if answers.is_empty() => {
                answers.push(Err(SecretError::invalid("nothing was asked")));
            }
            Fault::ForgetsAfterAHundred => answers.truncate(100),
            _ => {}
        }
        answers
    }

    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let mut answers = self.get_many(addresses).await;
        match self.fault {
            Fault::RefreshesAnotherValue => answers.fill(Ok(Secret::new("old", self.origin()))),
            Fault::RefreshesTooFew => drop(answers.pop()),
            _ => {}
        }
        answers
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.listed(self.inner.list(folder).await?)
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        match self.fault {
            Fault::ListsOnlyTheFolderItself => self.inner.list(folder).await,
            Fault::ListsAFolderTwice => {
                let mut listed = self.inner.list_recursive(folder).await?;
                listed.extend(self.inner.list(folder).await?);
                Ok(listed)
            }
            // As a server of 2024 does, which compares the beginnings of texts.
            Fault::ListsByTheBeginningOfThePath if folder.path() != "/" => {
                let mut listed = self.inner.list_recursive(folder).await?;
                let path = format!("{}s", folder.path()).parse().unwrap();
                let alike = FolderAddress::new(folder.scheme(), folder.environment(), &path);
                listed.push((alike.secret("KEY"), Secret::new("v", self.origin())));
                Ok(listed)
            }
            _ => self.listed(self.inner.list_recursive(folder).await?),
        }
    }
}

impl std::fmt::Debug for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = fixture();
        let shown = match self.fault {
            Fault::ShowsValueInDebug => known.values().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        f.debug_struct("Broken")
            .field("fault", &self.fault)
            .field("shown", &shown)
            .finish()
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_without_fault_keeps_every_law_also_behind_dyn() {
    all(&broken(Fault::None), &fixture()).await;
    let shared: std::sync::Arc<dyn SecretSource> = std::sync::Arc::new(broken(Fault::None));
    all(&*shared, &fixture()).await;
    all(&shared, &fixture()).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "the fixture: it names no secret")]
async fn a_fixture_without_secrets_is_refused() {
    all(
        &broken(Fault::None),
        &Fixture::new(fixture().missing().clone()),
    )
    .await;
}

macro_rules! broken_laws {
    ($($name:ident: $fault:ident breaks $law:ident($($argument:tt)*), saying $said:literal;)*) => {$(
        #[tokio::test(start_paused = true)]
        #[should_panic(expected = $said)]
        async fn $name() {
            $law(&broken(Fault::$fault) $($argument)*).await;
        }
    )*};
}

broken_laws! {
    answers_out_of_order_are_noticed:
        SortsAnswers breaks answers_come_in_the_order_asked(, &fixture()),
        saying "the law `answers come in the order asked` is broken at memory://dev/";
    a_batch_that_fails_as_a_whole_is_noticed:
        FailsWholeBatch breaks one_failure_stays_alone(, &fixture()),
        saying "an error of kind not_found, but there is a value";
    a_batch_that_knows_less_than_get_is_noticed:
        BatchMissesWhatGetFinds breaks a_batch_agrees_with_single_look_ups(, &fixture()),
        saying "`get` gives a value and a batch of one gives an error of kind not_found";
    an_answer_to_no_question_is_noticed:
        AnswersNothingWithSomething breaks an_empty_batch_is_empty(),
        saying "a batch: 1 answers for 0 addresses";
    a_batch_cut_short_is_noticed:
        ForgetsAfterAHundred breaks a_big_batch_is_answered_in_full(, &fixture()),
        saying "a batch: 100 answers for 1000 addresses";
    a_refresh_that_differs_is_noticed:
        RefreshesAnotherValue breaks refreshing_agrees_with_look_ups(, &fixture()),
        saying "`refresh_many` gives a value and `get` gives another value";
    a_refresh_cut_short_is_noticed:
        RefreshesTooFew breaks refreshing_agrees_with_look_ups(, &fixture()),
        saying "the law `refreshing agrees with look-ups` is broken at a batch";
    another_error_for_a_missing_secret_is_noticed:
        SaysInvalidForMissing breaks missing_is_not_found(, &fixture()),
        saying "NO_SUCH_SECRET: the answer is an error of kind invalid instead of not_found";
    a_panic_for_a_missing_secret_is_noticed:
        PanicsWhenMissing breaks missing_is_not_found(, &fixture()),
        saying "NO_SUCH_SECRET: the look-up panicked";
    an_ignored_version_is_noticed:
        IgnoresVersions breaks versions_are_refused(, &fixture()),
        saying "?version=1: the answer is a value instead of unsupported";
    a_refused_version_is_noticed_where_versions_are_known:
        None breaks versions_are_refused(, &fixture().supports_versions()),
        saying "an error of kind unsupported instead of a value or not_found";
    an_ignored_type_is_noticed:
        IgnoresTypes breaks personal_values_are_refused(, &fixture()),
        saying "?type=personal: the answer is a value instead of unsupported";
    a_refused_type_is_noticed_where_types_are_known:
        None breaks personal_values_are_refused(, &fixture().supports_personal_values()),
        saying "an error of kind unsupported instead of a value or not_found";
    an_ignored_project_is_noticed:
        IgnoresProjects breaks foreign_projects_are_refused(, &fixture()),
        saying "memory://project-of-nobody@dev/shared/db/POSTGRES_DSN: the answer is the value of another project";
    an_excuse_for_a_foreign_project_is_noticed:
        DownForForeignProjects breaks foreign_projects_are_refused(, &fixture().foreign_project("acme")),
        saying "memory://acme@dev/shared/db/POSTGRES_DSN: the answer is an error of kind unavailable";
    a_peek_that_differs_is_noticed:
        PeeksAnotherValue breaks peeking_agrees_with_look_ups(, &fixture()),
        saying "`peek` gives a value and `get` gives another value";
    a_listing_that_leaves_out_a_secret_is_noticed:
        ListsTooLittle breaks a_listing_agrees_with_look_ups(, &fixture()),
        saying "the listing leaves it out, but there is a value";
    a_listing_of_other_folders_is_noticed:
        ListsOtherFolders breaks a_listing_agrees_with_look_ups(, &fixture()),
        saying "memory://dev/elsewhere/KEY: it is listed in memory://dev/";
    a_folder_that_cannot_be_listed_is_noticed:
        CannotListItsOwnFolder breaks a_listing_agrees_with_look_ups(, &fixture()),
        saying "an error of kind not_found instead of its secrets";
    a_recursive_listing_without_the_folders_beneath_is_noticed:
        ListsOnlyTheFolderItself breaks a_recursive_listing_agrees_with_look_ups(, &fixture()),
        saying "memory://dev/shared/db/POSTGRES_DSN: the listing leaves it out, but there is a value";
    a_recursive_listing_that_repeats_a_folder_is_noticed:
        ListsAFolderTwice breaks a_recursive_listing_agrees_with_look_ups(, &fixture()),
        saying "the listing holds it more than once";
    a_recursive_listing_of_a_folder_whose_name_begins_alike_is_noticed:
        ListsByTheBeginningOfThePath breaks a_recursive_listing_agrees_with_look_ups(, &fixture()),
        saying "memory://dev/shared/dbs/KEY: it is listed in memory://dev/shared/db/";
    a_source_that_hangs_after_a_drop_is_noticed:
        WedgesWhenDropped breaks cancelling_harms_nothing(, &fixture()),
        saying "no answer within 10 s after others were dropped at poll 1";
    a_credential_in_the_origin_is_noticed:
        ShowsCredential breaks the_origin_holds_no_credential(, &fixture()),
        saying "`origin()`: the canary `credential` leaks as it is, after `broken (token `";
    a_value_in_debug_is_noticed:
        ShowsValueInDebug breaks nothing_shown_holds_a_value(, &fixture()),
        saying "`Debug` of the source: the canary `value of memory://dev/shared/db/POSTGRES_DSN` leaks as it is";
    a_value_in_the_cause_of_an_error_is_noticed:
        ShowsValueInErrors breaks nothing_shown_holds_a_value(, &fixture()),
        saying "the canary `value of memory://dev/shared/db/POSTGRES_DSN` leaks in part, after";
}
