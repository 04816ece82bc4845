//! The logins against a server that checks what they send, and shares no code with the client.

use infisical_fake::{Era, Fake, Identity, LoginMethod, Seed};
use infisical_http::{Auth, Infisical, JwtAuth, KubernetesAuth, LdapAuth, OidcAuth};
use secret_source::{ErrorKind, ExposeSecret};

use crate::capture::look_up;

const ERAS: [Era; 3] = [Era::V2024, Era::V4a, Era::V4b];

async fn fake(era: Era) -> Fake {
    let identity = Identity::new("app")
        .id("identity")
        .organization("acme")
        .accepts_jwt(LoginMethod::Kubernetes, "good")
        .accepts_jwt(LoginMethod::Oidc, "good")
        .accepts_jwt(LoginMethod::Jwt, "good")
        .accepts_ldap("name", "good")
        .accepts_aws("AKIDEXAMPLE", "good");
    let seed = Seed::new().secret("dev", "/", "KEY", "value");
    let builder = Fake::builder().era(era).seed(seed).identity(identity);
    builder.start().await.unwrap()
}

fn client(fake: &Fake, auth: Auth) -> Infisical {
    let builder = Infisical::builder(&fake.url())
        .auth(auth)
        .organization("acme");
    builder.project(fake.project_id()).build().unwrap()
}

fn methods(credential: &str, file: &std::path::Path) -> Vec<Auth> {
    std::fs::write(file, credential).unwrap();
    vec![
        KubernetesAuth::new("identity").token_file(file).into(),
        OidcAuth::new("identity", credential).into(),
        JwtAuth::new("identity", credential).into(),
        LdapAuth::new("identity", "name", credential).into(),
        #[cfg(feature = "aws")]
        infisical_http::AwsAuth::new("identity", "us-east-1")
            .keys("AKIDEXAMPLE", credential, None)
            .into(),
    ]
}

#[tokio::test]
async fn every_method_logs_in_to_servers_of_every_era() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for era in ERAS {
        for auth in methods("good", file.path()) {
            let fake = fake(era).await;
            let shown = format!("{era} {auth:?}");
            let secret = look_up(&client(&fake, auth)).await;
            assert_eq!(
                secret.expect(&shown).value().expose_secret(),
                "value",
                "{shown}"
            );
            assert_eq!(fake.counts().logins, 1, "{shown}");
        }
    }
}

#[tokio::test]
async fn every_method_is_refused_once_and_then_left_alone() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for era in ERAS {
        for auth in methods("bad", file.path()) {
            let fake = fake(era).await;
            let infisical = client(&fake, auth);
            for _ in 0..5 {
                let error = look_up(&infisical).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{era} {error:?}");
            }
            assert_eq!(fake.counts().logins, 1, "{era} {infisical:?}");
        }
    }
}

#[tokio::test]
async fn an_organization_without_the_identity_refuses_the_login() {
    for era in [Era::V4a, Era::V4b] {
        let fake = fake(era).await;
        let infisical = Infisical::builder(&fake.url())
            .auth(OidcAuth::new("identity", "good"))
            .organization("nobody")
            .project(fake.project_id())
            .build()
            .unwrap();
        let error = look_up(&infisical).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
    }
}
