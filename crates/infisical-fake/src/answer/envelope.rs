//! The form of an answer.

use serde_json::{Map, Value, json};

use crate::answer::refusal::{Message, Refusal};
use crate::era::Era;

/// Holds status, headers and body of an answer.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Makes an answer with the body that the servers' JSON writer would send.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            content_type: "application/json; charset=utf-8",
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        }
    }

    pub(crate) fn html(status: u16) -> Self {
        let body = format!(
            "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n"
        );
        Self {
            status,
            content_type: "text/html",
            headers: Vec::new(),
            body: body.into_bytes(),
        }
    }

    /// Puts a refusal into the era's envelope; `request_id` goes where the era has one.
    pub(crate) fn refusal(era: Era, refusal: Refusal, request_id: String) -> Self {
        let mut body = Map::new();
        if era.has_request_ids() {
            body.insert("reqId".to_owned(), request_id.into());
            if let Some(details) = refusal.details {
                body.insert("details".to_owned(), details);
            }
        }
        body.insert("statusCode".to_owned(), refusal.status.into());
        body.insert("error".to_owned(), refusal.error.into());
        let message = match refusal.message {
            Message::Text(text) => text.into(),
            Message::Issues(issues) => issues.into(),
        };
        body.insert("message".to_owned(), message);
        Self::json(refusal.status, &body.into())
    }

    /// Answers a request that no route matches, in Fastify's own form and without a `reqId`.
    pub(crate) fn route_miss(method: &str, target: &str) -> Self {
        let message = format!("Route {method}:{target} not found");
        Self::json(
            404,
            &json!({ "message": message, "error": "Not Found", "statusCode": 404 }),
        )
    }
}
