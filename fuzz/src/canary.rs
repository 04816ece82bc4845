//! A text that no code of ours writes, to be looked for where it must not be.

use std::error::Error;

use secret_source::SecretError;

/// What is looked for. The fuzzer knows it from its dictionaries; `~` keeps it out of every name that may be shown.
pub(crate) const CANARY: &str = "~KANARIENVOGEL~";

/// Checks that no text of an error holds the canary.
pub(crate) fn assert_unseen(text: &str) {
    assert!(!text.contains(CANARY), "shown: {text}");
}

/// Checks everything an error can show: both forms, the hint, the public message and the chain of sources.
pub(crate) fn assert_unseen_in(error: &SecretError) {
    assert_unseen(&format!("{error} {error:?} {}", error.public_message()));
    assert_unseen(error.hint().unwrap_or_default());
    let mut source = error.source();
    while let Some(cause) = source {
        assert_unseen(&format!("{cause} {cause:?}"));
        source = cause.source();
    }
}
