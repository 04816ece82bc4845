//! The law of missing secrets.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;

use secret_source::SecretSource;

use super::verdict::Law;
use crate::Fixture;

/// A secret that does not exist is "not found": no other error, no value, no panic.
pub async fn missing_is_not_found<S: SecretSource + ?Sized>(source: &S, fixture: &Fixture) {
    let law = Law("missing is not found");
    let address = fixture.missing();
    let mut lookup = pin!(source.get(address));
    let answer = poll_fn(|context| {
        // After a panic the look-up is neither polled nor looked at again.
        catch_unwind(AssertUnwindSafe(|| lookup.as_mut().poll(context)))
            .unwrap_or_else(|_| law.broken(address, "the look-up panicked"))
    });
    law.holds_nothing(address, &answer.await);
}
