//! [`Envelope`]: what a server says beside an error's status.

use serde::Deserialize;

use crate::wire::tolerant;

/// The longest message that is worth repeating, in characters.
const LONGEST_MESSAGE: usize = 200;

/// The longest word of a message that is still prose: an id has 36 characters, a token far more.
const LONGEST_WORD: usize = 64;

/// Infisical's error body, as far as it matters: `{"reqId", "statusCode", "message", "error"}`.
///
/// `error` is a free label and no stable list; `message` is an array where a schema was violated.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Envelope {
    #[serde(default, deserialize_with = "tolerant")]
    error: Option<String>,
    #[serde(default, deserialize_with = "tolerant")]
    message: Option<String>,
    #[serde(default, rename = "reqId", deserialize_with = "tolerant")]
    request_id: Option<String>,
}

impl Envelope {
    /// Reads a body; `None` where it is not an error of Infisical's, such as a proxy's page.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let envelope: Self = serde_json::from_slice(body).ok()?;
        (envelope.error.is_some() || envelope.message.is_some()).then_some(envelope)
    }

    /// Returns the label, empty where there is none.
    pub(crate) fn error(&self) -> &str {
        self.error.as_deref().unwrap_or_default()
    }

    /// Returns the message where it is text, else nothing.
    pub(crate) fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    /// Tells whether this is the framework's own answer for a route that does not exist.
    ///
    /// That answer has no request id and echoes method and path. Everything else that is 404 comes from
    /// a handler.
    pub(crate) fn is_route_miss(&self) -> bool {
        self.request_id.is_none()
            && self.error() == "Not Found"
            && self.message().starts_with("Route ")
    }

    /// Returns the message where it may be shown: one short line of prose.
    ///
    /// Infisical's messages name keys, paths and identities, which are not secret. A word as long as a
    /// token, and a route with its query, are not repeated.
    pub(crate) fn plain_message(&self) -> Option<&str> {
        let text = self.message().trim();
        let plain = !text.is_empty()
            && text.chars().count() <= LONGEST_MESSAGE
            && !text.chars().any(char::is_control)
            && text
                .split_whitespace()
                .all(|word| word.len() <= LONGEST_WORD)
            && !text.starts_with("Route ");
        plain.then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_prose_is_repeated() {
        let message = |text: &str| {
            let body = format!(r#"{{"statusCode":403,"error":"E","message":"{text}"}}"#);
            Envelope::read(body.as_bytes())
                .unwrap()
                .plain_message()
                .map(str::to_owned)
        };
        assert_eq!(
            message("You are not allowed").as_deref(),
            Some("You are not allowed")
        );
        assert_eq!(message(&"a ".repeat(101)), None);
        assert_eq!(message(&"x".repeat(65)), None);
        assert_eq!(message("two\\nlines"), None);
        assert_eq!(message("Route GET:/x?y=z not found"), None);
        assert_eq!(message(""), None);
    }

    #[test]
    fn a_list_of_issues_is_an_envelope_without_a_message() {
        let body = br#"{"statusCode":401,"message":[{"code":"x"}],"error":"ValidationFailure"}"#;
        let envelope = Envelope::read(body).unwrap();
        assert_eq!(
            (envelope.error(), envelope.message()),
            ("ValidationFailure", "")
        );
    }

    #[test]
    fn pages_and_other_documents_are_no_envelopes() {
        for body in [
            "<html>502</html>",
            "",
            "null",
            "[]",
            r#"{"secrets":[]}"#,
            "\"text\"",
        ] {
            assert!(Envelope::read(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn a_route_miss_has_no_request_id() {
        let miss = br#"{"message":"Route GET:/api/v4/secrets?x=y not found","error":"Not Found","statusCode":404}"#;
        assert!(Envelope::read(miss).unwrap().is_route_miss());
        let handler =
            br#"{"reqId":"req-1","message":"Route x","error":"Not Found","statusCode":404}"#;
        assert!(!Envelope::read(handler).unwrap().is_route_miss());
    }
}
