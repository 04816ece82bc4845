//! Ten different mistakes in one file.

use keyfob::ResolveSecrets;
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};

use crate::bench::{serve, stack_of};

#[tokio::test]
async fn ten_mistakes_are_ten_problems_that_say_what_to_do() {
    let server = serve(&[
        ("/db", "PASSWORD", "x"),
        ("/db", "JSON", "{\"a\": {}}"),
        ("/denied", "KEY", "x"),
    ])
    .await;
    server.deny("dev", "/denied");
    let stack = stack_of(&server)
        .environments(["dev", "nowhere"])
        .build()
        .unwrap();
    let mistakes = [
        (
            "a_option",
            "infisical:///db/PASSWORD?optinal",
            "invalid_reference",
            "optional",
        ),
        (
            "b_pointer",
            "infisical:///db/JSON#a",
            "invalid_reference",
            "/",
        ),
        ("c_key", "infisical:///db/PASWORD", "not_found", "PASSWORD"),
        ("d_folder", "infisical:///bd/PASSWORD", "not_found", "/bd"),
        (
            "e_environment",
            "infisical://nowhere/db/PASSWORD",
            "invalid",
            "nowhere",
        ),
        ("f_denied", "infisical:///denied/KEY", "denied", ""),
        (
            "g_template",
            "x${infisical:///db/PASSWORD",
            "invalid_reference",
            "}",
        ),
        (
            "h_forbidden",
            "infisical://prod/db/PASSWORD",
            "invalid",
            "dev",
        ),
        ("i_field", "infisical:///db/JSON#/b", "not_found", "/b"),
        ("j_no_key", "infisical://dev", "invalid_reference", "KEY"),
        ("k_folder", "infisical:///db/", "invalid_reference", ""),
        ("l_object", "infisical:///db/JSON#/a", "invalid", ""),
    ];
    let text: String = mistakes
        .iter()
        .map(|(key, reference, ..)| format!("{key} = '{reference}'\n"))
        .collect();
    let error = Figment::from(Toml::string(&text))
        .resolve_secrets(&stack)
        .await
        .unwrap_err();
    let problems = error.problems();
    assert_eq!(problems.len(), mistakes.len(), "{error}");
    for (problem, (key, _, kind, part)) in problems.iter().zip(mistakes) {
        assert_eq!(problem.key.as_deref(), Some(key));
        assert_eq!(problem.kind.as_str(), kind, "{problem}");
        let hint = problem.hint.as_deref().unwrap_or_default();
        assert!(!hint.is_empty(), "every problem says what to do: {problem}");
        assert!(
            format!("{} {hint}", problem.message).contains(part),
            "`{part}` is missing: {problem}"
        );
    }
    let shown = error
        .to_string()
        .replace(&server.address().to_string(), "SERVER")
        .replace(&server.project_id(), "PROJECT");
    insta::assert_snapshot!(shown);
}
