//! The configuration library `figment2`, a fork of figment, and what the root of this crate offers for
//! figment, for it. Feature `figment2`.
//!
//! The traits and types have the names of those at the root and are made from the same source; a
//! [`Stack`](crate::Stack) serves both.
//!
//! # Examples
//!
//! ```
//! use keyfob::figment2::{Figment, ResolveSecrets};
//! use keyfob::testing;
//!
//! let stack = testing::blocking_stack([("infisical://dev/db/PASSWORD", "correct horse")])?;
//! let figment = Figment::from(("password", "infisical://dev/db/PASSWORD"));
//! let resolved = figment.resolve_blocking(&stack)?;
//! assert_eq!(resolved.extract_inner::<String>("password")?, "correct horse");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use ::figment2::*;
pub use figment2_secrets::{
    Changes, ConfigChange, ConfigReference, Diagnostics, FolderError, FolderErrorKind,
    FolderOverlay, ListReferences, Live, LoadedFolder, Problem, ProblemKind, Redactor, Reloaded,
    Report, ResolveError, ResolveSecrets, Resolved, Row, SecretFolder, SecretProvider, Severity,
    Trigger, WatchBuilder, WatchError, WatchErrorKind, WatchStatus, Watched,
};
#[cfg(feature = "files")]
pub use figment2_secrets::{ConfigFileError, ConfigFiles};
