//! `keyfob demo`: the whole stack at work, against an invented server on this machine.

use std::time::Duration;

use infisical_fake::{Fake, Seed};
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{ResolveSecrets, SecretString, Stack};

use crate::explain::rows;
use crate::failure::Failure;
use crate::output::{self, counted};

const CONFIGURATION: &str = include_str!("demo/app.toml");

/// How long a value stays fresh in the demo: short, so that an outage can be shown.
const TTL: Duration = Duration::from_secs(1);

pub(crate) async fn run() -> Result<(), Failure> {
    let server = Fake::builder().seed(Seed::example()).start().await;
    let server =
        server.map_err(|error| Failure::broken("cannot start the invented server", &error))?;
    let stack = stack(&server)?;

    heading("An application's configuration. Each reference stands where a secret would.")?;
    output::raw(CONFIGURATION.as_bytes())?;

    heading("Resolved: which key came from where. No value is shown, here or in any log.")?;
    resolve(&stack, &server).await?;

    heading("Resolved again: the cache answers.")?;
    resolve(&stack, &server).await?;

    server.go_down();
    outlive_ttl().await;
    heading(
        "The server is down, and the values are past their time to live: they are served stale.",
    )?;
    resolve(&stack, &server).await?;

    server
        .come_back()
        .map_err(|error| Failure::broken("cannot bring the invented server back", &error))?;
    heading("The server is back: the next resolution is fresh.")?;
    resolve(&stack, &server).await?;

    stack.shutdown().await;
    output::line(
        "\nYour turn: `keyfob dev-server` runs such a server, `keyfob check FILE` tries your own file.",
    )
}

fn stack(server: &Fake) -> Result<Stack, Failure> {
    Ok(Stack::builder()
        .address(&server.url())
        .client_id(&server.client_id())
        .client_secret(SecretString::from(server.client_secret()))
        .project(&server.project_id())
        .environment("dev")
        .cache_ttl(TTL)
        .retries(0)
        .build()?)
}

/// Resolves the configuration and shows the report and what it cost.
async fn resolve(stack: &Stack, server: &Fake) -> Result<(), Failure> {
    let before = server.counts();
    let figment = Figment::from(Toml::string(CONFIGURATION));
    let resolved = figment.resolve_secrets(stack).await?;
    output::raw(rows(resolved.report()).as_bytes())?;
    let after = server.counts();
    output::line(&format!(
        "\n{}, {}, {}",
        counted(resolved.report().rows().len(), "reference"),
        counted(after.logins - before.logins, "login"),
        counted(after.lists - before.lists, "folder list"),
    ))
}

fn heading(text: &str) -> Result<(), Failure> {
    output::line(&format!("\n== {text}\n"))
}

async fn outlive_ttl() {
    tokio::time::sleep(TTL + Duration::from_millis(100)).await;
}
