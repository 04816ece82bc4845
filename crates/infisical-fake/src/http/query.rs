//! Query strings and form bodies.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Holds decoded pairs in the order they were sent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads `a=1&b=2`: `+` is a space and percent-encoding is undone, as the servers' parsers do.
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode_form(name), decode_form(value))
            })
            .collect();
        Self { pairs }
    }

    /// Gives all values of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Gives the first value of a name.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Splits a path into decoded segments; one trailing slash is ignored, and `%2F` stays inside its segment.
pub(crate) fn segments(path: &str) -> Vec<String> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    path.split('/')
        .map(|segment| decode(segment).into_owned())
        .collect()
}

fn decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

fn decode_form(text: &str) -> String {
    decode(&text.replace('+', " ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_and_keeps_repeated_names() {
        let query = Query::parse("secretPath=%2Fa%20b&x=1+2&x=3&flag");
        assert_eq!(query.first("secretPath"), Some("/a b"));
        assert_eq!(query.all("x").collect::<Vec<_>>(), ["1 2", "3"]);
        assert_eq!(query.first("flag"), Some(""));
    }

    #[test]
    fn an_encoded_slash_stays_in_its_segment() {
        assert_eq!(segments("/raw/a%2Fb%C3%A9/"), ["raw", "a/bé"]);
        assert_eq!(segments("/"), [""]);
        assert_eq!(segments("/raw/%20"), ["raw", " "]);
    }
}
