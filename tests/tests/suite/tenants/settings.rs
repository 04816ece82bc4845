//! What a tenant shares with its stack, and what it does not.

use infisical_fake::{Fake, Identity, LoginMethod, Seed};
use keyfob::auth::{KubernetesAuth, TokenAuth};
use keyfob::{Environment, ErrorKind, PutOptions, SecretStore, SecretString, Stack, Tenant};
use secret_testkit::{Canary, assert_no_leak};

use super::scene::{OWNERS, Scene, places, text};

#[tokio::test]
async fn each_tenant_is_asked_of_its_own_server_with_one_login() {
    let scene = Scene::start().await;
    let stack = scene.builder().build().unwrap();
    let references: Vec<_> = places().map(|place| place.reference()).collect();
    let references: Vec<_> = references.iter().map(String::as_str).collect();
    for (place, answer) in places().zip(stack.get_many(&references).await) {
        assert_eq!(text(&answer.unwrap()), place.value());
    }
    for server in &scene.servers {
        let counts = server.counts();
        assert_eq!((counts.logins, counts.lists), (1, 4));
    }
    scene.assert_apart();

    let description = stack.describe();
    let names: Vec<_> = description.tenants.iter().map(|of| &of.tenant).collect();
    assert_eq!(names, ["acme", "acme-b"]);
    assert_eq!(description.tenants[0].requests.logins, 1);
    assert_eq!(stack.cache().tenant_stats("acme").unwrap().entries, 8);
}

#[tokio::test]
async fn an_outage_of_one_tenant_leaves_the_others_alone() {
    let scene = Scene::start().await;
    let stack = scene.builder().build().unwrap();
    scene.servers[1].go_down();
    for place in places() {
        let answer = stack.get(&place.reference()).await;
        match OWNERS[place.owner] {
            "acme" => assert_eq!(answer.unwrap_err().kind(), ErrorKind::Unavailable),
            _ => assert_eq!(text(&answer.unwrap()), place.value()),
        }
    }
}

/// `ACME_B_KEY` is `acme`'s `B_KEY`, `acme-b`'s `KEY` and the stack's own `/acme/B_KEY`, by the rules for
/// names; only the last may take it.
#[tokio::test]
async fn no_variable_answers_for_a_tenant_unless_it_is_mapped() {
    let scene = Scene::start().await;
    let variables = [
        ("ACME_B_KEY", "a variable"),
        ("KEY", "a variable"),
        ("B_KEY", "a variable"),
        ("MAPPED", "mapped"),
    ];
    let stack = scene
        .builder()
        .variables(Environment::from_pairs(variables))
        .env_map([("MAPPED", "infisical://acme@prod/KEY")])
        .build()
        .unwrap();
    scene.servers[1].go_down();
    scene.servers[2].go_down();
    for place in places().filter(|place| place.owner > 0) {
        let answer = stack.get(&place.reference()).await;
        match place.reference().as_str() {
            "infisical://acme@prod/KEY" => assert_eq!(text(&answer.unwrap()), "mapped"),
            reference => assert!(answer.is_err(), "a variable answered {reference}"),
        }
    }
    let own = stack.get("infisical://dev/acme/B_KEY").await.unwrap();
    assert_eq!(text(&own), "a variable");
}

#[tokio::test]
async fn a_shutdown_revokes_the_token_of_every_tenant() {
    let scene = Scene::start().await;
    let stack = scene.builder().build().unwrap();
    for place in places() {
        stack.get(&place.reference()).await.unwrap();
    }
    stack.shutdown().await;
    for server in &scene.servers {
        let requests = server.requests();
        let revocations = requests
            .iter()
            .filter(|request| request.path() == "/api/v1/auth/token/revoke");
        assert_eq!(revocations.count(), 1);
    }
    let error = stack.get("infisical://acme@dev/KEY").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn a_refused_login_of_one_tenant_is_not_anothers() {
    let scene = Scene::start().await;
    let stack = scene.builder().build().unwrap();
    scene.servers[1].rotate_client_secret("another");
    let refused = stack.get("infisical://acme@dev/KEY").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unauthenticated);
    stack.get("infisical://acme-b@dev/KEY").await.unwrap();
    stack.get("infisical://dev/KEY").await.unwrap();

    // A forced refresh forgets the refusal of the tenant that it concerns.
    let again = stack.refresh("infisical://acme@dev/KEY").await;
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Unauthenticated);
    assert_eq!(scene.servers[1].counts().logins, 2);
    assert_eq!(scene.servers[2].counts().logins, 1);
}

#[test]
fn everything_that_is_wrong_with_tenants_is_said_at_once_and_without_a_credential() {
    let canary = Canary::named("tenant token");
    let auth = || TokenAuth::new(canary.value());
    let credentialed = || Tenant::new("https://infisical.example").auth(auth());
    let builder = Stack::builder()
        .address("https://infisical.example")
        .token(SecretString::from(canary.value()))
        .project("own")
        .tenant("acme", credentialed())
        .tenant("other", credentialed().project("p"))
        .tenant("other", credentialed().project("q"))
        .tenant(
            "none",
            Tenant::new("https://infisical.example").project("p"),
        )
        .tenant("own", credentialed().project("own"))
        .tenant(
            "plain",
            Tenant::new("http://elsewhere.example")
                .project("p")
                .auth(auth()),
        );
    assert_no_leak(&format!("{builder:?}"), [&canary]);
    let error = builder.build().unwrap_err();
    assert_no_leak(&format!("{error} {error:?}"), [&canary]);
    let text = error.to_string();
    for expected in [
        "tenant `acme`: it has no project",
        "tenant `other`: there are two tenants of this name",
        "tenant `none`: it has no credentials",
        "tenant `own`: this is the stack's own project, too",
        "tenant `plain`: address",
    ] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
}

#[tokio::test]
async fn a_tenant_logs_in_in_any_way_and_to_its_organisation() {
    let token = Canary::named("service account token");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), token.value()).unwrap();
    let identity = Identity::new("tenant")
        .id("identity-1")
        .accepts_jwt(LoginMethod::Kubernetes, token.value())
        .organization("acme-org");
    let seed = Seed::new().secret("dev", "/", "KEY", "acme's");
    let server = Fake::builder().seed(seed).identity(identity);
    let server = server.start().await.unwrap();
    let tenant = Tenant::new(&server.url())
        .auth(KubernetesAuth::new("identity-1").token_file(file.path()))
        .organization("acme-org")
        .project(&server.project_id());
    assert_no_leak(&format!("{tenant:?}"), [&token]);
    let stack = Stack::builder().tenant("acme", tenant).build().unwrap();
    let secret = stack.get("infisical://acme@dev/KEY").await.unwrap();
    assert_eq!(text(&secret), "acme's");
}

#[tokio::test]
async fn a_stack_of_tenants_alone_writes_to_tenants_alone() {
    let scene = Scene::start().await;
    let stack = Stack::builder()
        .tenant("acme", scene.tenant(1))
        .build()
        .unwrap();
    let store = stack.store().unwrap();
    let new = stack.address("infisical://acme@dev/NEW").unwrap();
    store
        .put(&new, &"value".into(), PutOptions::create())
        .await
        .unwrap();
    assert_eq!(
        scene.servers[1].value("dev", "/", "NEW").as_deref(),
        Some("value")
    );

    let nobodys = stack.address("infisical://acme-b@dev/NEW").unwrap();
    let error = store
        .put(&nobodys, &"value".into(), PutOptions::create())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.hint(), Some("name one of them: infisical://acme@"));
}
