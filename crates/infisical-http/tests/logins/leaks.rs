//! No credential, and nothing that a cloud vouches with, is shown however a login ends.

use std::error::Error;
use std::fmt::Write;

use infisical_http::{
    Auth, AzureAuth, GcpIamAuth, GcpIdTokenAuth, JwtAuth, KubernetesAuth, LdapAuth, OidcAuth,
    TokenAuth, UniversalAuth,
};
use secret_source::{SecretError, SecretSource};
use secret_testkit::{Canary, LogCollector, assert_no_leak};
use serde_json::json;

use crate::capture::{Asked, Capture, look_up};
use crate::clouds::{KEY, service_account};

fn shown(error: &SecretError) -> String {
    let (hint, public) = (error.hint(), error.public_message());
    let mut text = format!("{error} {error:?} {error:#?} {hint:?} {public}");
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(text, " {error} {error:?}").unwrap();
        cause = error.source();
    }
    text
}

/// How a service answers, beside the regular way.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    Regular,
    /// Refuses, and repeats in its words all that it was sent.
    Refuses(u16),
    /// Answers with what is no document.
    Babbles,
}

const MOODS: [Mood; 6] = [
    Mood::Regular,
    Mood::Refuses(400),
    Mood::Refuses(401),
    Mood::Refuses(404),
    Mood::Refuses(503),
    Mood::Babbles,
];

/// Repeats what was asked, as an error of Infisical's and of OAuth.
fn echo(asked: &Asked, mood: Mood) -> Option<(u16, String)> {
    let echoed = format!("{} {:?} {}", asked.target, asked.headers, asked.body);
    match mood {
        Mood::Regular => None,
        Mood::Refuses(status) => {
            let body = json!({"statusCode": status, "error": echoed, "message": echoed,
                "error_description": echoed});
            Some((status, body.to_string()))
        }
        Mood::Babbles => Some((200, format!("{{\"accessToken\": {echoed}"))),
    }
}

async fn cloud(mood: Mood, token: &Canary) -> Capture {
    let token = token.value().to_owned();
    Capture::start(move |asked| {
        let granted = json!({"access_token": token, "keyId": "1", "signedJwt": token});
        let is_text = asked.target.contains("computeMetadata");
        let body = if is_text {
            token.clone()
        } else {
            granted.to_string()
        };
        // One that stays busy is asked again after pauses.
        let mood = match mood {
            // What is granted first is what could leak afterwards.
            _ if asked.target == "/token" => Mood::Regular,
            Mood::Refuses(404 | 503) => Mood::Refuses(403),
            mood => mood,
        };
        echo(asked, mood).or(Some((200, body)))
    })
    .await
}

#[tokio::test]
async fn no_credential_of_any_method_is_shown() {
    let secret = Canary::named("secret");
    let vouched = Canary::named("token of a cloud");
    let key_line = KEY.lines().nth(1).unwrap();
    let key = Canary::of_value("private key", key_line);
    let canaries = [secret.clone(), vouched.clone(), key];
    let logs = LogCollector::new();
    let _installed = logs.install();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), secret.value()).unwrap();
    let key_file = tempfile::NamedTempFile::new().unwrap();

    let value = secret.value();
    let typed = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        UniversalAuth::new("id", value),
        OidcAuth::new("identity", value),
        JwtAuth::new("identity", value),
        LdapAuth::new("identity", "name", value),
        TokenAuth::new(value),
    );
    assert_no_leak(&typed, &canaries);

    for mood in MOODS {
        for cloud_mood in MOODS {
            let server = Capture::start(move |asked| {
                asked
                    .target
                    .ends_with("/login")
                    .then(|| echo(asked, mood))?
            })
            .await;
            let cloud = cloud(cloud_mood, &vouched).await;
            let text = service_account("app@p.iam", &format!("{}/token", cloud.url));
            std::fs::write(key_file.path(), text).unwrap();
            let clouds: [Auth; 3] = [
                AzureAuth::new("identity")
                    .metadata_endpoint(&cloud.url)
                    .into(),
                GcpIdTokenAuth::new("identity")
                    .metadata_endpoint(&cloud.url)
                    .into(),
                GcpIamAuth::new("identity", key_file.path())
                    .iam_endpoint(&cloud.url)
                    .into(),
            ];
            let others: Vec<Auth> = vec![
                UniversalAuth::new("id", value).into(),
                UniversalAuth::secret_file("id", file.path()).into(),
                KubernetesAuth::new("identity")
                    .token_file(file.path())
                    .into(),
                OidcAuth::new("identity", value).into(),
                JwtAuth::jwt_file("identity", file.path()).into(),
                LdapAuth::new("identity", "name", value).into(),
                LdapAuth::password_file("identity", "name", file.path()).into(),
                TokenAuth::new(value).into(),
                TokenAuth::token_file(file.path()).into(),
                #[cfg(feature = "aws")]
                infisical_http::AwsAuth::new("identity", "eu-central-1")
                    .keys("AKIDEXAMPLE", value, Some(value.into()))
                    .into(),
            ];
            // The others ask no cloud.
            let others = others.into_iter().filter(|_| cloud_mood == Mood::Regular);
            for auth in clouds.into_iter().chain(others) {
                let client = server.client(auth.clone());
                let outcome = match look_up(&client).await {
                    Ok(secret) => format!("{secret:?}"),
                    Err(error) => shown(&error),
                };
                let origin = client.origin();
                let all = format!("{outcome} {client:?} {client:#?} {auth:?} {origin:?} {origin}");
                assert_no_leak(&all, &canaries);
            }
        }
    }
    assert!(logs.text().contains("login"), "{}", logs.text());
    logs.assert_no_leak(&canaries);
}
