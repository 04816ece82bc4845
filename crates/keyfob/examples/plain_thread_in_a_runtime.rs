//! A plain thread that works beside a runtime and needs a secret: it waits for a `BlockingStack`, whatever the
//! runtime's threads do meanwhile.

#![allow(clippy::print_stdout, reason = "an example tells what it shows")]

mod server;

use std::thread;

use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{ExposeSecret, ResolveSecrets};
use server::{APP, Config, serve_on_thread, stack_for};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = serve_on_thread()?;
    let stack = stack_for(&server).build_blocking()?;

    let worker = thread::spawn({
        let stack = stack.clone();
        move || stack.get("infisical:///shared/db/PASSWORD")
    });
    // The only thread of this runtime stands still here, and the look-up goes on all the same.
    let secret = worker.join().map_err(|_| "the worker panicked")??;
    assert_eq!(secret.value().expose_secret(), "correct horse");

    // A blocking call works inside the runtime, too. An async function better awaits `BlockingStack::run`.
    let config: Config = Figment::from(Toml::string(APP))
        .resolve_blocking(&stack)?
        .extract()?;
    assert_eq!(config.password.expose_secret(), "correct horse");
    println!("plain_thread_in_a_runtime: {} has a password", config.user);
    Ok(())
}
