//! [`Form`]: how the text of a setting is read, and what is allowed.

use std::path::PathBuf;
use std::time::Duration;

use infisical_http::ServerAddress;
use secrecy::SecretString;
use secret_ref::{FolderPath, ParseError};

use super::auth_method::AuthMethod;
use super::bounds::Bounds;
use super::env_map::{self, EnvMap};
use super::{Settings, duration};

/// Reads the text of one setting and stores what it means.
///
/// Each variant ends in the function that stores the value, so the table says once which field a
/// setting fills and the compiler checks that the kinds agree.
#[derive(Debug)]
pub(crate) enum Form {
    Flag(fn(&mut Settings, bool)),
    Duration(Bounds<Duration>, fn(&mut Settings, Duration)),
    Count(Bounds<u32>, fn(&mut Settings, u32)),
    Choice(&'static [Choice]),
    Login(fn(&mut Settings, AuthMethod)),
    /// One text that a rule describes in words and checks.
    Text(Rule, fn(&mut Settings, String)),
    /// Texts separated by commas, each under the rule.
    Texts(Rule, fn(&mut Settings, Vec<String>)),
    Address(fn(&mut Settings, ServerAddress)),
    Secret(fn(&mut Settings, SecretString)),
    Folder(fn(&mut Settings, FolderPath)),
    Path(fn(&mut Settings, PathBuf)),
    Map(fn(&mut Settings, EnvMap)),
}

/// Offers one word of a setting that takes a few.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) word: &'static str,
    pub(crate) store: fn(&mut Settings),
}

/// Describes which texts are allowed, and checks it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) words: &'static str,
    pub(crate) allows: fn(&str) -> bool,
}

/// Says what is wrong with a text, without the name of its setting.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Complaint {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    pub(crate) fn hint_at(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Form {
    /// Reads `text` and stores its meaning.
    ///
    /// No complaint quotes the text: a secret that was pasted into the wrong variable stays one.
    pub(crate) fn read(&self, text: &str, settings: &mut Settings) -> Result<(), Complaint> {
        match self {
            Self::Flag(store) => store(settings, flag(text)?),
            Self::Duration(bounds, store) => {
                let not_one =
                    || Complaint::new("the value is not a duration").hint_at(duration::HOW);
                store(
                    settings,
                    within(bounds, duration::parse(text).ok_or_else(not_one)?)?,
                );
            }
            Self::Count(bounds, store) => {
                let not_one = |_| Complaint::new("the value is not a whole number");
                store(settings, within(bounds, text.parse().map_err(not_one)?)?);
            }
            Self::Choice(choices) => (choose(text, choices)?.store)(settings),
            Self::Login(store) => store(settings, login(text)?),
            Self::Text(rule, store) => store(settings, rule.check(text)?),
            Self::Texts(rule, store) => {
                let texts = text
                    .split(',')
                    .map(str::trim)
                    .filter(|text| !text.is_empty());
                store(
                    settings,
                    texts
                        .map(|text| rule.check(text))
                        .collect::<Result<_, _>>()?,
                );
            }
            Self::Address(store) => {
                store(
                    settings,
                    ServerAddress::parse(text)
                        .map_err(|error| Complaint::new(error.to_string()))?,
                );
            }
            Self::Secret(store) => store(settings, text.into()),
            Self::Folder(store) => store(settings, FolderPath::parse(text).map_err(malformed)?),
            Self::Path(store) => store(settings, text.into()),
            Self::Map(store) => store(settings, env_map::read(text)?),
        }
        Ok(())
    }

    /// Says in words what is allowed, for the documentation.
    pub(crate) fn bounds(&self) -> String {
        match self {
            Self::Flag(_) => "boolean".to_owned(),
            Self::Duration(bounds, _) => bounds.to_string(),
            Self::Count(bounds, _) => bounds.to_string(),
            Self::Choice(choices) => words(choices.iter().map(|choice| choice.word)),
            Self::Login(_) => logins(),
            Self::Text(rule, _) => rule.words.to_owned(),
            Self::Texts(rule, _) => format!("comma-separated; each {}", rule.words),
            Self::Address(_) => {
                "origin, with or without `/api`; https, or loopback, or with plain HTTP allowed".to_owned()
            }
            Self::Secret(_) => "any text but a reference".to_owned(),
            Self::Folder(_) => "absolute path of a folder".to_owned(),
            Self::Path(_) => "path of a file".to_owned(),
            Self::Map(_) => "`VARIABLE=reference` pairs, separated by commas or new lines, or the path of a file of them".to_owned(),
        }
    }

    /// Tells whether the text must never be shown.
    pub(crate) fn is_secret(&self) -> bool {
        matches!(self, Self::Secret(_))
    }

    /// Tells whether references are what the setting is about.
    pub(crate) fn takes_references(&self) -> bool {
        matches!(self, Self::Map(_))
    }

    /// Returns `text` in the one spelling that equal values share.
    pub(crate) fn normal(&self, text: &str) -> String {
        match self {
            Self::Address(_) => ServerAddress::parse(text)
                .map_or_else(|_| text.to_owned(), |address| address.to_string()),
            Self::Flag(_) => flag(text).map_or_else(|_| text.to_owned(), |on| on.to_string()),
            Self::Duration(..) => {
                duration::parse(text).map_or_else(|| text.to_owned(), duration::print)
            }
            Self::Choice(_) => text.to_ascii_lowercase(),
            Self::Login(_) => AuthMethod::of_word(text)
                .map_or_else(|| text.to_owned(), |method| method.word().to_owned()),
            _ => text.to_owned(),
        }
    }
}

impl Rule {
    fn check(&self, text: &str) -> Result<String, Complaint> {
        match (self.allows)(text) {
            true => Ok(text.to_owned()),
            false => Err(Complaint::new("the value is not allowed here")
                .hint_at(format!("write {}", self.words))),
        }
    }
}

fn flag(text: &str) -> Result<bool, Complaint> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(Complaint::new("the value is not a boolean")
            .hint_at("write `true` or `false`, `1` or `0`, `yes` or `no`, `on` or `off`")),
    }
}

fn within<T>(bounds: &Bounds<T>, value: T) -> Result<T, Complaint>
where
    T: Copy + PartialOrd,
    Bounds<T>: std::fmt::Display,
{
    match bounds.contain(value) {
        true => Ok(value),
        false => {
            Err(Complaint::new("the value is out of bounds").hint_at(format!("allowed: {bounds}")))
        }
    }
}

fn choose<'a>(text: &str, choices: &'a [Choice]) -> Result<&'a Choice, Complaint> {
    let chosen = choices
        .iter()
        .find(|choice| choice.word.eq_ignore_ascii_case(text));
    chosen.ok_or_else(|| {
        Complaint::new("the value is not one of the choices").hint_at(format!(
            "write {}",
            words(choices.iter().map(|choice| choice.word))
        ))
    })
}

fn login(text: &str) -> Result<AuthMethod, Complaint> {
    AuthMethod::of_word(text).ok_or_else(|| {
        Complaint::new("the value is not a way to log in").hint_at(format!("write {}", logins()))
    })
}

fn logins() -> String {
    words(
        AuthMethod::ALL
            .into_iter()
            .flat_map(AuthMethod::words)
            .copied(),
    )
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<_> = words.map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn malformed(error: ParseError) -> Complaint {
    Complaint::new(format!("the value is no folder: {}", error.kind()))
        .hint_at("write an absolute path, such as `/shared/db`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_read_in_every_spelling_and_case() {
        for (text, on) in [
            ("true", true),
            ("YES", true),
            ("On", true),
            ("1", true),
            ("false", false),
            ("no", false),
            ("OFF", false),
            ("0", false),
        ] {
            assert_eq!(flag(text), Ok(on), "{text}");
        }
        assert!(flag("maybe").is_err());
    }

    #[test]
    fn addresses_that_mean_one_origin_are_normalised_alike() {
        let form = Form::Address(|_, _| ());
        for text in [
            "https://Vault.example",
            "https://vault.example/",
            "https://vault.example/api",
            "HTTPS://vault.example:443/api/",
        ] {
            assert_eq!(form.normal(text), "https://vault.example", "{text}");
        }
        assert_ne!(
            form.normal("http://vault.example"),
            form.normal("https://vault.example")
        );
        assert_ne!(
            form.normal("https://vault.example:8443"),
            form.normal("https://vault.example")
        );
    }
}
