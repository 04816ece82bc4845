//! Each way to log in: what goes over the wire, against the documented form.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod capture;

mod against_the_fake;

#[cfg(feature = "aws")]
mod aws;
mod clouds;
mod forms;
mod leaks;
mod rotation;
