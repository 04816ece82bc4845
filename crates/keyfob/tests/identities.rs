//! The ways to log in, as an application sets them up through the environment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use infisical_fake::{Fake, Identity, LoginMethod, Seed};
use keyfob::{Environment, Fault, Stack, StackBuilder};

const ADDRESS: (&str, &str) = ("INFISICAL_API_URL", "https://infisical.example");
const IDENTITY: (&str, &str) = ("INFISICAL_MACHINE_IDENTITY_ID", "5f1c7a52-0000");

fn with(pairs: &[(&str, &str)]) -> StackBuilder {
    Stack::builder().variables(Environment::from_pairs(pairs.iter().copied()))
}

#[test]
fn each_method_is_chosen_by_its_word_and_lists_all_that_it_lacks() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("kubernetes", &[IDENTITY]),
        ("oidc", &[IDENTITY, ("INFISICAL_OIDC_AUTH_JWT", "jwt")]),
        ("jwt", &[IDENTITY, ("INFISICAL_JWT", "jwt")]),
        ("gcp-id-token", &[IDENTITY]),
        (
            "gcp-iam",
            &[
                IDENTITY,
                (
                    "INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH",
                    "/key.json",
                ),
            ],
        ),
        ("azure", &[IDENTITY]),
        (
            "ldap",
            &[
                IDENTITY,
                ("INFISICAL_LDAP_USERNAME", "n"),
                ("INFISICAL_LDAP_PASSWORD", "p"),
            ],
        ),
    ];
    for (word, needed) in cases {
        let method = ("INFISICAL_AUTH_METHOD", *word);
        let all = [&[ADDRESS, method], *needed].concat();
        assert!(with(&all).build().is_ok(), "{word}");
        let error = with(&[ADDRESS, method]).build().unwrap_err();
        assert_eq!(error.faults().len(), needed.len(), "{word}: {error}");
    }
}

/// What each method sends is the business of the client's tests; here, that each setting becomes the login
/// that it names. The fake refuses a credential that comes by another method, or for another organization.
#[tokio::test]
async fn the_settings_of_a_method_become_its_login() {
    const JWT: &str = "header.payload.signature";
    let token_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token_file.path(), JWT).unwrap();
    let token_path = token_file.path().to_str().unwrap();
    let jwt = |method| Identity::new("app").accepts_jwt(method, JWT);
    let name = ("INFISICAL_LDAP_USERNAME", "name");
    type Pairs<'a> = &'a [(&'a str, &'a str)];
    let cases: &[(&str, Identity, Pairs<'_>)] = &[
        (
            "kubernetes",
            jwt(LoginMethod::Kubernetes),
            &[(
                "INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH",
                token_path,
            )],
        ),
        ("oidc", jwt(LoginMethod::Oidc), &[("INFISICAL_JWT", JWT)]),
        (
            "oidc-auth",
            jwt(LoginMethod::Oidc),
            &[("INFISICAL_JWT_FILE", token_path)],
        ),
        ("jwt", jwt(LoginMethod::Jwt), &[("INFISICAL_JWT", JWT)]),
        (
            "jwt-auth",
            jwt(LoginMethod::Jwt),
            &[("INFISICAL_JWT_FILE", token_path)],
        ),
        (
            "ldap",
            Identity::new("app").accepts_ldap("name", JWT),
            &[name, ("INFISICAL_LDAP_PASSWORD", JWT)],
        ),
        (
            "ldap-auth",
            Identity::new("app").accepts_ldap("name", JWT),
            &[name, ("INFISICAL_LDAP_PASSWORD_FILE", token_path)],
        ),
    ];
    for (word, identity, needed) in cases {
        let identity = identity.clone().id("identity-1").organization("acme");
        let seed = Seed::new().secret("dev", "/", "KEY", "value");
        let fake = Fake::builder()
            .seed(seed)
            .identity(identity)
            .start()
            .await
            .unwrap();
        let (url, project) = (fake.url(), fake.project_id());
        let common = [
            ("INFISICAL_API_URL", &*url),
            ("INFISICAL_PROJECT_ID", &*project),
            ("INFISICAL_MACHINE_IDENTITY_ID", "identity-1"),
            ("INFISICAL_AUTH_METHOD", word),
        ];
        let of = |slug| ("INFISICAL_AUTH_ORGANIZATION_SLUG", slug);
        let get = async |organization| {
            let stack = with(&[&common[..], *needed, &[organization]].concat())
                .build()
                .unwrap();
            stack.get("infisical://dev/KEY").await
        };
        get(of("acme"))
            .await
            .unwrap_or_else(|error| panic!("{word}: {error}"));
        assert!(
            get(of("another")).await.is_err(),
            "{word} logs in to any organization"
        );
    }
}

#[tokio::test]
async fn a_token_that_came_from_a_file_is_read_again_when_it_is_refused() {
    let seed = Seed::new().secret("dev", "/", "KEY", "value");
    let fake = Fake::builder().seed(seed).start().await.unwrap();
    let token_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token_file.path(), fake.issue_token()).unwrap();
    let (url, project) = (fake.url(), fake.project_id());
    let stack = with(&[
        ("INFISICAL_API_URL", &url),
        ("INFISICAL_PROJECT_ID", &project),
        ("INFISICAL_TOKEN_FILE", token_file.path().to_str().unwrap()),
        ("INFISICAL_CACHE_TTL", "0"),
    ])
    .build()
    .unwrap();
    assert!(stack.get("infisical://dev/KEY").await.is_ok());
    fake.revoke_tokens();
    std::fs::write(token_file.path(), fake.issue_token()).unwrap();
    assert!(stack.get("infisical://dev/KEY").await.is_ok());
    assert_eq!(fake.counts().logins, 0);
}

#[test]
fn the_login_of_aws_is_there_when_it_was_built_in() {
    let built = with(&[ADDRESS, IDENTITY, ("INFISICAL_AUTH_METHOD", "aws")]).build();
    if cfg!(feature = "aws") {
        assert!(built.is_ok());
    } else {
        let error = built.unwrap_err();
        assert!(
            error.faults()[0].hint().unwrap().contains("`aws`"),
            "{error}"
        );
    }
}

#[test]
fn the_region_is_nobodys_business_without_the_login_of_aws() {
    let pairs = [ADDRESS, ("INFISICAL_TOKEN", "token"), ("AWS_REGION", "a b")];
    assert!(with(&pairs).build().is_ok());
}

#[test]
fn an_identity_without_a_method_asks_for_one() {
    let error = with(&[ADDRESS, IDENTITY]).build().unwrap_err();
    let [fault] = error.faults() else {
        panic!("{error}")
    };
    assert_eq!(Fault::setting(fault), "auth_method");
    assert!(fault.hint().unwrap().contains("kubernetes"), "{error}");
}

#[tokio::test]
async fn a_client_secret_in_a_file_can_be_rotated_without_a_restart() {
    let seed = Seed::new().secret("dev", "/", "KEY", "value");
    let fake = Fake::builder().seed(seed).start().await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), fake.client_secret()).unwrap();
    let (url, id, project) = (fake.url(), fake.client_id(), fake.project_id());
    let path = file.path().to_str().unwrap();
    let stack = with(&[
        ("INFISICAL_API_URL", &url),
        ("INFISICAL_CLIENT_ID", &id),
        ("INFISICAL_CLIENT_SECRET_FILE", path),
        ("INFISICAL_PROJECT_ID", &project),
        ("INFISICAL_CACHE_TTL", "0"),
    ])
    .build()
    .unwrap();
    stack.get("infisical://dev/KEY").await.unwrap();

    fake.rotate_client_secret("another");
    fake.revoke_tokens();
    std::fs::write(file.path(), "another\n").unwrap();
    stack.get("infisical://dev/KEY").await.unwrap();
    assert_eq!(fake.counts().logins, 2);
}
