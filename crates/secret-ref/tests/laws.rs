//! Laws that hold for every text: round trips, no panic, and nothing accepted that the grammar forbids.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::collections::HashSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use secret_ref::{
    ConfigText, Encoding, FolderPath, FolderRef, JsonPointer, Part, Schemes, SecretRef, Template,
};

/// The parts of a reference, and one of the many ways to write it.
#[derive(Clone, Debug)]
struct Written {
    project: Option<String>,
    environment: Option<String>,
    folder: Vec<String>,
    key: String,
    version: Option<u64>,
    default: Option<String>,
    encoding: Encoding,
    pointer: Option<Vec<String>>,
    text: String,
}

fn any_text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..8).prop_map(String::from_iter)
}

/// Any text that may be a name anywhere.
fn any_name() -> impl Strategy<Value = String> {
    any_text().prop_map(|text| {
        let name: String = text
            .chars()
            .filter(|c| !c.is_control() && !"/:".contains(*c))
            .collect();
        match name.as_str() {
            "" | "." | ".." => "name".to_owned(),
            _ => name,
        }
    })
}

/// Spells a text with percent-encoding: all of it, or only what must be.
fn spell(text: &str, all: bool) -> String {
    text.chars()
        .map(|c| {
            if !all && (c.is_alphanumeric() || "-._~+".contains(c)) {
                return c.to_string();
            }
            let mut bytes = [0; 4];
            let bytes = c.encode_utf8(&mut bytes).bytes();
            bytes.map(|byte| format!("%{byte:02x}")).collect()
        })
        .collect()
}

fn any_options() -> impl Strategy<Value = (Option<u64>, Option<String>, Encoding, bool)> {
    let encoding = select(vec![
        Encoding::None,
        Encoding::Percent,
        Encoding::Base64,
        Encoding::Json,
    ]);
    (
        option::of(1..=u64::MAX),
        option::of(any_text()),
        encoding,
        any::<bool>(),
    )
}

fn any_written() -> impl Strategy<Value = Written> {
    let place = (
        option::of(any_name()),
        option::of(any_name()),
        vec(any_name(), 0..3),
        any_name(),
    );
    let pointer = option::of(vec(any_text(), 1..3));
    (place, any_options(), pointer, any::<bool>()).prop_flat_map(
        |(place, options, pointer, all)| {
            let (version, default, encoding, optional) = options.clone();
            let written: Vec<_> = [
                version.map(|version| format!("version={version}")),
                default
                    .as_deref()
                    .map(|text| format!("default={}", spell(text, all))),
                Some(format!("encode={encoding}")),
                optional.then(|| "optional".to_owned()),
            ]
            .into_iter()
            .flatten()
            .collect();
            Just(written).prop_shuffle().prop_map(move |written| {
                let (project, environment, folder, key) = place.clone();
                let (version, default, encoding, _) = options.clone();
                let mut text = "infisical://".to_owned();
                if let Some(project) = &project {
                    text += &format!("{}@", spell(project, all));
                }
                text += &spell(environment.as_deref().unwrap_or_default(), all);
                for segment in folder.iter().chain([&key]) {
                    text += &format!("/{}", spell(segment, all));
                }
                text += &format!("?{}", written.join("&"));
                if let Some(tokens) = &pointer {
                    text.push('#');
                    for token in tokens {
                        let token = token.replace('~', "~0").replace('/', "~1");
                        text += &format!("/{}", spell(&token, all));
                    }
                }
                Written {
                    project,
                    environment,
                    folder,
                    key,
                    version,
                    default,
                    encoding,
                    pointer: pointer.clone(),
                    text,
                }
            })
        },
    )
}

/// Bits of the grammar and of its mistakes; put together at random they get further into the parser than noise does.
const FRAGMENTS: [&str; 56] = [
    "infisical://",
    "infisical://dev/",
    "infisical",
    "INFISICAL",
    "infiscial://",
    "https://",
    "://",
    "dev",
    "KEY",
    "a",
    "/",
    "/",
    "/",
    "?",
    "?",
    "&",
    "&",
    "=",
    "#",
    "#/",
    "@",
    ":",
    ".",
    "..",
    "%2e",
    "%2F",
    "%3A",
    "%00",
    "%7D",
    "%C3%BC",
    "%FF",
    "%",
    "~",
    "~0",
    "~1",
    "+",
    "version=1",
    "version=0",
    "version=",
    "type=personal",
    "type=",
    "optional",
    "optional",
    "default=x",
    "default=",
    "encode=json",
    "encode=",
    "unresolved=allow",
    "ü",
    "🔑",
    " ",
    "\n",
    "{",
    "}",
    "$",
    "${infisical://",
];

fn any_soup() -> impl Strategy<Value = String> {
    vec(select(&FRAGMENTS[..]), 0..12).prop_map(|fragments| fragments.concat())
}

/// Soup that already has a scheme and an environment.
fn any_reference_soup() -> impl Strategy<Value = String> {
    any_soup().prop_map(|soup| format!("infisical://dev/a{soup}"))
}

fn any_input() -> impl Strategy<Value = String> {
    prop_oneof![
        vec(any::<char>(), 0..24).prop_map(String::from_iter),
        any_soup(),
        any_reference_soup(),
        any_written().prop_map(|written| written.text),
    ]
}

/// Tells what the grammar forbids in a text, from its letters alone and without the parser's code.
fn violation(text: &str) -> Option<&'static str> {
    let forbidden = " \"<>\\^`{|}";
    if text.contains(|c: char| c.is_control() || forbidden.contains(c) || "[]".contains(c)) {
        return Some("a character that must be encoded");
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Some("no scheme");
    };
    let is_letter_first = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    if !is_letter_first
        || scheme.contains(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)))
    {
        return Some("no valid scheme");
    }
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (rest, None),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let Some((authority, path)) = rest.split_once('/') else {
        return Some("no key");
    };
    if authority.contains(':') || authority.matches('@').count() > 1 || authority.starts_with('@') {
        return Some("a bad authority");
    }
    for (place, segment) in path.split('/').chain(authority.split('@')).enumerate() {
        let Some(segment) = decoded(segment) else {
            return Some("broken percent-encoding");
        };
        let in_path = place <= path.matches('/').count();
        if (in_path && segment.is_empty()) || segment == "." || segment == ".." {
            return Some("an empty name or a dot name");
        }
        if segment.contains(|c: char| c.is_control() || c == '/' || (c == ':' && !in_path)) {
            return Some("a slash, a control character or a colon in a name");
        }
    }
    if path
        .rsplit('/')
        .next()
        .and_then(decoded)
        .is_none_or(|key| key.contains(':'))
    {
        return Some("a colon in a key");
    }
    query
        .and_then(query_violation)
        .or_else(|| fragment.and_then(fragment_violation))
}

fn query_violation(query: &str) -> Option<&'static str> {
    let mut seen = HashSet::new();
    for option in query.split('&') {
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (decoded(name), decoded(value).map(Some)),
            None => (decoded(option), Some(None)),
        };
        let (Some(name), Some(value)) = (name, value) else {
            return Some("broken percent-encoding in an option");
        };
        if !seen.insert(name.clone()) {
            return Some("an option given twice");
        }
        let is_right = match (name.as_str(), value.as_deref()) {
            ("optional", None) | ("default", Some(_)) | ("unresolved", Some("allow")) => true,
            ("version", Some(n)) => n
                .parse::<u64>()
                .is_ok_and(|number| number > 0 && number.to_string() == n),
            ("type", Some(word)) => ["shared", "personal"].contains(&word),
            ("encode", Some(word)) => ["none", "percent", "base64", "json"].contains(&word),
            _ => false,
        };
        if !is_right {
            return Some("a wrong option");
        }
    }
    None
}

fn fragment_violation(fragment: &str) -> Option<&'static str> {
    let Some(pointer) = decoded(fragment) else {
        return Some("broken percent-encoding in the pointer");
    };
    let escapes = pointer.replace("~0", "").replace("~1", "");
    let is_right = pointer.starts_with('/') && !escapes.contains('~') && !fragment.contains('#');
    (!is_right).then_some("a wrong pointer")
}

fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

proptest! {
    // No file of failed seeds: proptest prints the smallest failing text, and that belongs into `vectors.json`.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn a_written_reference_has_the_parts_it_was_written_from(written in any_written()) {
        let reference = SecretRef::parse(&written.text).unwrap();
        prop_assert_eq!(reference.project(), written.project.as_deref());
        prop_assert_eq!(reference.environment(), written.environment.as_deref());
        prop_assert!(reference.folder().segments().eq(&written.folder));
        prop_assert_eq!(reference.key(), written.key);
        prop_assert_eq!(reference.version().map(u64::from), written.version);
        prop_assert_eq!(reference.default_text(), written.default.as_deref());
        prop_assert_eq!(reference.encoding(), written.encoding);
        let tokens = reference.pointer().map(|pointer| pointer.tokens().map(str::to_owned).collect::<Vec<_>>());
        prop_assert_eq!(tokens, written.pointer);
    }

    #[test]
    fn the_canonical_form_means_the_same_and_is_its_own_canonical_form(written in any_written()) {
        let reference = SecretRef::parse(&written.text).unwrap();
        let canonical = reference.to_string();
        let again = SecretRef::parse(&canonical).unwrap();
        prop_assert_eq!(&again, &reference);
        prop_assert_eq!(again.to_string(), canonical);
    }

    #[test]
    fn whatever_parses_survives_its_canonical_form(text in any_input()) {
        if let Ok(reference) = SecretRef::parse(&text) {
            prop_assert_eq!(SecretRef::parse(&reference.to_string()).unwrap(), reference);
        }
        if let Ok(folder) = FolderRef::parse(&text) {
            prop_assert_eq!(FolderRef::parse(&folder.to_string()).unwrap(), folder);
        }
        if let Ok(template) = text.parse::<Template>() {
            prop_assert_eq!(template.to_string().parse::<Template>().unwrap(), template);
        }
        if let Ok(path) = FolderPath::parse(&text) {
            prop_assert_eq!(FolderPath::parse(path.as_str()).unwrap(), path);
        }
        if let Ok(pointer) = JsonPointer::parse(&text) {
            prop_assert_eq!(pointer.to_string(), text);
        }
    }

    #[test]
    fn accepted_is_exactly_what_the_grammar_allows(text in any_input()) {
        let found = violation(&text);
        match SecretRef::parse(&text) {
            Ok(_) => prop_assert_eq!(found, None),
            Err(error) => prop_assert!(found.is_some(), "{:?} is refused: {}", text, error),
        }
    }

    #[test]
    fn every_error_points_into_its_input_and_says_what_to_do(text in any_input()) {
        let errors = [
            SecretRef::parse(&text).err(),
            FolderRef::parse(&text).err(),
            FolderPath::parse(&text).err(),
            JsonPointer::parse(&text).err(),
            text.parse::<Template>().err(),
            Schemes::default().read(&text).err(),
            Schemes::new([text.as_str()]).err(),
        ];
        for error in errors.into_iter().flatten() {
            prop_assert!(error.input().get(error.span()).is_some());
            prop_assert_eq!(error.input(), &text);
            prop_assert!(!error.hint().is_empty());
            prop_assert!(!error.to_string().contains(char::is_control));
            prop_assert!(!error.hint().contains(char::is_control));
        }
    }

    #[test]
    fn only_text_with_a_registered_scheme_is_touched(text in any_input()) {
        let read = Schemes::default().read(&text);
        let lower = text.to_ascii_lowercase();
        let is_right = if lower.starts_with("infisical://") {
            matches!(read, Ok(ConfigText::Reference(_)) | Err(_))
        } else if lower.contains("${infisical://") {
            matches!(read, Ok(ConfigText::Template(_)) | Err(_))
        } else {
            matches!(read, Ok(ConfigText::Plain | ConfigText::NearScheme { .. }))
        };
        prop_assert!(is_right, "{:?} is read as {:?}", text, read);
    }

    #[test]
    fn the_canonical_form_of_a_template_reads_the_same_with_the_same_schemes(soup in any_soup()) {
        let schemes = Schemes::default();
        if let Ok(ConfigText::Template(template)) = schemes.read(&soup) {
            prop_assert_eq!(schemes.read(&template.to_string()).unwrap(), ConfigText::Template(template));
        }
    }

    #[test]
    fn text_around_references_comes_through_unchanged(
        texts in vec(vec(prop_oneof![Just('$'), Just('}'), any::<char>()], 0..6), 1..4),
        written in any_written(),
    ) {
        let reference = SecretRef::parse(&written.text).unwrap();
        let texts: Vec<String> = texts
            .into_iter()
            .map(|text| text.into_iter().filter(|c| *c != '{').collect())
            .collect();
        let spelt: Vec<String> = texts
            .iter()
            .map(|text| format!("{text}{}", &text[text.trim_end_matches('$').len()..]))
            .collect();
        let whole = spelt.iter().fold(String::new(), |whole, text| format!("{whole}{text}${{{}}}", written.text));
        let template: Template = whole.parse().unwrap();
        let mut expected = Vec::new();
        for text in texts {
            if !text.is_empty() {
                expected.push(Part::Text(text));
            }
            expected.push(Part::Reference(reference.clone()));
        }
        prop_assert_eq!(template.parts(), expected);
    }

    #[test]
    fn of_n_dollars_half_are_literal_and_an_odd_one_opens(n in 1_usize..40) {
        let text = format!("a{}{{infisical://dev/K}}", "$".repeat(n));
        let template: Template = text.parse().unwrap();
        prop_assert_eq!(template.references().count(), n % 2);
        let Part::Text(first) = &template.parts()[0] else { panic!("text comes first") };
        prop_assert_eq!(first.matches('$').count(), n / 2);
        prop_assert_eq!(template.to_string(), text);
    }

    #[test]
    fn a_percent_encoded_value_is_decoded_to_itself(value in any_text()) {
        let text = format!("infisical://dev/K?default={}", Encoding::Percent.apply(&value));
        let reference = SecretRef::parse(&text).unwrap();
        prop_assert_eq!(reference.default_text(), Some(value.as_str()));
        prop_assert_eq!(reference.to_string(), text);
    }

    #[test]
    fn a_value_encoded_as_json_is_read_back_by_a_json_parser(value in any_text()) {
        let json = Encoding::Json.apply(&value);
        prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
    }

    #[test]
    fn joining_the_segments_of_a_folder_gives_the_folder(names in vec(any_name(), 0..4)) {
        let folder = names.iter().fold(FolderPath::root(), |folder, name| {
            let joined = folder.join(name).unwrap();
            assert!(joined.starts_with(&folder) && !folder.starts_with(&joined));
            joined
        });
        prop_assert!(folder.segments().eq(&names));
        prop_assert_eq!(FolderPath::root().join(&names.join("/")).unwrap(), folder);
    }
}

#[test]
fn random_fragments_reach_both_verdicts() {
    let mut runner = TestRunner::deterministic();
    let accepted = (0..4_000)
        .filter(|_| {
            let soup = any_reference_soup()
                .new_tree(&mut runner)
                .unwrap()
                .current();
            SecretRef::parse(&soup).is_ok()
        })
        .count();
    assert!(
        (50..3_950).contains(&accepted),
        "{accepted} of 4000 accepted"
    );
}
