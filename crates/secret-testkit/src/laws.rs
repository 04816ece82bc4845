//! The laws: what callers and decorators rely on, each as a function over any source.
//!
//! They run inside a tokio runtime with time. For a source that does no I/O of its own, pause the
//! clock (`#[tokio::test(start_paused = true)]`): a look-up that hangs for ever then fails at once
//! instead of after ten seconds.
//!
//! Each law panics where it is broken, and says which law, at which address, and what was seen.

mod batch;
mod cancellation;
mod coordinates;
mod listing;
mod missing;
mod peek;
mod refresh;
mod secrecy;
mod store;
mod verdict;

use secret_source::SecretSource;

use crate::Fixture;

pub use batch::{
    a_batch_agrees_with_single_look_ups, a_big_batch_is_answered_in_full, an_empty_batch_is_empty,
    answers_come_in_the_order_asked, one_failure_stays_alone,
};
pub use cancellation::cancelling_harms_nothing;
pub use coordinates::{
    foreign_projects_are_refused, personal_values_are_refused, versions_are_refused,
};
pub use listing::{a_listing_agrees_with_look_ups, a_recursive_listing_agrees_with_look_ups};
pub use missing::missing_is_not_found;
pub use peek::peeking_agrees_with_look_ups;
pub use refresh::refreshing_agrees_with_look_ups;
pub use secrecy::{nothing_shown_holds_a_value, the_origin_holds_no_credential};
pub use store::batches::{
    a_batch_of_deletions_has_an_outcome_per_entry, a_batch_of_writes_has_an_outcome_per_entry,
    a_secret_named_twice_is_not_deleted, a_secret_named_twice_is_not_written,
};
pub use store::{
    a_value_is_stored_as_it_is_or_not_at_all, creating_refuses_what_exists, deleted_is_not_found,
    of_stores, only_current_shared_values_are_written, updating_refuses_what_is_missing,
    what_is_put_is_answered,
};

/// Tries every law.
///
/// # Panics
///
/// Panics at the first law that the source breaks, and where the fixture holds no secret.
pub async fn all<S: SecretSource + ?Sized>(source: &S, fixture: &Fixture) {
    answers_come_in_the_order_asked(source, fixture).await;
    one_failure_stays_alone(source, fixture).await;
    a_batch_agrees_with_single_look_ups(source, fixture).await;
    an_empty_batch_is_empty(source).await;
    a_big_batch_is_answered_in_full(source, fixture).await;
    refreshing_agrees_with_look_ups(source, fixture).await;
    missing_is_not_found(source, fixture).await;
    versions_are_refused(source, fixture).await;
    personal_values_are_refused(source, fixture).await;
    foreign_projects_are_refused(source, fixture).await;
    peeking_agrees_with_look_ups(source, fixture).await;
    a_listing_agrees_with_look_ups(source, fixture).await;
    a_recursive_listing_agrees_with_look_ups(source, fixture).await;
    cancelling_harms_nothing(source, fixture).await;
    the_origin_holds_no_credential(source, fixture).await;
    nothing_shown_holds_a_value(source, fixture).await;
}

#[cfg(test)]
mod tests;
