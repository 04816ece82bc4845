//! A pool of connections to PostgreSQL that follows the rotation of its password.
//!
//! The password is changed in the database and in Infisical while the pool is in use. Connections that were made with
//! the old one are retired when they come back, and new ones log in with what the [`Live`] says then.

#![allow(clippy::print_stdout, reason = "an example tells what it shows")]

mod manager;
mod postgres;

use std::error::Error;
use std::time::Duration;

use deadpool::managed::Pool;
use infisical_fake::{Fake, Seed};
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{SecretString, Stack, Watched};
use manager::{Manager, backend};
use postgres::Postgres;

const APP: &str = r#"
user = "app"
password = "infisical:///shared/db/PASSWORD"
"#;

#[derive(serde::Deserialize)]
struct Config {
    user: String,
    password: SecretString,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let database = Postgres::start().await?;
    let admin = database.admin().await?;
    admin
        .batch_execute("CREATE ROLE app LOGIN PASSWORD 'correct horse'")
        .await?;
    let seed = Seed::new().secret("dev", "/shared/db", "PASSWORD", "correct horse");
    let server = Fake::builder().seed(seed).start().await?;
    let stack = Stack::builder()
        .address(&server.url())
        .client_id(&server.client_id())
        .client_secret(server.client_secret().into())
        .project(&server.project_id())
        .environment("dev")
        .build()?;

    let watched = Watched::<Config>::builder(|| Figment::from(Toml::string(APP)))
        .interval(Duration::from_millis(50))
        .start(&stack)
        .await?;
    let manager = Manager {
        socket: database.socket().to_owned(),
        // One part, so that a user never comes with the password of another version.
        login: watched.project(|config| (config.user.clone(), config.password.clone())),
    };
    let pool: Pool<Manager> = Pool::builder(manager).max_size(4).build()?;

    let first = backend(&*pool.get().await?).await?;
    assert_eq!(
        first,
        backend(&*pool.get().await?).await?,
        "the pool keeps its connection"
    );

    // The rotation: in the database, and then where the application looks.
    let mut changes = watched.subscribe();
    admin
        .batch_execute("ALTER ROLE app PASSWORD 'battery staple'")
        .await?;
    let in_use = pool.get().await?;
    assert!(
        pool.get().await.is_err(),
        "nobody can log in with the old password"
    );
    server.set("dev", "/shared/db", "PASSWORD", "battery staple");
    let change = changes.next().await.ok_or("the watch has ended")?;
    assert_eq!(change.keys(), ["password"]);

    assert_eq!(backend(&in_use).await?, first, "what is under way may end");
    drop(in_use);
    let second = backend(&*pool.get().await?).await?;
    assert_ne!(
        second, first,
        "the old connection was retired, and the new one logged in"
    );
    println!("database_password: the pool logged in again after the rotation");
    Ok(())
}
