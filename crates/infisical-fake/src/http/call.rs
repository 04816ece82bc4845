//! One request, read and taken apart.

use serde_json::{Map, Value};

use crate::answer::refusal::{self, Refusal};
use crate::http::query::{Query, segments};

/// Holds what an endpoint may look at.
pub(crate) struct Call {
    pub(crate) method: String,
    /// The path as it was sent.
    pub(crate) path: String,
    /// The path with its query, as it was sent; unknown routes quote it.
    pub(crate) target: String,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Query,
    pub(crate) authorization: Option<String>,
    pub(crate) has_api_key: bool,
    pub(crate) if_none_match: Option<String>,
    content_type: Option<String>,
    /// `None` when it was over the server's limit.
    body: Option<Vec<u8>>,
}

impl Call {
    pub(crate) fn new(head: &hyper::http::request::Parts, body: Option<Vec<u8>>) -> Self {
        let header = |name: &str| {
            let value = head.headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let path = head.uri.path();
        Self {
            method: head.method.as_str().to_owned(),
            path: path.to_owned(),
            target: head
                .uri
                .path_and_query()
                .map_or(path, |target| target.as_str())
                .to_owned(),
            segments: segments(path),
            query: Query::parse(head.uri.query().unwrap_or_default()),
            authorization: header("authorization"),
            has_api_key: head.headers.contains_key("x-api-key"),
            if_none_match: header("if-none-match"),
            content_type: header("content-type"),
            body,
        }
    }

    /// Reads the body as JSON or as a form.
    ///
    /// Servers turn every failure of the parser into 500. No body at all is `null`, and a text of another
    /// type is a string, which then fails validation.
    pub(crate) fn body(&self) -> Result<Value, Refusal> {
        let body = self.body.as_deref().ok_or_else(refusal::server_error)?;
        let content_type = self.content_type.as_deref().unwrap_or_default();
        if content_type.starts_with("application/json") {
            return serde_json::from_slice(body).map_err(|_| refusal::server_error());
        }
        let text = String::from_utf8_lossy(body);
        if content_type.starts_with("application/x-www-form-urlencoded") {
            let fields = Query::parse(&text);
            let fields: Map<String, Value> = fields
                .pairs()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect();
            return Ok(fields.into());
        }
        Ok(if text.is_empty() {
            Value::Null
        } else {
            text.into()
        })
    }
}
