//! What secrets a service needs: listed without fetching, fetched ahead, and handed to child processes.
//!
//! | type | what it is |
//! |---|---|
//! | [`Requirements`] | the list, from configurations and contracts |
//! | [`Contract`], [`Transports`] | a YAML file that says what a service depends on, and what that means in secrets |
//! | [`Prefetched`] | what was fetched, what is missing, what failed |
//! | [`Applied`] | what a child process was given, and what not |
//!
//! Nothing is overwritten: not what the environment says, not what a command was given, and never the environment of
//! this process.
//!
//! # Order
//!
//! For each key of a contract: the environment variable of its name, the service's own folder, the shared folder,
//! the `.env` file. A folder that does not have the key, or does not exist, gives way to the next. One that may not be
//! read, or cannot be reached, is an error: the shared value would be the wrong one, and nobody would notice.
//!
//! The variable comes last, after all of these, where its name means something to programs, such as `TZ` or `RUST_LOG`,
//! and is asked at all only for a dependency that names it.
//!
//! A reference of a configuration means one secret, and is answered as it will be when the configuration is resolved.
//!
//! # Examples
//!
//! ```
//! use env_fallback::Environment;
//! use secret_requirements::{Contract, Required, Requirements, Transports};
//! use secret_source::{MemorySource, Resolver};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let source = MemorySource::new()
//!     .with("infisical://prod/shared/kafka/KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")?
//!     .with("infisical://prod/services/api/env/API_TOKEN", "t0ken")?;
//! let resolver = Resolver::builder(source).environment("prod").build()?;
//!
//! let text = "
//! dependencies:
//!   - type: kafka
//!   - {type: environment, env_var: API_TOKEN, required: true}
//!   - {type: environment, env_var: LOG_FORMAT, required: false}
//! ";
//! let contract = Contract::parse("contract.yaml", text, &Transports::default())?;
//! let requirements = Requirements::of_contract("api", &contract, &resolver)?;
//! assert_eq!(requirements.iter().count(), 3);
//!
//! let environment = Environment::from_process();
//! let prefetched = requirements.prefetch(&resolver, &environment, Required::Yes).await.into_result()?;
//! assert_eq!(prefetched.fetched().len(), 2);
//! assert_eq!(prefetched.missing()[0].variable(), "LOG_FORMAT");
//!
//! let mut child = std::process::Command::new("true");
//! let applied = prefetched.apply_to(&mut child, &environment);
//! assert_eq!(applied.applied(), ["KAFKA_BOOTSTRAP_SERVERS", "API_TOKEN"]);
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```

mod requirement;
mod requirements;
mod variable;

mod contract;
mod contract_error;
mod dependency;
mod transports;

mod prefetch;
mod prefetched;

mod applied;

pub use applied::{Applied, SkipReason, Skipped};
pub use contract::Contract;
pub use contract_error::{ContractError, ContractFault};
pub use prefetched::{Fetched, PrefetchError, Prefetched, Required, Unmet};
pub use requirement::{Requirement, WantedBy};
pub use requirements::Requirements;
pub use transports::Transports;
