//! The laws that every [`SecretSource`](secret_source::SecretSource) obeys, and canaries that show
//! where a secret leaks.
//!
//! This crate is for authors of sources and decorators. It belongs among the dev-dependencies, and
//! the tests that use it into the `tests` folder of the crate: a unit test would link the trait twice.
//!
//! # The laws
//!
//! A [`Fixture`] says what the source at hand holds and what it supports; [`laws::all`] then tries
//! everything that callers rely on. A broken law panics with a sentence that names the law, the
//! address and what was seen, and never a value.
//!
//! ```
//! use secret_source::MemorySource;
//! use secret_testkit::{Fixture, laws};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
//! let fixture = Fixture::example("memory", "dev");
//! let source = MemorySource::new();
//! for (address, value) in fixture.values() {
//!     source.set(address, value);
//! }
//! laws::all(&source, &fixture).await;
//! # });
//! ```
//!
//! # Canaries
//!
//! A [`Canary`] is a value that means nothing and is found again in whatever spelling it leaks. Store
//! it as a secret, run the program with a [`LogCollector`] installed, and look through everything that
//! a person could come to see:
//!
//! ```
//! use secret_source::{Origin, Secret};
//! use secret_testkit::{Canary, LogCollector, assert_no_leak};
//!
//! let password = Canary::named("password");
//! let logs = LogCollector::new();
//! let installed = logs.install();
//!
//! let secret = Secret::new(password.value(), Origin::new("memory"));
//! tracing::debug!(?secret, "loaded");
//!
//! drop(installed);
//! assert!(logs.text().contains("loaded"));
//! assert_no_leak(&logs.text(), [&password]);
//! ```
//!
//! # Scripts
//!
//! A [`ScriptedSource`] answers as a test tells it to, counts what it was asked, and can hang until
//! it is released: what a decorator's own tests need beneath it.

mod canary;
mod fixture;
pub mod laws;
mod leak;
mod log_collector;
mod log_event;
mod scripted_source;
mod spelling;

pub use canary::Canary;
pub use fixture::Fixture;
pub use leak::{Leak, assert_no_leak, find_leak};
pub use log_collector::{InstalledLog, LogCollector};
pub use log_event::LogEvent;
pub use scripted_source::ScriptedSource;
pub use spelling::Spelling;
