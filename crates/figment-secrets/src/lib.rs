//! Resolves secret references inside a Figment.
