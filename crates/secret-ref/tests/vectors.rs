//! Runs the published test vectors of `vectors.json`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::num::NonZeroU64;

use secret_ref::{ConfigText, FolderRef, ParseError, Part, Schemes, SecretRef, Template};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    #[serde(rename = "about")]
    _about: Vec<String>,
    good: Vec<Good>,
    folders: Vec<Folder>,
    bad: Vec<Bad>,
    bad_folders: Vec<Bad>,
    config: Vec<Config>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Good {
    text: String,
    canonical: String,
    #[serde(default = "infisical")]
    scheme: String,
    project: Option<String>,
    environment: Option<String>,
    #[serde(default = "root")]
    folder: String,
    key: String,
    version: Option<NonZeroU64>,
    #[serde(rename = "type", default = "shared")]
    secret_type: String,
    #[serde(default)]
    optional: bool,
    default: Option<String>,
    #[serde(default = "none")]
    encode: String,
    #[serde(default)]
    unresolved: bool,
    pointer: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Folder {
    text: String,
    canonical: String,
    #[serde(default = "infisical")]
    scheme: String,
    project: Option<String>,
    environment: Option<String>,
    #[serde(default = "root")]
    folder: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bad {
    text: String,
    kind: String,
    span: String,
    hint: Option<String>,
}

#[derive(Deserialize)]
struct Config {
    text: String,
    #[serde(default = "only_infisical")]
    schemes: Vec<String>,
    #[serde(flatten)]
    meaning: Meaning,
}

#[derive(Deserialize)]
#[serde(tag = "is", rename_all = "lowercase", deny_unknown_fields)]
enum Meaning {
    Plain,
    Reference {
        canonical: String,
    },
    Template {
        canonical: String,
        parts: Vec<Expected>,
    },
    Near {
        written: String,
        registered: String,
    },
    Error {
        kind: String,
        span: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expected {
    Text(String),
    Reference(String),
}

fn infisical() -> String {
    "infisical".to_owned()
}

fn only_infisical() -> Vec<String> {
    vec![infisical()]
}

fn root() -> String {
    "/".to_owned()
}

fn shared() -> String {
    "shared".to_owned()
}

fn none() -> String {
    "none".to_owned()
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../vectors.json")).expect("vectors.json has its shape")
}

fn assert_refused(error: &ParseError, kind: &str, span: &str, text: &str) {
    assert_eq!(format!("{:?}", error.kind()), kind, "{text}");
    assert_eq!(error.input(), text);
    assert_eq!(&error.input()[error.span()], span, "{text}");
    assert!(!error.hint().is_empty(), "{text}");
    for shown in [
        error.to_string(),
        error.hint().to_owned(),
        format!("{error:?}"),
    ] {
        assert!(
            !shown.contains(char::is_control),
            "{shown:?} about {text:?}"
        );
    }
    let message = error.to_string();
    assert!(!message.ends_with('.'), "{message}");
    assert!(!message.starts_with(char::is_uppercase), "{message}");
}

#[test]
fn the_list_is_long_enough_to_mean_something() {
    let vectors = vectors();
    assert!(vectors.good.len() >= 40);
    assert!(vectors.bad.len() >= 60);
    assert!(vectors.config.len() >= 25);
}

#[test]
fn good_references_have_the_parts_and_the_canonical_form_given() {
    for good in vectors().good {
        let text = &good.text;
        let reference = SecretRef::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(reference.scheme(), good.scheme, "{text}");
        assert_eq!(reference.project(), good.project.as_deref(), "{text}");
        assert_eq!(
            reference.environment(),
            good.environment.as_deref(),
            "{text}"
        );
        assert_eq!(reference.folder().as_str(), good.folder, "{text}");
        assert_eq!(reference.key(), good.key, "{text}");
        assert_eq!(reference.version(), good.version, "{text}");
        assert_eq!(
            reference.secret_type().to_string(),
            good.secret_type,
            "{text}"
        );
        assert_eq!(reference.is_optional(), good.optional, "{text}");
        assert_eq!(reference.default_text(), good.default.as_deref(), "{text}");
        assert_eq!(reference.encoding().to_string(), good.encode, "{text}");
        assert_eq!(reference.allows_unresolved(), good.unresolved, "{text}");
        let pointer: Option<Vec<_>> = reference
            .pointer()
            .map(|pointer| pointer.tokens().map(str::to_owned).collect());
        assert_eq!(pointer, good.pointer, "{text}");
        assert_eq!(reference.to_string(), good.canonical, "{text}");
    }
}

#[test]
fn canonical_forms_parse_to_the_same_reference() {
    for good in vectors().good {
        let reference: SecretRef = good.text.parse().unwrap();
        assert_eq!(
            SecretRef::parse(&good.canonical).unwrap(),
            reference,
            "{}",
            good.text
        );
    }
}

#[test]
fn good_references_are_references_as_configuration_text_and_inside_templates() {
    for good in vectors().good {
        let reference = SecretRef::parse(&good.text).unwrap();
        let schemes = Schemes::new([good.scheme.as_str()]).unwrap();
        assert_eq!(
            schemes.read(&good.text).unwrap(),
            ConfigText::Reference(reference.clone()),
            "{}",
            good.text
        );
        let template = format!("<${{{}}}>", good.text);
        let ConfigText::Template(template) = schemes.read(&template).unwrap() else {
            panic!("{template} is a template");
        };
        let expected = [
            Part::Text("<".into()),
            Part::Reference(reference),
            Part::Text(">".into()),
        ];
        assert_eq!(template.parts(), expected, "{}", good.text);
    }
}

#[test]
fn good_folders_have_the_parts_and_the_canonical_form_given() {
    for good in vectors().folders {
        let text = &good.text;
        let reference = FolderRef::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(reference.scheme(), good.scheme, "{text}");
        assert_eq!(reference.project(), good.project.as_deref(), "{text}");
        assert_eq!(
            reference.environment(),
            good.environment.as_deref(),
            "{text}"
        );
        assert_eq!(reference.folder().as_str(), good.folder, "{text}");
        assert_eq!(reference.to_string(), good.canonical, "{text}");
        assert_eq!(
            FolderRef::parse(&good.canonical).unwrap(),
            reference,
            "{text}"
        );
    }
}

#[test]
fn bad_references_are_refused_with_kind_span_and_hint() {
    for bad in vectors().bad {
        let text = &bad.text;
        let error = SecretRef::parse(text).expect_err(text);
        assert_refused(&error, &bad.kind, &bad.span, text);
        if let Some(hint) = bad.hint {
            assert_eq!(error.hint(), hint, "{text}");
        }
    }
}

#[test]
fn bad_folders_are_refused_with_kind_span_and_hint() {
    for bad in vectors().bad_folders {
        let text = &bad.text;
        let error = FolderRef::parse(text).expect_err(text);
        assert_refused(&error, &bad.kind, &bad.span, text);
        if let Some(hint) = bad.hint {
            assert_eq!(error.hint(), hint, "{text}");
        }
    }
}

#[test]
fn bad_text_that_begins_with_a_registered_scheme_is_never_passed_through() {
    let schemes = Schemes::default();
    let bad = vectors().bad;
    let registered: Vec<_> = bad
        .iter()
        .filter(|bad| bad.text.starts_with("infisical://"))
        .collect();
    assert!(registered.len() > 60);
    for bad in registered {
        let error = schemes.read(&bad.text).expect_err(&bad.text);
        assert_refused(&error, &bad.kind, &bad.span, &bad.text);
    }
}

#[test]
fn configuration_texts_are_what_the_list_says() {
    for config in vectors().config {
        let text = &config.text;
        let schemes = Schemes::new(config.schemes.iter().map(String::as_str)).unwrap();
        match (config.meaning, schemes.read(text)) {
            (Meaning::Plain, Ok(ConfigText::Plain)) => {}
            (Meaning::Reference { canonical }, Ok(ConfigText::Reference(reference))) => {
                assert_eq!(reference.to_string(), canonical, "{text}");
            }
            (Meaning::Template { canonical, parts }, Ok(ConfigText::Template(template))) => {
                let parts: Vec<_> = parts.into_iter().map(Part::from).collect();
                assert_eq!(template.parts(), parts, "{text}");
                assert_eq!(template.to_string(), canonical, "{text}");
                assert_eq!(canonical.parse::<Template>().unwrap(), template, "{text}");
            }
            (
                Meaning::Near {
                    written,
                    registered,
                },
                Ok(ConfigText::NearScheme {
                    written: found,
                    registered: meant,
                }),
            ) => {
                assert_eq!((found, meant), (written, registered), "{text}");
            }
            (Meaning::Error { kind, span }, Err(error)) => {
                assert_refused(&error, &kind, &span, text)
            }
            (_, found) => panic!("{text}: found {found:?}"),
        }
    }
}

impl From<Expected> for Part {
    fn from(expected: Expected) -> Self {
        match expected {
            Expected::Text(text) => Self::Text(text),
            Expected::Reference(text) => Self::Reference(SecretRef::parse(&text).unwrap()),
        }
    }
}
