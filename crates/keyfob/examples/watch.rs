//! A configuration that follows its secrets: a password is rotated while the program runs, and the part of the program
//! that needs it reads the new one.

#![allow(clippy::print_stdout, reason = "an example tells what it shows")]

mod server;

use std::time::Duration;

use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{ExposeSecret, Live, SecretString, Watched};
use server::{APP, Config, serve, stack_for};

/// A component that knows nothing of the configuration but its password.
struct Mailer {
    password: Live<SecretString>,
}

impl Mailer {
    /// Reads the password when it is needed, and does not keep it.
    fn login(&self) -> String {
        format!("LOGIN app {}", self.password.get().expose_secret())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = serve().await?;
    let stack = stack_for(&server).build()?;

    let watched = Watched::builder(|| Figment::from(Toml::string(APP)))
        .interval(Duration::from_millis(50))
        .validate(
            |config: &Config| match config.password.expose_secret().len() {
                0..8 => Err("the password is too short"),
                _ => Ok(()),
            },
        )
        .start(&stack)
        .await?;
    let mailer = Mailer {
        password: watched.project(|config| config.password.clone()),
    };
    assert_eq!(mailer.login(), "LOGIN app correct horse");

    // Someone rotates the password. A webhook would call `watched.trigger().fire()`.
    let mut changes = watched.subscribe();
    server.set("dev", "/shared/db", "PASSWORD", "battery staple");
    let change = changes.next().await.ok_or("the watch has ended")?;
    assert_eq!(change.keys(), ["password"]);
    assert_eq!(mailer.login(), "LOGIN app battery staple");

    // A mistake is refused, and the last good configuration stays.
    server.set("dev", "/shared/db", "PASSWORD", "oops");
    let error = watched.reload().await.err().ok_or("it was not refused")?;
    assert!(error.to_string().ends_with("the password is too short"));
    assert_eq!(mailer.login(), "LOGIN app battery staple");
    assert!(watched.status().failures_in_a_row() > 0);

    let (user, version) = (&watched.current().user, watched.version());
    println!("watch: {user} has version {version}, after a rotation and a mistake");
    Ok(())
}
