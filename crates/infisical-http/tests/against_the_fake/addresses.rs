//! The ways to write a server's address.

use infisical_fake::Era;
use infisical_http::Infisical;
use secret_source::SecretSource;

use crate::support::{address, fake};

#[tokio::test]
async fn every_spelling_of_the_address_reaches_the_server() {
    let fake = fake(Era::V4b).await;
    for suffix in ["", "/", "/api", "/api/"] {
        let infisical = Infisical::builder(&format!("{}{suffix}", fake.url()))
            .universal_auth(fake.client_id(), fake.client_secret())
            .project(fake.project_id())
            .build()
            .unwrap();
        assert!(
            infisical.get(&address("/shared/db", "KEY_1")).await.is_ok(),
            "{suffix}"
        );
        assert_eq!(infisical.host(), fake.address().to_string());
    }
}
