//! What a service needs, fetched ahead over the whole stack and handed to a child.

use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{
    Contract, Environment, ErrorKind, Required, Requirements, ResolveSecrets, Stack, Transports,
};

use crate::bench::{serve, stack_of};

const SECRETS: [(&str, &str, &str); 5] = [
    ("/shared/db", "POSTGRES_DSN", "postgres://shared"),
    ("/shared/db", "POSTGRES_POOL_MIN", "1"),
    ("/shared/db", "POSTGRES_POOL_MAX", "10"),
    ("/services/api/db", "POSTGRES_DSN", "postgres://api"),
    ("/shared/env", "API_TOKEN", "t0ken"),
];

const CONTRACT: &str = "
dependencies:
  - {type: db}
  - {type: environment, env_var: API_TOKEN, required: true}
  - {type: infisical}
";

fn of_contract(stack: &Stack) -> Requirements {
    let contract = Contract::parse("api.yaml", CONTRACT, &Transports::default()).unwrap();
    Requirements::of_contract("api", &contract, stack).unwrap()
}

fn none() -> Environment {
    Environment::default()
}

#[tokio::test]
async fn a_contract_costs_a_list_for_each_folder_and_the_stack_keeps_what_it_gave() {
    let server = serve(&SECRETS).await;
    let stack = stack_of(&server).build().unwrap();
    let requirements = of_contract(&stack);
    assert_eq!(server.counts().total, 0, "the list costs nothing");

    let prefetched = requirements.prefetch(&stack, &none(), Required::No).await;
    let found: Vec<_> = prefetched
        .fetched()
        .iter()
        .map(|fetched| (fetched.variable(), fetched.address().folder()))
        .collect();
    assert_eq!(
        found,
        [
            ("POSTGRES_DSN", "/services/api/db"),
            ("POSTGRES_POOL_MIN", "/shared/db"),
            ("POSTGRES_POOL_MAX", "/shared/db"),
            ("API_TOKEN", "/shared/env"),
        ]
    );
    assert_eq!(prefetched.missing()[0].variable(), "POSTGRES_TIMEOUT_MS");
    assert_eq!(prefetched.errors().len(), 0);
    let counts = server.counts();
    assert_eq!((counts.lists, counts.gets, counts.logins), (4, 0, 1));

    let toml = "dsn = 'infisical:///services/api/db/POSTGRES_DSN'";
    let resolved = Figment::from(Toml::string(toml))
        .resolve_secrets(&stack)
        .await;
    let dsn: String = resolved.unwrap().extract_inner("dsn").unwrap();
    assert_eq!(dsn, "postgres://api");
    assert_eq!(server.counts().total, counts.total, "it was in the cache");
}

#[tokio::test]
async fn a_denied_folder_of_the_service_is_an_error_for_each_of_its_keys() {
    let server = serve(&SECRETS).await;
    server.deny("dev", "/services/api/db");
    let stack = stack_of(&server).build().unwrap();
    let prefetched = of_contract(&stack)
        .prefetch(&stack, &none(), Required::No)
        .await;
    assert_eq!(prefetched.errors().len(), 4);
    for failed in prefetched.errors() {
        assert_eq!(failed.error().kind(), ErrorKind::Denied);
    }
    let fetched: Vec<_> = prefetched
        .fetched()
        .iter()
        .map(|found| found.variable())
        .collect();
    assert_eq!(fetched, ["API_TOKEN"], "what else was asked for is there");
}

#[tokio::test]
async fn an_outage_is_an_error_and_nothing_is_called_missing() {
    let server = serve(&SECRETS).await;
    server.go_down();
    let stack = stack_of(&server).build().unwrap();
    let prefetched = of_contract(&stack)
        .prefetch(&stack, &none(), Required::No)
        .await;
    assert_eq!(
        (prefetched.missing().len(), prefetched.errors().len()),
        (0, 5)
    );
    let error = prefetched.into_result().unwrap_err();
    assert!(
        error.to_string().contains("POSTGRES_DSN (api.yaml:3)"),
        "{error}"
    );
}

#[tokio::test]
async fn the_environment_of_the_service_comes_first_and_costs_nothing() {
    let server = serve(&SECRETS).await;
    let environment = Environment::from_pairs([
        ("POSTGRES_DSN", "postgres://localhost"),
        ("POSTGRES_POOL_MIN", "1"),
        ("POSTGRES_POOL_MAX", "2"),
        ("POSTGRES_TIMEOUT_MS", "3"),
        ("API_TOKEN", "mine"),
    ]);
    let stack = stack_of(&server)
        .variables(environment.clone())
        .build()
        .unwrap();
    let prefetched = of_contract(&stack)
        .prefetch(&stack, &environment, Required::Yes)
        .await;
    assert_eq!(prefetched.fetched().len(), 5);
    for fetched in prefetched.fetched() {
        assert_eq!(fetched.origin().name(), "env");
    }
    assert_eq!(server.counts().total, 0);
}
