//! The server that the examples ask: an invented one, in this process.

use std::io;

use infisical_fake::{Fake, FakeBuilder, Seed};
use keyfob::{Stack, StackBuilder};

/// What an application has as a file, `app.toml` for example.
pub(crate) const APP: &str = r#"
user = "app"
password = "infisical:///shared/db/PASSWORD"
"#;

/// What an application makes of it.
#[derive(serde::Deserialize)]
pub(crate) struct Config {
    pub(crate) user: String,
    pub(crate) password: keyfob::SecretString,
}

/// Describes a server that holds one secret.
fn server() -> FakeBuilder {
    Fake::builder().seed(Seed::new().secret("dev", "/shared/db", "PASSWORD", "correct horse"))
}

/// Starts the server on the runtime of the caller.
#[allow(
    dead_code,
    reason = "each example compiles this file, and uses one of the two"
)]
pub(crate) async fn serve() -> io::Result<Fake> {
    server().start().await
}

/// Starts the server on a thread of its own.
#[allow(
    dead_code,
    reason = "each example compiles this file, and uses one of the two"
)]
pub(crate) fn serve_on_thread() -> io::Result<Fake> {
    server().start_on_thread()
}

/// Begins a stack for the server; an application would call `Stack::from_env()`.
pub(crate) fn stack_for(server: &Fake) -> StackBuilder {
    Stack::builder()
        .address(&server.url())
        .client_id(&server.client_id())
        .client_secret(server.client_secret().into())
        .project(&server.project_id())
        .environment("dev")
}
