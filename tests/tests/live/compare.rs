//! What differs between the answers of two servers: the status, and which fields there are.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::calls::Call;
use crate::server::Answer;

/// A call that two servers answer differently. It holds names of fields and no value.
#[derive(Debug)]
pub(crate) struct Difference {
    call: &'static str,
    statuses: (u16, u16),
    only_there: Vec<String>,
    only_in_the_fake: Vec<String>,
}

/// Compares the answers to each call.
pub(crate) fn differences(
    calls: &'static [Call],
    answers: &[Answer],
    imitated: &[Answer],
) -> Vec<Difference> {
    let compare = |((call, answer), imitation): ((&'static Call, &Answer), &Answer)| {
        let (there, fake) = (shape(&answer.body), shape(&imitation.body));
        let difference = Difference {
            call: call.name,
            statuses: (answer.status, imitation.status),
            only_there: there.difference(&fake).cloned().collect(),
            only_in_the_fake: fake.difference(&there).cloned().collect(),
        };
        let is_one = answer.status != imitation.status || there != fake;
        is_one.then_some(difference)
    };
    calls
        .iter()
        .zip(answers)
        .zip(imitated)
        .filter_map(compare)
        .collect()
}

fn shape(body: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(body, "", &mut found);
    found
}

fn collect(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = format!("{path}.{name}");
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

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (there, fake) = self.statuses;
        write!(f, "{}: status {there}, the fake {fake}", self.call)?;
        for (who, fields) in [
            ("there", &self.only_there),
            ("in the fake", &self.only_in_the_fake),
        ] {
            if !fields.is_empty() {
                write!(f, "; only {who}: {}", fields.join(" "))?;
            }
        }
        Ok(())
    }
}
