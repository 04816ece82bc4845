//! Extraction: what is told when it fails, in every way of failing and of extracting, and what text becomes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod scene;
mod shapes;
mod ways;

mod leaks;
mod paths;
mod texts;
