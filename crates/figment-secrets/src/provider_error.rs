//! What a failed provider of the configuration said, without the text that it quotes.
//!
//! A parser shows the line it stumbled over, and that line may hold a password.

use figment::Error;
use figment::error::Kind;

use crate::key_path::KeyPath;
use crate::place::Place;
use crate::{Problem, ProblemKind};

/// Describes a provider of the configuration that failed.
pub(crate) fn problem(error: &Error) -> Problem {
    let key = KeyPath::of(error);
    let place = error.metadata.as_ref().map(Place::of_metadata);
    let place = place.unwrap_or_default();
    let explained = explain(&error.kind);
    Problem {
        key: Some(key.to_string()).filter(|_| !key.is_root()),
        file: place.file,
        line: explained.line,
        column: explained.column,
        place: place.shown,
        hint: Some(explained.hint().to_owned()),
        message: explained.message,
        ..Problem::without_place(ProblemKind::Configuration)
    }
}

/// Tells what is wrong with a provider's data and where, in a line and column counted from 1.
#[derive(Debug, PartialEq, Eq)]
struct Explained {
    message: String,
    line: Option<usize>,
    column: Option<usize>,
}

impl Explained {
    fn hint(&self) -> &'static str {
        match self.message.contains("(os error ") {
            true => "check that the file exists and may be read",
            false => "correct it there; its text is not shown, since it may hold secrets",
        }
    }

    fn without_position(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            line: None,
            column: None,
        }
    }
}

/// Keeps of a provider's error its position and the words that cannot hold a value.
fn explain(kind: &Kind) -> Explained {
    let silent = || Explained::without_position("the configuration cannot be read here");
    match kind {
        Kind::Message(text) => toml(text)
            .or_else(|| positioned(text))
            .or_else(|| plain(text))
            .unwrap_or_else(silent),
        Kind::MissingField(_) | Kind::DuplicateField(_) => {
            Explained::without_position(kind.to_string())
        }
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
        message: syntax(&explanation.join(", ")),
        line: line.parse().ok(),
        column: column.trim().parse().ok(),
    })
}

/// What the parsers of JSON and YAML say that quotes nothing.
const OF_PARSERS: [&str; 12] = [
    "block ",
    "control character",
    "did not find ",
    "EOF while ",
    "expected ",
    "found ",
    "invalid ",
    "key must be ",
    "lone ",
    "mapping values ",
    "number out of range",
    "trailing ",
];

/// Reads an error that ends in its position, as those of JSON and YAML do.
fn positioned(text: &str) -> Option<Explained> {
    // YAML's errors name a second place, where what they are about begins.
    let (explanation, position) = text.split_once(" at line ")?;
    let (line, column) = position.split_once(" column ")?;
    let digits = column.find(|c: char| !c.is_ascii_digit());
    let column = &column[..digits.unwrap_or(column.len())];
    let (line, column) = (line.parse().ok()?, column.parse().ok());
    // Serde's words quote what was found, and an application's may.
    let harmless = OF_PARSERS
        .iter()
        .any(|words| explanation.starts_with(words))
        && !explanation.contains([':', '"', '\'', '\n'])
        && !quotes(explanation);
    let explanation = if harmless { explanation } else { "" };
    Some(Explained {
        message: syntax(explanation),
        line: Some(line),
        column,
    })
}

/// Reads a text of the operating system. An application's own provider may quote a value in its.
fn plain(text: &str) -> Option<Explained> {
    let line = text.lines().next()?;
    let is_of_the_system = line.contains("(os error ") && !quotes(line);
    is_of_the_system
        .then(|| Explained::without_position(format!("the file cannot be read: {line}")))
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

fn syntax(explanation: &str) -> String {
    let separator = if explanation.is_empty() { "" } else { ": " };
    format!("the file cannot be read{separator}{explanation}")
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
        let Explained {
            message,
            line,
            column,
        } = explained(&figment);
        assert_eq!((line, column), (Some(2), Some(6)));
        assert!(
            message.starts_with("the file cannot be read: "),
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
        assert_eq!((yaml.line, yaml.column), (Some(2), Some(2)), "{yaml:?}");
        assert!(!yaml.message.contains("hunter2"), "{yaml:?}");
    }

    #[test]
    fn what_an_applications_own_provider_says_is_not_repeated() {
        for text in [
            "bad dsn postgres://app:hunter2@db",
            "no such user as hunter2 at line 3 column 4",
        ] {
            let Explained { message, .. } = explain(&Kind::Message(text.to_owned()));
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn a_file_that_is_missing_is_named_as_the_system_does() {
        let missing = explained(&Figment::from(Toml::file_exact("/nonexistent/app.toml")));
        assert!(
            missing
                .message
                .starts_with("the file cannot be read: No such file"),
            "{}",
            missing.message
        );
    }
}
