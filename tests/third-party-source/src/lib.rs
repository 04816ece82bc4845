//! A worked example: a SecretSource written outside the workspace's own crates.
