//! Laws that hold for every text: round trips, no panic, and nothing accepted that the grammar forbids.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod generate;
mod violation;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use secret_ref::{
    Component, ConfigText, Encoding, FolderPath, FolderRef, JsonPointer, Part, Schemes, SecretRef,
    Template,
};

use generate::{any_input, any_name, any_reference_soup, any_soup, any_text, any_written};
use violation::violation;

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
    fn each_component_stands_where_it_is_said_to_stand(written in any_written()) {
        let reference = SecretRef::parse(&written.text).unwrap();
        let part = |component: Component| component.span(&written.text).map(|span| &written.text[span]);
        let key = part(Component::Key).unwrap();
        let folder = part(Component::Folder).unwrap().trim_end_matches('/');
        let rebuilt = SecretRef::parse(&format!("x://{folder}/{key}")).unwrap();
        prop_assert_eq!(rebuilt.key(), reference.key());
        prop_assert_eq!(rebuilt.folder(), reference.folder());
        let environment = part(Component::Environment).map(|text| SecretRef::parse(&format!("x://{text}/K")).unwrap());
        prop_assert_eq!(environment.as_ref().and_then(SecretRef::environment), reference.environment());
        prop_assert_eq!(part(Component::Project).is_some(), reference.project().is_some());
        let pointer = part(Component::Pointer).map(|text| SecretRef::parse(&format!("x:///K#{text}")).unwrap());
        prop_assert_eq!(pointer.as_ref().and_then(SecretRef::pointer), reference.pointer());
    }

    #[test]
    fn the_span_of_each_reference_holds_that_reference(soup in any_soup(), one in any_written(), two in any_written()) {
        let one = SecretRef::parse(&one.text).unwrap();
        let two = SecretRef::parse(&two.text).unwrap();
        let schemes = Schemes::new(["infisical", one.scheme(), two.scheme()]).unwrap();
        let whole = one.to_string();
        for text in [&whole, &soup, &format!("{soup} ${{{one}}}$${{x}}${{{two}}}{soup}")] {
            let found: Vec<_> = match schemes.read(text) {
                Ok(ConfigText::Reference(reference)) => vec![reference],
                Ok(ConfigText::Template(template)) => template.references().cloned().collect(),
                _ => Vec::new(),
            };
            let spans = schemes.spans(text).into_iter();
            let spanned: Vec<_> = spans.map(|span| SecretRef::parse(&text[span]).unwrap()).collect();
            prop_assert_eq!(spanned, found);
        }
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
