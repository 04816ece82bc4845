//! The tests of `figment-secrets`, with the fork: all but those of the words in which its providers fail.

#![allow(
    clippy::duplicate_mod,
    reason = "each file is read once here and once there"
)]

extern crate figment2_secrets as figment_secrets;

#[path = "../../figment-secrets/tests/blocking.rs"]
mod blocking;
#[path = "../../figment-secrets/tests/conversion.rs"]
mod conversion;
#[path = "../../figment-secrets/tests/extraction/main.rs"]
mod extraction;
#[path = "../../figment-secrets/tests/merge_equivalence.rs"]
mod merge_equivalence;
#[path = "../../figment-secrets/tests/redaction.rs"]
mod redaction;
#[path = "../../figment-secrets/tests/resolution.rs"]
mod resolution;
