//! Entity tags: what makes an answer the same as one before.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::answer::envelope::Answer;
use crate::http::call::Call;

/// Adds the tag of the body, and leaves the body out where the client has it already.
///
/// Servers do so for every JSON body, those of errors included, after the call was answered in full. Only
/// one tag, letter for letter, counts: no list, no `*`, no weak form.
pub(crate) fn conditional(call: &Call, mut answer: Answer) -> Answer {
    let etag = etag(&answer.body);
    let reads = matches!(call.method.as_str(), "GET" | "HEAD");
    if reads && call.if_none_match.as_deref() == Some(etag.as_str()) {
        answer.status = 304;
        answer.body.clear();
    }
    answer.headers.push(("etag".to_owned(), etag));
    answer
}

/// Gives the tag of a body: its SHA-1 in base64, in quotes.
fn etag(body: &[u8]) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, body);
    format!("\"{}\"", STANDARD.encode(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_that_of_the_recorded_server() {
        let body = br#"{"statusCode":404,"message":"Tag not found","error":"NotFound"}"#;
        assert_eq!(etag(body), "\"HUcbXbCnc/pvWRqFyCwTOJfgHmM=\"");
    }
}
