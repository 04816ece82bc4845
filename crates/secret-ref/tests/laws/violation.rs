//! The prohibitions of the grammar, told from the letters of a text without the parser's code.

use std::collections::HashSet;

/// Tells what the grammar forbids in a text; `None` when it allows the text as a reference to a secret.
pub(crate) fn violation(text: &str) -> Option<&'static str> {
    let forbidden = " \"<>\\^`{|}";
    if text.contains(|c: char| c.is_control() || forbidden.contains(c) || "[]".contains(c)) {
        return Some("a character that must be encoded");
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Some("no scheme");
    };
    let is_letter_first = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    if !is_letter_first
        || scheme.contains(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)))
    {
        return Some("no valid scheme");
    }
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (rest, None),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let Some((authority, path)) = rest.split_once('/') else {
        return Some("no key");
    };
    if authority.contains(':') || authority.matches('@').count() > 1 || authority.starts_with('@') {
        return Some("a bad authority");
    }
    for (place, segment) in path.split('/').chain(authority.split('@')).enumerate() {
        let Some(segment) = decoded(segment) else {
            return Some("broken percent-encoding");
        };
        let in_path = place <= path.matches('/').count();
        if (in_path && segment.is_empty()) || segment == "." || segment == ".." {
            return Some("an empty name or a dot name");
        }
        if segment.contains(|c: char| c.is_control() || c == '/' || (c == ':' && !in_path)) {
            return Some("a slash, a control character or a colon in a name");
        }
    }
    if path
        .rsplit('/')
        .next()
        .and_then(decoded)
        .is_none_or(|key| key.contains(':'))
    {
        return Some("a colon in a key");
    }
    query
        .and_then(query_violation)
        .or_else(|| fragment.and_then(fragment_violation))
}

fn query_violation(query: &str) -> Option<&'static str> {
    let mut seen = HashSet::new();
    for option in query.split('&') {
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (decoded(name), decoded(value).map(Some)),
            None => (decoded(option), Some(None)),
        };
        let (Some(name), Some(value)) = (name, value) else {
            return Some("broken percent-encoding in an option");
        };
        if !seen.insert(name.clone()) {
            return Some("an option given twice");
        }
        let is_right = match (name.as_str(), value.as_deref()) {
            ("optional", None) | ("default", Some(_)) | ("unresolved", Some("allow")) => true,
            ("version", Some(n)) => n
                .parse::<u64>()
                .is_ok_and(|number| number > 0 && number.to_string() == n),
            ("type", Some(word)) => ["shared", "personal"].contains(&word),
            ("encode", Some(word)) => ["none", "percent", "base64", "json"].contains(&word),
            _ => false,
        };
        if !is_right {
            return Some("a wrong option");
        }
    }
    None
}

fn fragment_violation(fragment: &str) -> Option<&'static str> {
    let Some(pointer) = decoded(fragment) else {
        return Some("broken percent-encoding in the pointer");
    };
    let mut escapes = pointer.split('~').skip(1);
    let is_escaped = escapes.all(|escape| escape.starts_with(['0', '1']));
    let is_right = pointer.starts_with('/') && is_escaped && !fragment.contains('#');
    (!is_right).then_some("a wrong pointer")
}

fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}
