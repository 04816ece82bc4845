//! Parses and prints secret references and templates.
//!
//! A *reference* is what a person writes into a configuration file where a password would otherwise stand. It names a
//! secret and says how its value is to be used:
//!
//! ```text
//! scheme "://" [project "@"] [environment] "/" [folder "/"] KEY ["?" option ("&" option)*] ["#" json-pointer]
//!
//! infisical://prod/shared/db/POSTGRES_DSN
//! infisical://billing@prod/shared/db/POOL_MAX?version=3&default=10
//! infisical:///services/api/CREDENTIALS?type=personal#/client/id
//! ```
//!
//! A *template* is a longer text with references inside: `postgres://app:${infisical://prod/db/PASSWORD?encode=percent}@db/app`.
//!
//! | type | what it is |
//! |---|---|
//! | [`SecretRef`] | a reference to one secret |
//! | [`FolderRef`] | a reference to a folder; ends in `/` |
//! | [`FolderPath`] | the folder itself: absolute, normalised, never empty |
//! | [`Template`] | text with references inside |
//! | [`Schemes`] | the schemes an application registered; decides what a configuration text is |
//! | [`ParseError`] | what is wrong, where, and what to write instead |
//!
//! All of them are parsed once and correct from then on, print their canonical form, and can be kept in an application's
//! own types through `serde`. Nothing here does I/O, and no value of a secret ever reaches this crate except to be
//! written differently by [`Encoding::apply`].
//!
//! # Examples
//!
//! ```
//! use secret_ref::{ConfigText, Schemes, SecretRef};
//!
//! let reference = SecretRef::parse("INFISICAL://prod/shared/db/POOL_MAX?default=10&version=3")?;
//! assert_eq!(reference.environment(), Some("prod"));
//! assert_eq!(reference.folder().as_str(), "/shared/db");
//! assert_eq!(reference.key(), "POOL_MAX");
//! assert_eq!(reference.to_string(), "infisical://prod/shared/db/POOL_MAX?version=3&default=10");
//!
//! let schemes = Schemes::new(["infisical"])?;
//! assert_eq!(schemes.read("just text")?, ConfigText::Plain);
//! assert!(matches!(schemes.read("infiscial://prod/KEY")?, ConfigText::NearScheme { .. }));
//!
//! let error = schemes.read("infisical://prod/KEY?optinal").unwrap_err();
//! assert_eq!(error.hint(), "did you mean `optional`?");
//! assert_eq!(&error.input()[error.span()], "optinal");
//! # Ok::<(), secret_ref::ParseError>(())
//! ```

mod secret_ref;

mod component;
mod location;
mod name;
mod options;

mod encoding;
mod pointer;
mod secret_type;

mod folder_path;
mod folder_ref;

mod opening;
mod scheme;
mod schemes;
mod template;

mod error;
mod near;
mod percent;
mod piece;
mod serde;
mod slip;

pub use component::Component;
pub use encoding::Encoding;
pub use error::{ParseError, ParseErrorKind};
pub use folder_path::FolderPath;
pub use folder_ref::FolderRef;
pub use near::near;
pub use percent::{encoded_authority, encoded_segment};
pub use pointer::JsonPointer;
pub use schemes::{ConfigText, Schemes};
pub use secret_ref::SecretRef;
pub use secret_type::SecretType;
pub use template::{Part, Template};
