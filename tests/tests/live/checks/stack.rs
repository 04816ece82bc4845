//! The whole stack, as an application uses it.

use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{PutOptions, ResolveSecrets, SecretString, Stack};
use serde::Deserialize;

use crate::scene::{Outcome, PATIENCE, Scene, ensure, failed, put};

#[derive(Deserialize)]
struct Config {
    whole: String,
    part: String,
}

pub(super) async fn resolved(scene: &Scene<'_>) -> Outcome {
    let settings = &scene.server.settings;
    let first = scene.value("first");
    scene.fill("stack", &[("KEY", &first)]).await?;
    let stack = Stack::builder()
        .address(&settings.url)
        .allow_http(true)
        .lookup_deadline(PATIENCE)
        .startup_deadline(PATIENCE)
        .client_id(&settings.client_id)
        .client_secret(SecretString::from(settings.client_secret.clone()))
        .project(&settings.project)
        .environment(&settings.environment)
        .build()
        .map_err(|error| error.to_string())?;
    let outcome = through(scene, &stack, &first).await;
    stack.shutdown().await;
    outcome
}

async fn through(scene: &Scene<'_>, stack: &Stack, first: &str) -> Outcome {
    let reference = format!("infisical://{}", scene.path("stack/KEY"));
    let text = format!("whole = '{reference}'\npart = '[${{{reference}}}]'\n");
    let resolve = async || {
        let resolved = Figment::from(Toml::string(&text))
            .resolve_secrets(stack)
            .await;
        let resolved = resolved.map_err(|error| error.to_string())?;
        resolved
            .extract::<Config>()
            .map_err(|error| error.to_string())
    };
    let holds =
        |config: &Config, value: &str| config.whole == value && config.part == format!("[{value}]");
    let config = resolve().await?;
    ensure(
        holds(&config, first),
        "the configuration holds another value",
    )?;

    let second = scene.value("second");
    let store = stack.store().ok_or("the stack writes nowhere")?;
    let address = stack.address(&reference).map_err(failed("the reference"))?;
    let put = put(&store, &address, &second, PutOptions::update());
    put.await.map_err(failed("the write"))?;
    let config = resolve().await?;
    ensure(
        holds(&config, &second),
        "the configuration holds the value before",
    )
}
