//! Checking parameters and bodies against a schema, with the issues that zod reports.

use serde_json::{Value, json};

use crate::answer::refusal::Refusal;
use crate::era::Era;
use crate::http::query::Query;

/// Collects what is wrong, so that one answer reports all of it.
#[derive(Default)]
pub(crate) struct Issues {
    issues: Vec<Value>,
}

impl Issues {
    /// Reads a parameter that may be sent once.
    pub(crate) fn text<'a>(&mut self, query: &'a Query, name: &'a str) -> Option<&'a str> {
        let mut values = query.all(name);
        let first = values.next();
        if values.next().is_some() {
            self.wrong_type(&[name], "string", "array");
        }
        first
    }

    /// Reads a parameter that must be sent.
    pub(crate) fn required_text<'a>(&mut self, query: &'a Query, name: &'a str) -> &'a str {
        let text = self.text(query, name);
        if text.is_none() {
            self.wrong_type(&[name], "string", "undefined");
        }
        text.unwrap_or_default()
    }

    /// Reads one of a few words.
    pub(crate) fn choice<'a>(
        &mut self,
        query: &'a Query,
        name: &'a str,
        options: &[&str],
    ) -> Option<&'a str> {
        let text = self.text(query, name)?;
        if options.contains(&text) {
            return Some(text);
        }
        let quoted: Vec<String> = options.iter().map(|option| format!("'{option}'")).collect();
        let expected = quoted.join(" | ");
        self.issues.push(json!({
            "received": text,
            "code": "invalid_enum_value",
            "options": options,
            "path": [name],
            "message": format!("Invalid enum value. Expected {expected}, received '{text}'"),
        }));
        None
    }

    /// Reads a boolean, which must be `true` or `false` to the letter.
    pub(crate) fn flag(&mut self, query: &Query, name: &str, default: bool) -> bool {
        self.choice(query, name, &["true", "false"])
            .map_or(default, |text| text == "true")
    }

    /// Reads a number.
    pub(crate) fn number(&mut self, query: &Query, name: &str) -> Option<u64> {
        let text = self.text(query, name)?;
        let number = text.parse().ok();
        if number.is_none() {
            self.wrong_type(&[name], "number", "nan");
        }
        number
    }

    /// Reads a text field of a body, trimmed.
    pub(crate) fn field<'a>(&mut self, body: &'a Value, name: &str) -> &'a str {
        let Some(fields) = body.as_object() else {
            // One issue for the whole body, however many fields are read from it.
            if self.issues.is_empty() {
                self.wrong_type(&[], "object", type_of(body));
            }
            return "";
        };
        match fields.get(name) {
            Some(Value::String(text)) => text.trim(),
            other => {
                self.wrong_type(&[name], "string", other.map_or("undefined", type_of));
                ""
            }
        }
    }

    /// Reads a text field of a table within a body, trimmed.
    pub(crate) fn nested_field<'a>(&mut self, body: &'a Value, table: &str, name: &str) -> &'a str {
        match &body[table][name] {
            Value::String(text) => text.trim(),
            other => {
                let is_there = body[table].get(name).is_some();
                let received = if is_there {
                    type_of(other)
                } else {
                    "undefined"
                };
                self.wrong_type(&[table, name], "string", received);
                ""
            }
        }
    }

    /// Refuses the call if anything was wrong.
    pub(crate) fn finish(self, era: Era) -> Result<(), Refusal> {
        if self.issues.is_empty() {
            return Ok(());
        }
        Err(Refusal::invalid(era.validation_status(), self.issues))
    }

    fn wrong_type(&mut self, path: &[&str], expected: &str, received: &str) {
        let message = match received {
            "undefined" => "Required".to_owned(),
            _ => format!("Expected {expected}, received {received}"),
        };
        self.issues.push(json!({
            "code": "invalid_type",
            "expected": expected,
            "received": received,
            "path": path,
            "message": message,
        }));
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
