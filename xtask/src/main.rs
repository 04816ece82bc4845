//! `cargo xtask`: the checks that a contributor and CI run.
//!
//! `cargo xtask ci` runs every row of the table in `step.rs`. Each row is a command of its own, so that
//! a limit can end it with everything it started, and so that it can be repeated by hand.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this binary talks to a person at a terminal"
)]

mod command_line;
mod failure;
mod workspace;

mod ci;
mod limited;
mod step;

mod dependencies;
mod examples;
mod fuzz;
mod live;
mod matrix;
mod nextest;
mod reliability;
mod schedules;
mod settings;
mod tool;

mod book;
mod tidy;

use std::process::ExitCode;

use clap::Parser;

use crate::command_line::{CommandLine, Task};
use crate::failure::Failure;
use crate::workspace::Workspace;

fn main() -> ExitCode {
    match run(CommandLine::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

fn run(task: Task) -> Result<(), Failure> {
    let workspace = Workspace::locate()?;
    match task {
        Task::Ci(selection) => ci::run(&workspace, &selection),
        Task::Fetch => dependencies::fetch(&workspace),
        Task::Test { arguments } => nextest::run(&workspace, &arguments),
        Task::Live => live::run(&workspace),
        Task::Matrix => matrix::run(&workspace),
        Task::Examples { install } => examples::run(&workspace, install),
        Task::Schedules => schedules::run(&workspace),
        Task::Reliability(measurement) => reliability::run(&workspace, &measurement),
        Task::Fuzz(fuzzing) => fuzz::run(&workspace, &fuzzing),
        Task::Tidy => tidy::run(&workspace),
        Task::Book => book::run(&workspace),
        Task::Deny => dependencies::deny(&workspace),
        Task::Audit => dependencies::audit(&workspace),
        Task::Settings { check } => settings::run(&workspace, check),
    }
}
