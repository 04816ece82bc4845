//! What differs between the answers of two servers: the status, which fields there are and how many rows, the
//! errors that a client looks at, and whether the same values came.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::calls::Call;
use crate::server::Answer;

/// Names of errors that say more than the status does.
const TELLING: [&str; 3] = ["TokenError", "ValidationFailure", "RateLimitExceeded"];

/// Arrays of which the length says something about the server.
const COUNTED: [&str; 4] = ["secrets", "imports", "secretImports", "folders"];

/// A call that two servers answer differently. It holds names of fields and keys, and no value.
#[derive(Debug)]
pub(crate) struct Difference {
    call: &'static str,
    statuses: (u16, u16),
    only_there: Vec<String>,
    only_in_the_fake: Vec<String>,
    other_values: Vec<String>,
}

/// Compares the answers to each call.
pub(crate) fn differences(
    calls: &[Call],
    answers: &[Answer],
    imitated: &[Answer],
) -> Vec<Difference> {
    let answers = answers.iter().zip(imitated);
    let compared = calls.iter().zip(answers);
    compared
        .filter_map(|(call, (answer, imitation))| difference(call, answer, imitation))
        .collect()
}

fn difference(call: &Call, answer: &Answer, imitation: &Answer) -> Option<Difference> {
    let (there, fake) = (facts(&answer.body), facts(&imitation.body));
    let (values, invented) = (values(&answer.body), values(&imitation.body));
    let shared = values
        .iter()
        .filter(|(place, _)| invented.contains_key(*place));
    let difference = Difference {
        call: call.name,
        statuses: (answer.status, imitation.status),
        only_there: outermost(there.difference(&fake)),
        only_in_the_fake: outermost(fake.difference(&there)),
        other_values: shared
            .filter(|(place, value)| invented[*place] != **value)
            .map(|(place, _)| place.clone())
            .collect(),
    };
    let is_one =
        answer.status != imitation.status || there != fake || !difference.other_values.is_empty();
    is_one.then_some(difference)
}

/// Leaves out the fields of a field that is missing as a whole.
fn outermost<'a>(fields: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for field in fields {
        let is_inside = |outer: &String| {
            let rest = field.strip_prefix(outer.as_str());
            rest.is_some_and(|rest| rest.starts_with(['.', '[', '=']))
        };
        if !kept.iter().any(is_inside) {
            kept.push(field.clone());
        }
    }
    kept
}

fn facts(body: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(body, "", &mut found);
    if let Some(error) = body["error"].as_str()
        && TELLING.contains(&error)
    {
        found.insert(format!("{error}!"));
    }
    found
}

fn collect(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = format!("{path}.{name}");
                if let (Value::Array(items), true) = (field, COUNTED.contains(&name.as_str())) {
                    found.insert(format!("{path}={}", items.len()));
                }
                collect(field, &path, found);
                found.insert(path);
            }
        }
        Value::Array(items) => {
            for item in items {
                collect(item, &format!("{path}[]"), found);
            }
        }
        _ => {}
    }
}

/// Gives each value by the key and by where the answer has it.
fn values(body: &Value) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    add_value(&mut found, "secret", &body["secret"]);
    for row in body["secrets"].as_array().into_iter().flatten() {
        add_value(&mut found, "secrets", row);
    }
    let groups = body["imports"].as_array().into_iter().flatten();
    for (number, group) in groups.enumerate() {
        for row in group["secrets"].as_array().into_iter().flatten() {
            add_value(&mut found, &format!("imports[{number}]"), row);
        }
    }
    found
}

fn add_value<'a>(found: &mut BTreeMap<String, &'a Value>, place: &str, row: &'a Value) {
    if let Some(key) = row["secretKey"].as_str() {
        found.insert(format!("{key} in {place}"), &row["secretValue"]);
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (there, fake) = self.statuses;
        write!(f, "{}: status {there}, the fake {fake}", self.call)?;
        for (what, names) in [
            ("only there", &self.only_there),
            ("only in the fake", &self.only_in_the_fake),
            ("another value", &self.other_values),
        ] {
            if !names.is_empty() {
                write!(f, "; {what}: {}", names.join(" "))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calls::calls;

    fn told(there: Value, fake: Value) -> Option<String> {
        let answer = |body| Answer { status: 200, body };
        let call = &calls()[0];
        difference(call, &answer(there), &answer(fake)).map(|found| found.to_string())
    }

    #[test]
    fn a_value_that_differs_is_told_by_its_key_and_not_shown() {
        let body = |value: &str| {
            let row = json!({ "secretKey": "KEY", "secretValue": value });
            json!({ "secrets": [row], "imports": [{ "secrets": [row] }], "secret": row })
        };
        assert_eq!(told(body("same"), body("same")), None);
        let told = told(body("one"), body("two")).unwrap();
        for place in ["KEY in secret", "KEY in secrets", "KEY in imports[0]"] {
            assert!(told.contains(place), "{told}");
        }
        assert!(!told.contains("one") && !told.contains("two"), "{told}");
    }

    #[test]
    fn a_row_too_many_differs() {
        let rows = |count| json!({ "secrets": vec![json!({ "secretKey": "KEY" }); count] });
        let told = told(rows(2), rows(1)).unwrap();
        assert!(told.contains("only there: .secrets=2"), "{told}");
    }

    #[test]
    fn what_is_missing_as_a_whole_is_named_once() {
        let whole = json!({ "secrets": [{ "secretKey": "KEY", "tags": [] }] });
        let told = told(whole, json!({})).unwrap();
        assert!(told.ends_with("only there: .secrets"), "{told}");
    }

    #[test]
    fn an_error_that_a_client_looks_at_differs_and_another_does_not() {
        let error = |name: &str| json!({ "error": name, "message": "text" });
        assert_eq!(told(error("NotFound"), error("GetSecretByName")), None);
        let told = told(error("TokenError"), error("ForbiddenError")).unwrap();
        assert!(told.contains("only there: TokenError!"), "{told}");
    }
}
