//! Tokens that are over. None is renewed, and no login is made that a server would refuse.

use infisical_http::Infisical;
use secret_source::{Change, ErrorKind, PutOptions, SecretAddress, SecretSource};

use crate::relay::Relay;
use crate::scene::{Outcome, Scene, ensure, failed, put, refused, same};

/// A client behind a relay that has logged in and read a value once.
struct Relayed {
    relay: Relay,
    client: Infisical,
    address: SecretAddress,
    value: String,
}

impl Relayed {
    async fn new(scene: &Scene<'_>, folder: &str) -> Result<Self, String> {
        let value = scene.value(folder);
        scene.fill(folder, &[("KEY", &value)]).await?;
        let relay = Relay::start(&scene.server.settings.url).await?;
        let client = scene.builder(&relay.url()).build();
        let relayed = Self {
            client: client.map_err(|error| error.to_string())?,
            address: scene.secret(folder, "KEY"),
            value,
            relay,
        };
        relayed.read("the first look-up").await?;
        relayed.logins(1)?;
        Ok(relayed)
    }

    async fn read(&self, what: &str) -> Outcome {
        same(self.client.get(&self.address).await, &self.value, what)
    }

    fn logins(&self, count: u64) -> Outcome {
        let logins = self.client.requests().logins;
        ensure(
            logins == count,
            &format!("{logins} logins, and not {count}"),
        )
    }
}

pub(super) async fn revoked_here(scene: &Scene<'_>) -> Outcome {
    let relayed = Relayed::new(scene, "revoked-here").await?;
    let revoked = relayed.client.revoke().await;
    revoked.map_err(failed("the revocation"))?;
    relayed.read("the look-up after").await?;
    relayed.logins(2)
}

pub(super) async fn revoked_elsewhere(scene: &Scene<'_>) -> Outcome {
    let relayed = Relayed::new(scene, "revoked-elsewhere").await?;
    let token = relayed.relay.token().ok_or("no token was seen")?;
    scene.server.revoke(&token).await?;
    relayed.read("the look-up after").await?;
    relayed.logins(2)
}

pub(super) async fn malformed(scene: &Scene<'_>) -> Outcome {
    let relayed = Relayed::new(scene, "malformed").await?;
    relayed.relay.spoil_one();
    relayed.read("the look-up after").await?;
    relayed.logins(2)?;
    relayed.read("a look-up with the new token").await?;
    relayed.logins(2)
}

pub(super) async fn over_at_a_write(scene: &Scene<'_>) -> Outcome {
    let relayed = Relayed::new(scene, "over-at-a-write").await?;
    let (address, value) = (scene.secret("over-at-a-write", "NEW"), scene.value("new"));
    relayed.relay.spoil_one();
    let put = put(&relayed.client, &address, &value, PutOptions::create());
    let written = put.await.map_err(failed("the write"))?;
    ensure(written.change() == Change::Created, "it was no creation")?;
    same(relayed.client.get(&address).await, &value, "the look-up")?;
    relayed.logins(2)
}

pub(super) async fn given(scene: &Scene<'_>) -> Outcome {
    let relayed = Relayed::new(scene, "given").await?;
    let token = relayed.relay.token().ok_or("no token was seen")?;
    let builder = scene.builder_without_login().token(token.as_str());
    let client = builder.build().map_err(|error| error.to_string())?;
    let found = client.get(&relayed.address).await;
    same(found, &relayed.value, "the look-up with a good token")?;
    scene.server.revoke(&token).await?;
    let found = client.get(&relayed.address).await;
    let is_right = |kind| kind == ErrorKind::Unauthenticated;
    refused(found, is_right, "the look-up with a revoked token")?;
    ensure(client.requests().logins == 0, "somebody logged in")
}
