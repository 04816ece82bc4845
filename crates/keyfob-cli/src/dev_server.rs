//! `keyfob dev-server`: an invented Infisical server for development and tests.

use std::path::Path;

use infisical_fake::{Fake, Seed};

use crate::arguments::DevServerArguments;
use crate::failure::Failure;
use crate::output;

/// Serves until it is interrupted.
pub(crate) async fn run(arguments: DevServerArguments) -> Result<(), Failure> {
    if !arguments.listen.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "{} is not a loopback address, and an invented server has no business on a network",
            arguments.listen.ip()
        )));
    }
    let seed = match &arguments.seed {
        Some(path) => read_seed(path)?,
        None => Seed::example(),
    };
    let server = Fake::builder()
        .era(arguments.era)
        .seed(seed)
        .listen(arguments.listen)
        .start()
        .await;
    let server = server.map_err(|error| {
        Failure::broken(&format!("cannot listen on {}", arguments.listen), &error)
    })?;
    eprintln!("This is not a real Infisical: it is an invented server, and its data is invented.");
    eprintln!(
        "It listens on {} until you press Ctrl-C. Its settings, for your shell:",
        server.url()
    );
    for (name, value) in settings(&server) {
        let quoted = shlex::try_quote(&value)
            .map_err(|_| Failure::usage(format!("{name} holds a NUL character")))?;
        output::line(&format!("export {name}={quoted}"))?;
    }
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| Failure::broken("cannot wait for Ctrl-C", &error))
}

/// Returns the settings of a stack that asks `server`.
fn settings(server: &Fake) -> [(&'static str, String); 5] {
    [
        ("INFISICAL_API_URL", server.url()),
        ("INFISICAL_CLIENT_ID", server.client_id()),
        ("INFISICAL_CLIENT_SECRET", server.client_secret()),
        ("INFISICAL_PROJECT_ID", server.project_id()),
        ("INFISICAL_ENVIRONMENT", environment(server)),
    ]
}

/// Chooses `dev` where the server has it, else its first environment.
fn environment(server: &Fake) -> String {
    let dev = "dev".to_owned();
    let environments = server.environments();
    match environments.first() {
        Some(first) if !environments.contains(&dev) => first.clone(),
        _ => dev,
    }
}

fn read_seed(path: &Path) -> Result<Seed, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("cannot read {shown}: {error}")))?;
    let is_toml = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    let json = if is_toml {
        json_of_toml(&text, path)?
    } else {
        text
    };
    Seed::from_json(&json).map_err(|error| Failure::usage(format!("{shown} is no seed: {error}")))
}

// The message of a TOML error quotes the line, which may hold a secret: only its place is told.
fn json_of_toml(text: &str, path: &Path) -> Result<String, Failure> {
    let tree: toml::Table = toml::from_str(text).map_err(|error| {
        let before = error
            .span()
            .map_or("", |span| text.get(..span.start).unwrap_or_default());
        let line = before.matches('\n').count() + 1;
        Failure::usage(format!(
            "{} is not TOML: {} at line {line}",
            path.display(),
            error.message()
        ))
    })?;
    serde_json::to_string(&tree).map_err(|error| Failure::broken("cannot convert the seed", &error))
}
