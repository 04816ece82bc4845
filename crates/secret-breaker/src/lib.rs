//! A circuit breaker over any [`SecretSource`](secret_source::SecretSource), and a [`Bulkhead`] around it.
//!
//! After a few failures in a row the source is left alone for a while: callers get their error at
//! once instead of waiting for a time-out each, and a struggling server is not asked by everyone at
//! the moment it comes back. Then one call, the probe, finds out whether the source answers again.
//!
//! ```text
//!             5 failures in a row                60 s, or the server's Retry-After
//!   closed ───────────────────────▶ open ──────────────────────────────▶ half-open
//!     ▲                              ▲                                      │  │
//!     │                              └───────────── the probe fails ────────┘  │
//!     └──────────────────────────────────────────── the probe succeeds ────────┘
//! ```
//!
//! # Examples
//!
//! ```
//! use std::time::Duration;
//!
//! use secret_breaker::{BreakerConfig, BreakerExt, BreakerState};
//! use secret_source::MemorySource;
//!
//! let config = BreakerConfig::new().failures(3).reset(Duration::from_secs(30));
//! let source = MemorySource::new().with_breaker(config);
//! let handle = source.handle();
//! assert_eq!(handle.state(), BreakerState::Closed { failures: 0 });
//! ```

mod breaker;
mod bulkhead;
mod circuit;
mod config;
mod handle;
mod state;
mod sync;

pub use breaker::{BreakerExt, CircuitBreaker};
pub use bulkhead::Bulkhead;
pub use config::BreakerConfig;
pub use handle::BreakerHandle;
pub use state::BreakerState;
