//! A program on a runtime of tokio's that has the main thread alone.

#![allow(clippy::print_stdout, reason = "an example tells what it shows")]

mod server;

use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{ExposeSecret, ResolveSecrets};
use server::{APP, Config, serve, stack_for};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = serve().await?;
    let stack = stack_for(&server).build()?;

    let config: Config = Figment::from(Toml::string(APP))
        .resolve_secrets(&stack)
        .await?
        .extract()?;

    assert_eq!(config.password.expose_secret(), "correct horse");
    println!("current_thread: {} has a password", config.user);
    Ok(())
}
