//! The `keyfob` command: resolves configuration with secrets, and explains what it did.
//!
//! Exit codes: 0 done, 1 something could not be resolved, 2 usage or settings. No command prints a
//! value, but `get`, and `render` to a file or with `--reveal`.

// A command prints; the libraries beneath it never do.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the binary that talks to people"
)]

mod arguments;
mod failure;

mod check;
mod demo;
mod dev_server;
mod explain;
mod get;
mod render;

mod config_files;
mod log;
mod output;
mod private_file;
mod table;

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser;
use zeroizing_alloc::ZeroAlloc;

use arguments::{Arguments, Command};
use failure::Failure;

/// Wipes freed memory, so that what HTTP, JSON and TOML libraries leave behind is gone too.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = log::install().and_then(|()| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| Failure::broken("cannot start", &error))?;
        let outcome = runtime.block_on(run(arguments.command));
        // Dropping a runtime would wait for blocked name look-ups.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Check(arguments) => check::run(arguments).await,
        Command::Demo => demo::run().await,
        Command::DevServer(arguments) => dev_server::run(arguments).await,
        Command::Explain(arguments) => explain::run(arguments).await,
        Command::Get(arguments) => get::run(arguments).await,
        Command::Render(arguments) => render::run(arguments).await,
    }
}
