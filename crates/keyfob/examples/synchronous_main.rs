//! A program without a runtime: a `BlockingStack` brings its own, on a thread.

#![allow(clippy::print_stdout, reason = "an example tells what it shows")]

mod server;

use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{ExposeSecret, ResolveSecrets};
use server::{APP, Config, serve_on_thread, stack_for};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = serve_on_thread()?;
    let stack = stack_for(&server).build_blocking()?;

    let config: Config = Figment::from(Toml::string(APP))
        .resolve_blocking(&stack)?
        .extract()?;

    assert_eq!(config.password.expose_secret(), "correct horse");
    println!("synchronous_main: {} has a password", config.user);
    Ok(())
}
