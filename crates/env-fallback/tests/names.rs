//! Which variable answers for which secret: overrides, ambiguous and reserved names, files.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use env_fallback::{Dotenv, EnvConfig, EnvExt, EnvSource, Environment, Override, VariableNames};
use secret_source::{
    ErrorKind, ExposeSecret, Missing, Secret, SecretAddress, SecretError, SecretSource, SourceExt,
};
use secret_testkit::{Canary, ScriptedSource, assert_no_leak};

fn address(folder: &str, key: &str) -> SecretAddress {
    SecretAddress::new("infisical", "prod", &folder.parse().unwrap(), key)
}

fn environment(pairs: &[(&str, &str)]) -> Environment {
    Environment::from_pairs(pairs.iter().copied())
}

fn config(pairs: &[(&str, &str)]) -> EnvConfig {
    EnvConfig::new(environment(pairs))
}

fn server() -> ScriptedSource {
    ScriptedSource::value("server")
}

fn nothing() -> ScriptedSource {
    ScriptedSource::failing(SecretError::not_found(Missing::Secret))
}

fn text(answer: &Result<Secret, SecretError>) -> &str {
    answer.as_ref().unwrap().value().expose_secret()
}

#[tokio::test]
async fn a_qualified_name_overrides_and_a_bare_one_only_when_asked() {
    let dsn = address("/shared/db", "DSN");
    let qualified = config(&[("SHARED_DB_DSN", "qualified"), ("DSN", "bare")]);
    let bare = config(&[("DSN", "bare")]);
    for (config, expected) in [
        (qualified.clone(), "qualified"),
        (qualified.clone().overrides(Override::Bare), "qualified"),
        (qualified.overrides(Override::Off), "server"),
        (bare.clone(), "server"),
        (bare.clone().overrides(Override::Bare), "bare"),
        (bare.overrides(Override::Off), "server"),
    ] {
        let source = server().with_env(config.clone());
        assert_eq!(text(&source.get(&dsn).await), expected, "{config:?}");
        assert_eq!(text(&source.lookup(&dsn).await), expected, "{config:?}");
    }
}

#[tokio::test]
async fn an_overridden_address_is_not_asked_for_upstream() {
    let inner = server();
    let source = inner.clone().with_env(config(&[("A_KEY", "override")]));
    let answers = source
        .get_many(&[
            address("/a", "KEY"),
            address("/b", "KEY"),
            address("/a", "KEY"),
        ])
        .await;
    assert_eq!(
        answers.iter().map(text).collect::<Vec<_>>(),
        ["override", "server", "override"]
    );
    assert_eq!(inner.batches(), [vec![address("/b", "KEY")]]);
    assert_eq!(
        text(&source.get_many(&[address("/a", "KEY")]).await[0]),
        "override"
    );
    assert_eq!(inner.calls(), 1);
}

#[tokio::test]
async fn an_override_is_peeked_at_once_a_look_up_gave_it_and_never_passed_over() {
    let ready = |_: &SecretAddress| {
        Some(Secret::new(
            "ready inside",
            secret_source::Origin::new("script"),
        ))
    };
    let source = server()
        .with_peek(ready)
        .with_env(config(&[("A_KEY", "override")]));
    let key = address("/a", "KEY");
    assert!(
        source.peek(&key).is_none(),
        "what is ready inside must not hide the override"
    );
    source.get(&key).await.unwrap();
    assert_eq!(
        source.peek(&key).unwrap().value().expose_secret(),
        "override"
    );
    let other = source.peek(&address("/b", "KEY")).unwrap();
    assert_eq!(other.value().expose_secret(), "ready inside");
}

#[tokio::test]
async fn a_mapped_variable_counts_alone_and_for_its_secret_only() {
    let dsn = address("/shared/db", "DSN");
    let names = VariableNames::new()
        .variable("DATABASE_URL", dsn.clone())
        .variable("PATH", address("/", "P"));
    let pairs = [
        ("DATABASE_URL", "mapped"),
        ("SHARED_DB_DSN", "qualified"),
        ("PATH", "/bin"),
    ];
    let source = server().with_env(config(&pairs).names(names.clone()));
    assert_eq!(text(&source.get(&dsn).await), "mapped");
    assert_eq!(source.peek(&dsn).unwrap().value().expose_secret(), "mapped");
    assert_eq!(text(&source.get(&address("/", "P")).await), "/bin");
    assert_eq!(
        text(&source.get(&address("/database", "URL")).await),
        "server"
    );

    let source = server().with_env(config(&pairs[1..2]).names(names));
    assert_eq!(text(&source.get(&dsn).await), "server");
}

#[tokio::test]
async fn two_addresses_of_one_qualified_name_are_refused_together() {
    let both = [address("/a/b", "C"), address("/a", "B_C")];
    let source = server().with_env(config(&[("A_B_C", "x")]));
    for answers in [
        source.lookup_many(&both).await,
        source.get_many(&both).await,
    ] {
        for answer in answers {
            let error = answer.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid);
            assert_eq!(
                error.message(),
                "the variable `A_B_C` could mean more than one secret"
            );
            let hint = error.hint().unwrap();
            assert!(
                hint.contains("/a/b/C") && hint.contains("/a/B_C") && hint.contains("map it"),
                "{hint}"
            );
        }
    }
    assert!(
        source.get(&both[0]).await.is_err(),
        "the name stays ambiguous"
    );

    let mapped = VariableNames::new().variable("A_B_C", both[0].clone());
    let source = server().with_env(config(&[("A_B_C", "x")]).names(mapped));
    let answers = source.get_many(&both).await;
    assert_eq!((text(&answers[0]), text(&answers[1])), ("x", "server"));
}

#[tokio::test]
async fn a_variable_that_answered_for_one_secret_never_answers_for_another() {
    let source = server().with_env(config(&[("A_B_C", "x")]));
    assert_eq!(text(&source.get(&address("/a/b", "C")).await), "x");
    assert_eq!(
        source.get(&address("/a", "B_C")).await.unwrap_err().kind(),
        ErrorKind::Invalid
    );
    assert_eq!(text(&source.get(&address("/a/b", "C")).await), "x");
    let elsewhere = SecretAddress::new("infisical", "dev", &"/a/b".parse().unwrap(), "C");
    assert_eq!(
        source.get(&elsewhere).await.unwrap_err().kind(),
        ErrorKind::Invalid
    );
}

#[tokio::test]
async fn a_bare_name_shared_by_two_addresses_of_a_batch_answers_neither() {
    let both = [address("/a", "PASSWORD"), address("/b", "PASSWORD")];
    let source = server().with_env(config(&[("PASSWORD", "x")]).overrides(Override::Bare));
    for answer in source.lookup_many(&both).await {
        let hint = answer.unwrap_err().hint().unwrap().to_owned();
        assert!(
            hint.contains("set `A_PASSWORD` or `B_PASSWORD` instead"),
            "{hint}"
        );
    }

    let source = nothing().with_env(config(&[("PASSWORD", "x")]));
    for answer in source.get_many(&both).await {
        let error = answer.unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::NotFound(Missing::Secret),
            "the source's own error stays"
        );
        assert!(
            error
                .hint()
                .unwrap()
                .contains("could mean more than one secret"),
            "{error:?}"
        );
    }

    let source = EnvSource::new(environment(&[("PASSWORD", "x")]), VariableNames::new());
    for answer in source.get_many(&both).await {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Invalid);
    }
}

#[tokio::test]
async fn a_bare_name_that_is_anothers_qualified_name_is_left_to_that_one() {
    let (root, nested) = (address("/", "TOKEN"), address("/a", "TOKEN"));
    for asked in [
        [root.clone(), nested.clone()],
        [nested.clone(), root.clone()],
    ] {
        let source = nothing().with_env(config(&[("TOKEN", "x")]));
        let answers = source.get_many(&asked).await;
        for (address, answer) in asked.iter().zip(&answers) {
            assert_eq!(answer.is_ok(), *address == root, "{address}");
        }
    }
}

#[tokio::test]
async fn a_shared_bare_name_does_no_harm_where_qualified_names_answer() {
    let both = [address("/a", "PASSWORD"), address("/b", "PASSWORD")];
    let pairs = [("PASSWORD", "x"), ("A_PASSWORD", "a"), ("B_PASSWORD", "b")];
    let answers = nothing().with_env(config(&pairs)).get_many(&both).await;
    assert_eq!((text(&answers[0]), text(&answers[1])), ("a", "b"));
}

#[tokio::test]
async fn a_reserved_name_is_never_used_and_the_hint_says_so() {
    let pairs = [
        ("USER", "root"),
        ("PATH", "/bin"),
        ("LC_ALL", "C"),
        ("INFISICAL_TOKEN", "t"),
    ];
    let source = nothing().with_env(config(&pairs).overrides(Override::Bare));
    for (folder, key) in [
        ("/db", "USER"),
        ("/", "PATH"),
        ("/lc", "all"),
        ("/infisical", "TOKEN"),
    ] {
        let error = source.get(&address(folder, key)).await.unwrap_err();
        assert!(error.kind().is_not_found());
        assert!(
            error.hint().unwrap().contains("is reserved and never used"),
            "{error:?}"
        );
    }
    assert_eq!(
        text(
            &server()
                .with_env(config(&pairs))
                .get(&address("/", "USER"))
                .await
        ),
        "server"
    );
    let qualified = nothing().with_env(config(&[("USER", "root"), ("DB_USER", "app")]));
    assert_eq!(text(&qualified.get(&address("/db", "USER")).await), "app");
}

#[tokio::test]
async fn versions_personal_values_and_projects_pass_variables_by() {
    let plain = address("/a", "KEY");
    let source =
        server().with_env(config(&[("A_KEY", "x"), ("KEY", "x")]).overrides(Override::Bare));
    let versioned = plain.clone().with_version(std::num::NonZeroU64::MIN);
    let personal = plain.clone().with_type(secret_ref::SecretType::Personal);
    for special in [versioned, personal, plain.clone().with_project("acme")] {
        assert_eq!(text(&source.get(&special).await), "server");
        let failing = nothing().with_env(config(&[("A_KEY", "x"), ("KEY", "x")]));
        assert!(failing.get(&special).await.is_err());
        let alone = EnvSource::new(environment(&[("A_KEY", "x")]), VariableNames::new());
        assert_eq!(
            alone.get(&special).await.unwrap_err().kind(),
            ErrorKind::Unsupported
        );
    }
    let tenant = VariableNames::new().project("acme").prefix("ACME_");
    let source = server().with_env(config(&[("ACME_A_KEY", "acme's")]).names(tenant));
    assert_eq!(
        text(&source.get(&plain.with_project("acme")).await),
        "acme's"
    );
}

#[tokio::test]
async fn a_file_variable_is_read_at_each_look_up_and_never_peeked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dsn");
    let variable = path.to_str().unwrap();
    let dsn = address("/db", "DSN");
    let source = server().with_env(config(&[("DB_DSN_FILE", variable)]));

    let error = source.get(&dsn).await.unwrap_err();
    assert_eq!(
        error.message(),
        "the file that `DB_DSN_FILE` names cannot be read"
    );
    assert!(!format!("{error:?}").contains(variable), "{error:?}");

    for value in ["first", "second"] {
        std::fs::write(&path, format!("{value}\n")).unwrap();
        assert!(source.peek(&dsn).is_none());
        let secret = source.lookup(&dsn).await.unwrap();
        assert_eq!(secret.value().expose_secret(), value);
        assert_eq!(secret.origin().detail("variable"), Some("DB_DSN_FILE"));
    }
    let both = server().with_env(config(&[("DB_DSN", "itself"), ("DB_DSN_FILE", variable)]));
    assert_eq!(text(&both.get(&dsn).await), "itself");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_leaves_a_failed_source_its_error() {
    let source = nothing().with_env(config(&[("DSN_FILE", "/no/such/file")]));
    let error = source.get(&address("/db", "DSN")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound(Missing::Secret));
    assert!(
        error
            .hint()
            .unwrap()
            .contains("`DSN_FILE` names cannot be read"),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_empty_variable_is_a_value() {
    let source = server().with_env(config(&[("A_KEY", "")]));
    assert_eq!(text(&source.get(&address("/a", "KEY")).await), "");
}

#[tokio::test]
async fn a_listing_shows_overrides() {
    let key = address("/a", "KEY");
    let listed = key.clone();
    let inner = server().with_list(move |_| {
        Ok(vec![(
            listed.clone(),
            Secret::new("server", secret_source::Origin::new("script")),
        )])
    });
    let source = inner.with_env(config(&[("A_KEY", "override")]));
    let folder = key.folder_address();
    let listed = source.list(&folder).await.unwrap();
    let beneath = source.list_recursive(&folder).await.unwrap();
    for (_, secret) in listed.iter().chain(&beneath) {
        assert_eq!(secret.value().expose_secret(), "override");
    }
    assert_eq!((listed.len(), beneath.len()), (1, 1));
}

#[tokio::test]
async fn debug_errors_and_origins_show_no_value() {
    let canaries = [
        Canary::named("in the environment"),
        Canary::named("in the file"),
        Canary::named("as a path"),
    ];
    let [env, file, path] = canaries.each_ref().map(Canary::value);
    let dotenv = Dotenv::parse(".env", &format!("F_KEY={file}\n")).unwrap();
    let config = config(&[("A_B_C", env), ("P_KEY_FILE", path)]).dotenv(dotenv.clone());
    let mut shown = format!("{config:?} {config:#?} {dotenv:?}");
    let source = nothing().with_env(config);
    let both = [
        address("/a/b", "C"),
        address("/a", "B_C"),
        address("/p", "KEY"),
        address("/n", "NONE"),
    ];
    for answer in source.get_many(&both).await {
        let error = answer.unwrap_err();
        shown += &format!("{error} {error:?} {error:#?}");
    }
    let secret = source.get(&address("/f", "KEY")).await.unwrap();
    shown += &format!("{secret:?} {source:?} {source:#?} {}", source.origin());
    assert!(shown.contains("A_B_C"));
    assert_no_leak(&shown, &canaries);
}
