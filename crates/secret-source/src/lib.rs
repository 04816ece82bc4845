//! The SecretSource trait and the words every crate of keyfob shares.
