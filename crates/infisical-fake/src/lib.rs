//! An in-process Infisical server for tests and demonstrations.
