//! What a failed provider of the configuration said, without the text that it quotes.
//!
//! A parser shows the line it stumbled over, and that line may hold a password.

use figment::error::Kind;

/// Tells what is wrong with a provider's data and in which line, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Explained {
    pub(crate) message: String,
    pub(crate) line: Option<usize>,
}

/// Keeps of a provider's error its position and the words that cannot hold a value.
pub(crate) fn explain(kind: &Kind) -> Explained {
    let silent = || Explained {
        message: "a value has the wrong type".to_owned(),
        line: None,
    };
    match kind {
        Kind::Message(text) => toml(text)
            .or_else(|| positioned(text))
            .or_else(|| plain(text))
            .unwrap_or_else(silent),
        Kind::MissingField(_) | Kind::DuplicateField(_) => Explained {
            message: kind.to_string(),
            line: None,
        },
        _ => silent(),
    }
}

/// Reads an error of the `toml` crate: a position, the quoted line in a frame, and an explanation.
fn toml(text: &str) -> Option<Explained> {
    let mut lines = text.lines();
    let (line, column) = lines
        .next()?
        .strip_prefix("TOML parse error at line ")?
        .split_once(", column ")?;
    // The frame is an empty line, the quoted line, and the line that points into it.
    let harmless = |line: &&str| {
        line.starts_with("expected ")
            || line.starts_with("duplicate key ")
            || (line.starts_with("invalid ") && !line.contains(':'))
    };
    let explanation: Vec<_> = lines.skip(3).filter(harmless).collect();
    Some(Explained {
        message: syntax(column, &explanation.join(", ")),
        line: line.parse().ok(),
    })
}

/// Reads an error that ends in its position, as those of JSON and YAML do.
fn positioned(text: &str) -> Option<Explained> {
    let (explanation, position) = text.rsplit_once(" at line ")?;
    let (line, column) = position.split_once(" column ")?;
    let line = line.parse().ok()?;
    // Serde's words quote what was found, after a colon or in quotes.
    let quotes = explanation.contains([':', '"', '\'', '\n']) || quotes(explanation);
    let explanation = if quotes { "" } else { explanation };
    Some(Explained {
        message: syntax(column, explanation),
        line: Some(line),
    })
}

/// Reads any other text: one of the operating system, or of an application's own provider.
fn plain(text: &str) -> Option<Explained> {
    let line = text.lines().next()?;
    if quotes(line) {
        return None;
    }
    Some(Explained {
        message: line.to_owned(),
        line: None,
    })
}

/// Tells whether serde's words are of the sort that quotes what was found.
fn quotes(text: &str) -> bool {
    let sorts = [
        "invalid type",
        "invalid value",
        "invalid length",
        "unknown ",
    ];
    sorts.iter().any(|sort| text.contains(sort))
}

fn syntax(column: &str, explanation: &str) -> String {
    let separator = if explanation.is_empty() { "" } else { ": " };
    format!("cannot be read, at column {column}{separator}{explanation}")
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format, Json, Toml, Yaml};

    use super::*;

    fn explained(figment: &Figment) -> Explained {
        explain(&figment.find_value("").unwrap_err().kind)
    }

    #[test]
    fn a_toml_error_keeps_its_position_and_reason_and_loses_the_line() {
        let figment = Figment::from(Toml::string("a = 1\npw = hunter2\n"));
        let Explained { message, line } = explained(&figment);
        assert_eq!(line, Some(2));
        assert!(
            message.starts_with("cannot be read, at column 6: "),
            "{message}"
        );
        assert!(!message.contains("hunter2"), "{message}");
    }

    #[test]
    fn a_value_that_serde_quotes_is_dropped_in_every_format() {
        for figment in [
            Figment::from(Toml::string("pw = 'hunter2'").nested()),
            Figment::from(Json::string(r#"{"pw": "hunter2"}"#).nested()),
            Figment::from(Yaml::string("pw: hunter2").nested()),
            Figment::from(Json::string(r#""hunter2 at line 3 column 4""#)),
            Figment::from(Yaml::string("hunter2")),
        ] {
            let Explained { message, .. } = explained(&figment);
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn json_and_yaml_say_where_and_what() {
        let json = explained(&Figment::from(Json::string(
            "{\"a\": 1\n \"pw\": \"hunter2\"}",
        )));
        assert_eq!(json.line, Some(2));
        assert!(
            json.message.contains("expected `,` or `}`"),
            "{}",
            json.message
        );
        let yaml = explained(&Figment::from(Yaml::string("a: [1, hunter2\nb: 2\n")));
        assert!(
            yaml.line.is_some() && !yaml.message.contains("hunter2"),
            "{yaml:?}"
        );
    }

    #[test]
    fn a_file_that_is_missing_is_named_as_the_system_does() {
        let missing = explained(&Figment::from(Toml::file_exact("/nonexistent/app.toml")));
        assert!(
            missing.message.starts_with("No such file"),
            "{}",
            missing.message
        );
    }
}
