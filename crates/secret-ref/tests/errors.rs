//! What errors show, and what they keep to themselves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use secret_ref::{ParseErrorKind, Schemes, SecretRef};

#[test]
fn the_text_around_a_reference_in_a_template_is_never_quoted() {
    let broken = [
        "${infisical://dev/KEY?optinal}",
        "${infisical://dev/}",
        "${infisical://dev/KEY:hunter2",
        "${infisical://dev/${infisical://dev/KEY}}",
        "${infisical://dev/KEY}${infiscial://dev/KEY}",
    ];
    let schemes = Schemes::default();
    for reference in broken {
        let text = format!("postgres://app:hunter2@{reference}:hunter2");
        let error = schemes.read(&text).unwrap_err();
        for shown in [
            error.to_string(),
            format!("{error:?}"),
            error.hint().to_owned(),
        ] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        assert_eq!(error.input(), text);
    }
}

#[test]
fn the_span_of_an_error_in_a_template_points_into_the_whole_text() {
    let text = "ü${infisical://dev/A}ü${infisical://dev/B?encode=url}";
    let error = Schemes::default().read(text).unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::InvalidOption);
    assert_eq!(error.span(), text.find("encode").unwrap()..text.len() - 1);
    assert_eq!(
        error.to_string(),
        "option used wrongly: `encode=url` in `infisical://dev/B?encode=url`"
    );
}

#[test]
fn a_near_scheme_in_a_template_is_an_error_that_names_the_registered_one() {
    let error = Schemes::default()
        .read("${infisical://dev/A}${infiscial://dev/B}")
        .unwrap_err();
    assert!(
        error.hint().starts_with("did you mean `infisical://`?"),
        "{}",
        error.hint()
    );
}

#[test]
fn a_scheme_with_an_underscore_is_refused_with_the_one_to_use() {
    for error in [
        Schemes::new(["secret_ref"]).unwrap_err(),
        SecretRef::parse("secret_ref://dev/KEY").unwrap_err(),
        "${secret_ref://dev/KEY}"
            .parse::<secret_ref::Template>()
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ParseErrorKind::InvalidScheme);
        assert!(
            error.hint().contains("write `secret-ref`"),
            "{}",
            error.hint()
        );
    }
}

#[test]
fn an_error_has_no_source_to_repeat() {
    let error = SecretRef::parse("infisical://dev").unwrap_err();
    assert!(std::error::Error::source(&error).is_none());
    assert_eq!(error.to_string(), "no key: `dev` in `infisical://dev`");
}

#[test]
fn a_reference_that_is_wrong_as_a_whole_is_quoted_once() {
    let error = SecretRef::parse("infisical://dev/shared/").unwrap_err();
    assert_eq!(
        error.to_string(),
        "a folder where a secret is expected in `infisical://dev/shared/`"
    );
}

#[test]
fn what_may_be_the_password_of_a_url_is_not_quoted() {
    for text in [
        "infisical://app:hunter2@db/KEY",
        "infisical://app:hunter2@db",
        "infisical://app@db:hunter2/",
    ] {
        let template = format!("x${{{text}}}").parse::<secret_ref::Template>();
        let folder = secret_ref::FolderRef::parse(text);
        let errors = [
            SecretRef::parse(text).unwrap_err(),
            template.unwrap_err(),
            folder.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ParseErrorKind::InvalidAuthority, "{text}");
            let shown = format!("{error} {error:?} {}", error.hint());
            assert!(!shown.contains("hunter2"), "{shown}");
            assert!(!error.input()[error.quoted()].contains("hunter2"), "{text}");
        }
    }
}
