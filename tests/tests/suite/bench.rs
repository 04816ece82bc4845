//! An invented server, and stacks that ask it.

use infisical_fake::{Fake, Seed};
use keyfob::{SecretString, Stack, StackBuilder};

/// Starts a server with these secrets in `dev`: folder, key, value.
pub(crate) async fn serve(secrets: &[(&str, &str, &str)]) -> Fake {
    let seed = secrets.iter().fold(
        Seed::new().project("bench").environment("prod"),
        |seed, (folder, key, value)| seed.secret("dev", folder, key, value),
    );
    Fake::builder().seed(seed).start().await.unwrap()
}

/// Begins a stack that asks `server`, without retries, so that each failure costs one request.
pub(crate) fn stack_of(server: &Fake) -> StackBuilder {
    Stack::builder()
        .address(&server.url())
        .client_id(&server.client_id())
        .client_secret(SecretString::from(server.client_secret()))
        .project(&server.project_id())
        .environment("dev")
        .retries(0)
}
