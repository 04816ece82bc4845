//! Folders as layers of a configuration, over the whole stack and the invented server.

use infisical_fake::{Fake, Fault, Route};
use keyfob::figment::Figment;
use keyfob::{
    ErrorKind, FolderErrorKind, FolderOverlay, LoadedFolder, ResolveSecrets, SecretFolder, Stack,
};

use crate::bench::{serve, stack_of};

const SECRETS: [(&str, &str, &str); 6] = [
    ("/shared/db", "POSTGRES_DSN", "postgres://shared"),
    ("/shared/db", "POSTGRES_POOL_MAX", "10"),
    ("/services/api/db", "POSTGRES_DSN", "postgres://api"),
    ("/services/api", "NAME", "api"),
    ("/services/api/http", "PORT", "8080"),
    ("/services/web", "NAME", "web"),
];

async fn scene() -> (Fake, Stack) {
    let server = serve(&SECRETS).await;
    let stack = stack_of(&server).build().unwrap();
    (server, stack)
}

fn db(service: &str) -> FolderOverlay {
    FolderOverlay::of_transport("infisical:///", service, "db")
}

async fn values(loaded: LoadedFolder, stack: &Stack) -> Vec<String> {
    let resolved = Figment::from(loaded).resolve_secrets(stack).await.unwrap();
    let rows = resolved.report().rows().iter().map(|row| {
        let value: String = resolved.extract_inner(&row.key()).unwrap();
        format!("{}={value}", row.key())
    });
    rows.collect()
}

#[tokio::test]
async fn a_folder_costs_one_list_to_load_and_one_to_resolve() {
    let (server, stack) = scene().await;
    let folder = SecretFolder::new("infisical:///shared/db/");
    let loaded = folder.load(&stack).await.unwrap();
    let counts = server.counts();
    assert_eq!((counts.lists, counts.gets, counts.other), (1, 0, 0));
    assert_eq!(
        values(loaded, &stack).await,
        ["postgres_dsn=postgres://shared", "postgres_pool_max=10"]
    );
    let counts = server.counts();
    assert_eq!((counts.lists, counts.gets, counts.other), (2, 0, 0));

    let again = folder.load(&stack).await.unwrap();
    values(again, &stack).await;
    let counts = server.counts();
    assert_eq!(
        (counts.lists, counts.gets),
        (3, 0),
        "names are asked for anew, and values are in the cache"
    );
}

#[tokio::test]
async fn an_overlay_costs_a_list_for_each_folder_and_then_one_for_each_that_still_counts() {
    let (server, stack) = scene().await;
    let loaded = db("api").load(&stack).await.unwrap();
    assert_eq!(server.counts().lists, 2);
    assert_eq!(
        values(loaded, &stack).await,
        ["postgres_dsn=postgres://api", "postgres_pool_max=10"]
    );
    let counts = server.counts();
    assert_eq!((counts.lists, counts.gets), (4, 0));
}

#[tokio::test]
async fn a_tree_costs_two_requests_for_each_folder_to_load() {
    let (server, stack) = scene().await;
    let folder = SecretFolder::new("infisical:///services/api/").recursive();
    let loaded = folder.load(&stack).await.unwrap();
    let counts = server.counts();
    assert_eq!((counts.lists, counts.other), (3, 3));
    assert_eq!(
        values(loaded, &stack).await,
        [
            "db.postgres_dsn=postgres://api",
            "http.port=8080",
            "name=api"
        ]
    );
    assert_eq!(server.counts().lists, 6);
}

#[tokio::test]
async fn a_service_without_a_folder_gets_the_shared_values() {
    let (_server, stack) = scene().await;
    let loaded = db("web").load(&stack).await.unwrap();
    assert_eq!(
        values(loaded, &stack).await,
        ["postgres_dsn=postgres://shared", "postgres_pool_max=10"]
    );
}

#[tokio::test]
async fn a_service_whose_folder_is_denied_does_not_get_the_shared_values() {
    let (server, stack) = scene().await;
    server.deny("dev", "/services/api/db");
    let error = db("api").load(&stack).await.unwrap_err();
    assert_eq!(error.kind(), FolderErrorKind::Listing(ErrorKind::Denied));
    assert_eq!(
        error.to_string(),
        "the secrets of infisical:///services/api/db/ cannot be listed"
    );
}

#[tokio::test]
async fn a_hidden_value_of_a_service_does_not_give_way_to_the_shared_one() {
    let (server, stack) = scene().await;
    server.hide("dev", "/services/api/db", "POSTGRES_DSN");
    let error = db("api").optional().load(&stack).await.unwrap_err();
    assert_eq!(error.kind(), FolderErrorKind::Listing(ErrorKind::Denied));
}

#[tokio::test]
async fn an_outage_is_an_error_and_no_empty_folder() {
    let (server, stack) = scene().await;
    let unavailable = FolderErrorKind::Listing(ErrorKind::Unavailable);
    let optional = SecretFolder::new("infisical:///services/api/").optional();
    server.script(Fault::status(503).on(Route::List));
    let error = optional.load(&stack).await.unwrap_err();
    assert_eq!(error.kind(), unavailable, "one failed request");
    server.go_down();
    let error = optional.load(&stack).await.unwrap_err();
    assert_eq!(error.kind(), unavailable);
    let error = db("api").optional().load(&stack).await.unwrap_err();
    assert_eq!(error.kind(), unavailable);
    server.come_back().unwrap();
    assert_eq!(optional.load(&stack).await.unwrap().keys().count(), 1);
}

#[tokio::test]
async fn an_override_of_the_environment_replaces_the_value_of_a_key() {
    let server = serve(&SECRETS).await;
    let environment =
        keyfob::Environment::from_pairs([("SERVICES_API_DB_POSTGRES_DSN", "postgres://localhost")]);
    let stack = stack_of(&server).variables(environment).build();
    let stack = stack.unwrap();
    let loaded = db("api").load(&stack).await.unwrap();
    assert_eq!(
        values(loaded, &stack).await[0],
        "postgres_dsn=postgres://localhost"
    );
}

#[tokio::test]
async fn a_bare_variable_that_could_mean_either_folder_of_an_overlay_is_refused() {
    let server = serve(&SECRETS).await;
    let environment = keyfob::Environment::from_pairs([("POSTGRES_DSN", "postgres://localhost")]);
    let stack = stack_of(&server)
        .variables(environment)
        .env_override(keyfob::Override::Bare)
        .build()
        .unwrap();
    let error = db("api").load(&stack).await.unwrap_err();
    assert_eq!(error.kind(), FolderErrorKind::Listing(ErrorKind::Invalid));
    assert!(error.hint().unwrap().contains("POSTGRES_DSN"), "{error:?}");
}
