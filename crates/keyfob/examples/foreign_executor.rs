//! A program on an executor that is not tokio's, as with async-std or smol: a `BlockingStack` runs all requests on
//! its own thread, and what it returns can be awaited anywhere.

#![allow(clippy::print_stdout, reason = "an example tells what it shows")]

mod server;

use futures_executor::block_on;
use futures_util::future::join_all;
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{ExposeSecret, ResolveSecrets};
use server::{APP, Config, serve_on_thread, stack_for};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = serve_on_thread()?;
    let stack = stack_for(&server).build_blocking()?;

    block_on(async {
        let resolving = stack.run(|stack| async move {
            let figment = Figment::from(Toml::string(APP));
            figment.resolve_secrets(&stack).await
        });
        let config: Config = resolving.await??.extract()?;
        assert_eq!(config.password.expose_secret(), "correct horse");

        // Many at a time, none of which blocks the executor.
        let looking_up = (0..100).map(|_| {
            stack.run(|stack| async move { stack.get("infisical:///shared/db/PASSWORD").await })
        });
        for secret in join_all(looking_up).await {
            assert_eq!(secret??.value().expose_secret(), "correct horse");
        }
        println!("foreign_executor: {} has a password", config.user);
        Ok(())
    })
}
