//! [`HomeRuntime`]: the one runtime that a client belongs to.

use std::sync::OnceLock;

use secret_source::SecretError;
use tokio::runtime::{Handle, Id};

/// Remembers the runtime that first used a client and refuses every other.
///
/// Pooled connections are driven by tasks of the runtime that opened them. Used from another runtime
/// while the first one's thread blocks, a request on such a connection would hang until its time-out.
#[derive(Debug, Default)]
pub(crate) struct HomeRuntime(OnceLock<Id>);

impl HomeRuntime {
    /// Lets the home runtime in, which is the first that asks.
    pub(crate) fn enter(&self) -> Result<(), SecretError> {
        let Ok(current) = Handle::try_current() else {
            return Err(SecretError::invalid(
                "the Infisical client was used outside a tokio runtime",
            )
            .with_code("wrong-runtime")
            .with_hint(
                "await it on a tokio runtime, or use a blocking stack, which brings its own",
            ));
        };
        if *self.0.get_or_init(|| current.id()) == current.id() {
            return Ok(());
        }
        Err(SecretError::invalid("the Infisical client was used on a second tokio runtime")
            .with_code("wrong-runtime")
            .with_hint("build one client or stack for each runtime, or use a blocking stack, which works on all"))
    }
}
