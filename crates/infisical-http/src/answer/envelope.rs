//! [`Envelope`]: what a server says beside an error's status.

use serde::Deserialize;

use crate::object::only_objects;
use crate::tolerant::tolerant;

/// The longest request id that is one, in bytes; those of Infisical have 18.
const LONGEST_REQUEST_ID: usize = 40;

/// Infisical's error body, as far as it matters: `{"reqId", "statusCode", "message", "error"}`.
///
/// `error` is a free label and no stable list; `message` is an array where a schema was violated.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct Envelope {
    #[serde(default, deserialize_with = "tolerant")]
    error: Option<String>,
    #[serde(default, deserialize_with = "tolerant")]
    message: Option<String>,
    #[serde(default, rename = "reqId", deserialize_with = "tolerant")]
    request_id: Option<String>,
}

only_objects!(Envelope);

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

    /// Tells whether this is of a server of about 2024, whose errors had no request id yet.
    pub(crate) fn is_of_2024(&self) -> bool {
        self.request_id.is_none()
    }

    /// Returns the id under which the server's own log has the request, where it looks like one.
    pub(crate) fn request_id(&self) -> Option<&str> {
        let id = self.request_id.as_deref()?;
        let rest = id.strip_prefix("req-")?;
        let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (plain && id.len() <= LONGEST_REQUEST_ID).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_request_id_is_one() {
        let id = |text: &str| {
            let body = format!(r#"{{"reqId":"{text}","error":"E"}}"#);
            let envelope = Envelope::read(body.as_bytes()).unwrap();
            envelope.request_id().map(str::to_owned)
        };
        assert_eq!(id("req-a1B2c3").as_deref(), Some("req-a1B2c3"));
        assert_eq!(id("a1B2c3"), None);
        assert_eq!(id("req-a b"), None);
        assert_eq!(id(&format!("req-{}", "x".repeat(40))), None);
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
            r#"["NotFound","Secret K not found"]"#,
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
