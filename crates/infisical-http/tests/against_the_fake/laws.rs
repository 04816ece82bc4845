//! The laws of `secret-testkit`.

use infisical_fake::{Era, Fake, Identity, Seed};
use infisical_http::Infisical;
use secret_testkit::{Canary, Fixture, laws};

use crate::support::{builder, serve};

#[tokio::test]
async fn a_client_obeys_the_laws_with_servers_of_every_age() {
    for era in [Era::V2024, Era::V4a, Era::V4b] {
        // An old server ignores the version, and the client then refuses all but the current one.
        let fixture = Fixture::example("infisical", "dev")
            .supports_personal_values()
            .supports_versions();
        let mut seed = Seed::new();
        for (address, value) in fixture.values() {
            seed = seed.secret("dev", address.folder(), address.key(), value);
        }
        let fake = serve(era, seed).await;
        let infisical: Infisical = builder(&fake).build().unwrap();
        let fixture = fixture.credential(Canary::of_value("client secret", fake.client_secret()));
        laws::all(&infisical, &fixture).await;
    }
}

#[tokio::test]
async fn another_project_is_never_answered_with_the_default_ones_values() {
    let fixture = Fixture::example("infisical", "dev")
        .supports_personal_values()
        .supports_versions();
    let mut seed = Seed::new();
    for (address, value) in fixture.values() {
        seed = seed.secret("dev", address.folder(), address.key(), value);
    }
    let seed = seed.project("other-team").secret("dev", "/", "KEY", "v");
    let identity = Identity::new("app").projects(["example-project"]);
    let fake = Fake::builder()
        .seed(seed)
        .identity(identity)
        .start()
        .await
        .unwrap();
    let fixture = fixture.foreign_project("other-team");
    let infisical = builder(&fake).build().unwrap();
    laws::foreign_projects_are_refused(&infisical, &fixture).await;
}
