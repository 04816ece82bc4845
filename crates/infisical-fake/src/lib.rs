//! An in-process Infisical server for tests and demonstrations.
//!
//! [`Fake`] listens on a loopback port and answers the HTTP calls that read and write secrets: logins,
//! tokens, lists, single secrets and batches (v3 raw, and v4 where the chosen [`Era`] has it), folders,
//! imports, and references. It answers as real servers were measured to answer, errors included, so that
//! a client proven here behaves the same outside. It shares no type with any client on purpose: a field
//! misread once must not be misread twice and pass.
//!
//! Everything is invented and nothing is random: ids, tokens and dates come from arithmetic over names and
//! counters, so two runs of one test see the same bytes. Nothing is protected either, so keep real secrets
//! out of it.
//!
//! # Examples
//!
//! A server with one secret, edited while it runs:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use infisical_fake::{Fake, Fault, Route, Seed};
//!
//! let fake = Fake::builder()
//!     .seed(Seed::new().secret("dev", "/shared/db", "PASSWORD", "correct horse"))
//!     .start()
//!     .await?;
//! assert!(fake.url().starts_with("http://127.0.0.1:"));
//!
//! fake.set("dev", "/shared/db", "PASSWORD", "battery staple");
//! fake.script(Fault::status(503).retry_after(2).on(Route::List).times(2));
//! fake.go_down(); // connecting is refused …
//! fake.come_back()?; // … and possible again, at the same port
//! assert_eq!(fake.counts().lists, 0);
//! # Ok(())
//! # }
//! ```
//!
//! # Clock
//!
//! Token lifetimes, lockouts and delays use tokio's clock, so a test that pauses it can advance them. A
//! test that blocks its thread starts the server with [`FakeBuilder::start_on_thread`], on a runtime and a
//! clock of its own.

mod fake;

mod builder;
mod counts;
mod era;

mod faults;
mod seeds;

mod answer;
mod api;
mod http;
mod store;

pub use builder::FakeBuilder;
pub use counts::Counts;
pub use era::{Era, UnknownEra};
pub use fake::Fake;
pub use faults::fault::Fault;
pub use http::request::Request;
pub use http::route::Route;
pub use seeds::identity::Identity;
pub use seeds::login_method::LoginMethod;
pub use seeds::secret_seed::SecretSeed;
pub use seeds::seed::Seed;
pub use seeds::seed_error::{SeedError, SeedErrorKind};
