//! A worked example: a source of secrets as you would write it, with nothing but what is public.
//!
//! The store is a folder of files, as Docker and Kubernetes mount secrets: `/run/secrets/prod/db/PASSWORD`
//! holds the value of `mount://prod/db/PASSWORD`. Read the files in this order:
//!
//! 1. `mount_error.rs`: your own error, and the one place that says which kind of failure it is;
//! 2. `mounted_secrets.rs`: the source: `origin` and `get`, which are all that is required, then
//!    `get_many`, because a batch can be had cheaper;
//! 3. `tests/laws.rs`: the laws that every source obeys, which is how you know that you are done.
//!
//! What you get for it: the resolver, templates and figment, caching, circuit breaker and environment
//! fall-back all work on your source, since all they know is the trait.
//!
//! # Examples
//!
//! ```
//! use secret_source::{ExposeSecret, Resolver};
//! use third_party_source::MountedSecrets;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let folder = tempfile::tempdir()?;
//! std::fs::create_dir_all(folder.path().join("prod/db"))?;
//! std::fs::write(folder.path().join("prod/db/PASSWORD"), "correct horse\n")?;
//!
//! let source = MountedSecrets::new(folder.path());
//! let resolver = Resolver::builder(source).scheme("mount").build()?;
//! let secret = resolver.answer(&"mount://prod/db/PASSWORD".parse()?).await?.unwrap();
//! assert_eq!(secret.value().expose_secret(), "correct horse");
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```

mod mount_error;
mod mounted_secrets;

pub use mount_error::MountError;
pub use mounted_secrets::MountedSecrets;
