//! What a contract declares, and what is wrong with one.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use secret_requirements::{Contract, Requirements, Transports};
use secret_source::Resolver;
use secret_testkit::ScriptedSource;

fn parse(text: &str) -> Contract {
    Contract::parse("c.yaml", text, &Transports::default()).unwrap()
}

fn faults(text: &str) -> Vec<String> {
    let error = Contract::parse("c.yaml", text, &Transports::default()).unwrap_err();
    error.faults().iter().map(ToString::to_string).collect()
}

fn resolver() -> (ScriptedSource, Resolver) {
    let source = ScriptedSource::value("v");
    let resolver = Resolver::builder(source.clone())
        .environment("prod")
        .build();
    (source, resolver.unwrap())
}

fn needs(text: &str) -> Vec<String> {
    let (source, resolver) = resolver();
    let requirements = Requirements::of_contract("api", &parse(text), &resolver).unwrap();
    let shown = requirements.iter().map(|requirement| {
        let candidates: Vec<_> = requirement.candidates().map(ToString::to_string).collect();
        let need = if requirement.required() { "!" } else { "?" };
        format!("{}{need} {}", requirement.variable(), candidates.join(" "))
    });
    assert_eq!(source.calls(), 0, "nothing is asked for");
    shown.collect()
}

#[test]
fn each_key_of_a_transport_is_looked_for_at_the_service_and_then_at_what_is_shared() {
    let text = "
service: api
dependencies:
  - type: environment
    env_var: API_TOKEN
    required: true
  - {type: env, env_var: LOG_FORMAT, required: false}
  - type: db
    description: the main database
    required: false
  - type: infisical
  - {type: environment, env_var: INFISICAL_CLIENT_ID}
  - {type: kafka, required: true}
provides:
  - type: nonsense
";
    assert_eq!(
        needs(text),
        [
            "API_TOKEN! infisical://prod/services/api/env/API_TOKEN infisical://prod/shared/env/API_TOKEN",
            "LOG_FORMAT? infisical://prod/services/api/env/LOG_FORMAT infisical://prod/shared/env/LOG_FORMAT",
            "POSTGRES_DSN? infisical://prod/services/api/db/POSTGRES_DSN infisical://prod/shared/db/POSTGRES_DSN",
            "POSTGRES_POOL_MIN? infisical://prod/services/api/db/POSTGRES_POOL_MIN infisical://prod/shared/db/POSTGRES_POOL_MIN",
            "POSTGRES_POOL_MAX? infisical://prod/services/api/db/POSTGRES_POOL_MAX infisical://prod/shared/db/POSTGRES_POOL_MAX",
            "POSTGRES_TIMEOUT_MS? infisical://prod/services/api/db/POSTGRES_TIMEOUT_MS infisical://prod/shared/db/POSTGRES_TIMEOUT_MS",
            "KAFKA_BOOTSTRAP_SERVERS! infisical://prod/services/api/kafka/KAFKA_BOOTSTRAP_SERVERS infisical://prod/shared/kafka/KAFKA_BOOTSTRAP_SERVERS",
        ]
    );
    assert_eq!(parse(text).skipped(), ["infisical", "INFISICAL_CLIENT_ID"]);
}

#[test]
fn every_transport_of_the_table_has_keys_that_a_child_can_be_given() {
    let transports = Transports::default();
    let names: Vec<_> = transports.names().collect();
    assert_eq!(names, ["consul", "db", "http", "kafka", "mcp", "qdrant"]);
    for name in names {
        let text = format!("dependencies: [{{type: {name}}}]");
        assert_eq!(needs(&text).len(), transports.keys(name).unwrap().len());
    }
}

#[test]
fn an_application_adds_transports_and_replaces_their_keys() {
    let transports = Transports::default()
        .with("redis", ["REDIS_URL"])
        .with("http", ["A", "B"]);
    let text = "dependencies: [{type: redis}, {type: http}]";
    let contract = Contract::parse("c.yaml", text, &transports).unwrap();
    let requirements = Requirements::of_contract("api", &contract, &resolver().1).unwrap();
    let names: Vec<_> = requirements
        .iter()
        .map(|needed| needed.variable())
        .collect();
    assert_eq!(names, ["REDIS_URL", "A", "B"]);
}

#[test]
fn what_two_dependencies_declare_is_needed_once_and_names_both() {
    let (_, resolver) = resolver();
    let contract = parse("dependencies:\n - {type: kafka, required: false}\n - {type: kafka}\n");
    let requirements = Requirements::of_contract("api", &contract, &resolver).unwrap();
    let [needed] = &requirements.iter().collect::<Vec<_>>()[..] else {
        panic!("one requirement")
    };
    assert!(needed.required());
    let wanted: Vec<_> = needed.wanted_by().iter().map(ToString::to_string).collect();
    assert_eq!(wanted, ["c.yaml:2", "c.yaml:3"]);
}

#[test]
fn a_contract_without_dependencies_needs_nothing() {
    for text in [
        "",
        "# nothing",
        "name: api",
        "dependencies:",
        "dependencies: []",
    ] {
        assert_eq!(needs(text), [""; 0], "{text}");
    }
}

#[test]
fn every_mistake_is_told_with_its_place_and_what_to_do() {
    let text = "
dependencies:
  - type: kafak
  - type: environment
  - type: environment
    env_var: 1-A
  - requird: true
    env_var: X
  - kafka
  - type: [db]
  - {type: db, env_var: X, required: no}
  - {type: grpc}
";
    assert_eq!(
        faults(text),
        [
            "c.yaml:3:11: `kafak` is no transport that is known\n  hint: did you mean `kafka`?",
            "c.yaml:4:5: the dependency has no `env_var`\n  \
             hint: write `env_var:` and the name of one variable: letters, digits and `_`",
            "c.yaml:6:14: `1-A` is no name of a variable\n  \
             hint: write `env_var:` and the name of one variable: letters, digits and `_`",
            "c.yaml:7:5: `requird` is no field of a dependency\n  hint: did you mean `required`?",
            "c.yaml:7:5: the dependency has no `type`\n  \
             hint: known types: `consul`, `db`, `http`, `kafka`, `mcp`, `qdrant`, `environment`, `env`",
            "c.yaml:9:5: a dependency is a table\n  \
             hint: write `- type: …`, with its other fields beneath",
            "c.yaml:10:11: `type` is no text\n  \
             hint: known types: `consul`, `db`, `http`, `kafka`, `mcp`, `qdrant`, `environment`, `env`",
            "c.yaml:11:25: `env_var` is no field of the type `db`\n  \
             hint: use `type: environment` for a variable of its own",
            // In YAML 1.2 `no` is a text.
            "c.yaml:11:38: `required` is no boolean\n  hint: write `true` or `false`",
            "c.yaml:12:12: `grpc` is no transport that is known\n  \
             hint: known types: `consul`, `db`, `http`, `kafka`, `mcp`, `qdrant`, `environment`, `env`",
        ]
    );
}

#[test]
fn a_file_that_is_no_contract_is_told_as_a_whole() {
    for (text, place) in [
        (
            "dependencies: {type: db}",
            "c.yaml:1:15: `dependencies` is no list",
        ),
        (
            "- type: db",
            "c.yaml:1:1: a contract is a table of sections",
        ),
        (
            "dependancies: []",
            "c.yaml:1:1: `dependancies` is no section that is known",
        ),
        ("a: 1\n---\nb: 2", "c.yaml:3:1: a second document begins"),
        ("dependencies: [", "c.yaml:2:1: is no YAML: "),
    ] {
        let said = faults(text).remove(0);
        assert!(said.starts_with(place), "{text}\n{said}");
    }
    let error = Contract::read("/nonexistent/c.yaml", &Transports::default()).unwrap_err();
    let fault = &error.faults()[0];
    assert_eq!((fault.line, fault.column), (None, None));
    assert!(
        error
            .to_string()
            .starts_with("/nonexistent/c.yaml: cannot be read: No such")
    );
}

#[test]
fn what_has_no_address_is_told_at_its_dependency_and_once_for_a_folder() {
    let text = "dependencies:\n - {type: db}\n - {type: environment, env_var: A}\n";
    let limited = Resolver::builder(ScriptedSource::value("v"))
        .environment("prod")
        .allow_folders(["/services/api/env", "/shared/env"].map(|path| path.parse().unwrap()))
        .build()
        .unwrap();
    let error = Requirements::of_contract("api", &parse(text), &limited).unwrap_err();
    let [fault] = error.faults() else {
        panic!("{error}")
    };
    assert_eq!(fault.line, Some(2));
    assert!(
        fault
            .message
            .contains("`/services/api/db` is not allowed here"),
        "{fault}"
    );

    for service in ["", "..", "a/b"] {
        let error = Requirements::of_contract(service, &parse(text), &resolver().1).unwrap_err();
        assert_eq!(error.faults().len(), 2, "{error}");
    }
    let misplaced = parse(text).within("infisical://prod");
    let error = Requirements::of_contract("api", &misplaced, &resolver().1).unwrap_err();
    assert!(error.to_string().contains("end it in `/`"), "{error}");
    let staging = parse(text).within("infisical://staging/team/");
    let requirements = Requirements::of_contract("api", &staging, &resolver().1).unwrap();
    let first = requirements
        .iter()
        .next()
        .unwrap()
        .candidates()
        .next()
        .unwrap();
    assert_eq!(
        first.to_string(),
        "infisical://staging/team/services/api/db/POSTGRES_DSN"
    );
}
