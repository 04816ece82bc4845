//! Templates, and what a configuration text is, from any text.

use secret_ref::{ConfigText, Part, Schemes, Template};

use crate::canary::{CANARY, assert_unseen};
use crate::growth::assert_linear;
use crate::reference::check;
use crate::template_reading;

/// Checks the laws of templates on a text; what is no text is none.
///
/// # Panics
///
/// Panics where a law is broken.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let parsed = text.parse::<Template>();
    let expected = template_reading::parts(text);
    match &parsed {
        Ok(template) => {
            assert_eq!(Some(template.parts()), expected.as_deref(), "{text:?}");
            survives(template);
            assert_linear(text, " ", |text| drop(text.parse::<Template>()));
        }
        Err(error) => {
            assert_eq!(expected, None, "refused: {text:?}: {error}");
            check(error, text);
        }
    }
    only_registered_schemes_are_touched(text);
    what_surrounds_a_reference_is_not_quoted(text);
}

fn survives(template: &Template) {
    let canonical = template.to_string();
    assert_eq!(canonical.parse::<Template>().as_ref(), Ok(template));
    for pair in template.parts().windows(2) {
        let [Part::Text(_), Part::Text(_)] = pair else {
            continue;
        };
        panic!("two texts side by side in {canonical:?}");
    }
    // Text that holds no opening is written as it is; each opening doubles the dollars before it.
    let count = |text: &str| text.matches('$').count();
    let literal: usize = template
        .parts()
        .iter()
        .map(|part| match part {
            Part::Text(text) => count(text),
            Part::Reference(_) => 0,
        })
        .sum();
    let openings = template.references().count();
    let inside: usize = template
        .references()
        .map(|reference| count(&reference.to_string()))
        .sum();
    let written = count(&canonical) - inside;
    assert!(
        (literal + openings..=2 * literal + openings).contains(&written),
        "{written} dollars for {literal} and {openings} openings in {canonical:?}"
    );
}

fn only_registered_schemes_are_touched(text: &str) {
    let schemes = Schemes::default();
    let lower = text.to_ascii_lowercase();
    let read = schemes.read(text);
    if let Err(error) = &read {
        check(error, text);
    }
    let is_right = match &read {
        Ok(ConfigText::Reference(_)) => lower.starts_with("infisical://"),
        Ok(ConfigText::Template(template)) => {
            assert_eq!(
                schemes.read(&template.to_string()),
                Ok(ConfigText::Template(template.clone()))
            );
            lower.contains("${infisical://")
        }
        Err(_) => lower.starts_with("infisical://") || lower.contains("${infisical://"),
        Ok(_) => !lower.starts_with("infisical://") && !lower.contains("${infisical://"),
    };
    assert!(is_right, "{text:?} is read as {read:?}");
}

fn what_surrounds_a_reference_is_not_quoted(text: &str) {
    if text.contains(CANARY) {
        return;
    }
    let surrounded = format!("{CANARY}{text}{CANARY}");
    let errors = [
        surrounded.parse::<Template>().err(),
        Schemes::default().read(&surrounded).err(),
    ];
    for error in errors.into_iter().flatten() {
        assert_unseen(&format!("{error} {error:?} {}", error.hint()));
    }
    if let Ok(ConfigText::NearScheme { written, .. }) = Schemes::default().read(&surrounded) {
        assert_unseen(&written);
    }
}
