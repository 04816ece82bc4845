//! The options after `?`.

use std::fmt;
use std::num::NonZeroU64;

use crate::ParseErrorKind::{InvalidOption, RepeatedOption, UnknownOption};
use crate::error::{Escaped, Fault};
use crate::near::near;
use crate::percent::Encoded;
use crate::piece::Piece;
use crate::{Encoding, SecretType};

const NAMES: [&str; 6] = [
    "version",
    "type",
    "optional",
    "default",
    "encode",
    "unresolved",
];

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Options {
    pub(crate) version: Option<NonZeroU64>,
    pub(crate) secret_type: SecretType,
    /// False when there is a default, which implies it, so that equal meanings are equal values.
    pub(crate) optional: bool,
    pub(crate) default: Option<String>,
    pub(crate) encoding: Encoding,
    pub(crate) allows_unresolved: bool,
}

impl Options {
    pub(crate) fn read(query: Piece<'_>) -> Result<Self, Fault> {
        let mut options = Self::default();
        let mut seen = Vec::with_capacity(NAMES.len());
        for option in query.split('&') {
            let (name, value) = option.cut('=');
            let decoded = name.decode()?;
            if seen.contains(&decoded) {
                return Err(option.fault(RepeatedOption, format!("keep one `{decoded}`")));
            }
            match &*decoded {
                "version" => options.version = Some(read_version(option, value)?),
                "type" => options.secret_type = read_word(option, value, &SecretType::NAMES)?,
                "optional" => options.optional = read_flag(option, value)?,
                "default" => options.default = Some(read_default(option, value)?),
                "encode" => options.encoding = read_word(option, value, &Encoding::NAMES)?,
                "unresolved" => {
                    options.allows_unresolved = read_word(option, value, &[("allow", true)])?
                }
                _ => return Err(unknown(name, &decoded)),
            }
            seen.push(decoded);
        }
        options.optional &= options.default.is_none();
        Ok(options)
    }
}

/// Prints the options that differ from their defaults, in canonical order, with the `?` before them.
impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = '?';
        let mut option = |text: fmt::Arguments<'_>| {
            write!(f, "{separator}{text}")?;
            separator = '&';
            Ok(())
        };
        if let Some(version) = self.version {
            option(format_args!("version={version}"))?;
        }
        if self.secret_type != SecretType::default() {
            option(format_args!("type={}", self.secret_type))?;
        }
        if self.optional {
            option(format_args!("optional"))?;
        }
        if let Some(default) = &self.default {
            option(format_args!("default={}", Encoded::unreserved(default)))?;
        }
        if self.encoding != Encoding::default() {
            option(format_args!("encode={}", self.encoding))?;
        }
        if self.allows_unresolved {
            option(format_args!("unresolved=allow"))?;
        }
        Ok(())
    }
}

fn read_version(option: Piece<'_>, value: Option<Piece<'_>>) -> Result<NonZeroU64, Fault> {
    let text = value.map(Piece::decode).transpose()?.unwrap_or_default();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let number = if is_plain { text.parse().ok() } else { None };
    number.ok_or_else(|| {
        let hint =
            "write a version as a number from 1 up, without sign or leading zero: `version=3`";
        option.fault(InvalidOption, hint)
    })
}

fn read_word<T: Copy>(
    option: Piece<'_>,
    value: Option<Piece<'_>>,
    words: &[(&str, T)],
) -> Result<T, Fault> {
    let text = value.map(Piece::decode).transpose()?.unwrap_or_default();
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let (name, _) = option.cut('=');
        let words = words.iter().map(|(word, _)| *word);
        let hint = match near(&text, words.clone()) {
            Some(word) => format!("did you mean `{}={word}`?", name.text()),
            None => {
                let spelt: Vec<_> = words
                    .map(|word| format!("`{}={word}`", name.text()))
                    .collect();
                format!("write {}", spelt.join(" or "))
            }
        };
        option.fault(InvalidOption, hint)
    })
}

fn read_flag(option: Piece<'_>, value: Option<Piece<'_>>) -> Result<bool, Fault> {
    match value {
        None => Ok(true),
        Some(_) => Err(option.fault(InvalidOption, "write `optional` alone, or leave it out")),
    }
}

fn read_default(option: Piece<'_>, value: Option<Piece<'_>>) -> Result<String, Fault> {
    match value {
        Some(text) => Ok(text.decode()?.into_owned()),
        None => {
            let hint = "write `default=TEXT`, or `default=` for an empty text";
            Err(option.fault(InvalidOption, hint))
        }
    }
}

fn unknown(name: Piece<'_>, decoded: &str) -> Fault {
    let hint = if decoded.is_empty() {
        "name an option, or remove the extra `?` or `&`".to_owned()
    } else if let Some(meant) = near(decoded, NAMES) {
        format!("did you mean `{meant}`?")
    } else {
        let names = NAMES.map(|name| format!("`{name}`")).join(", ");
        format!(
            "there is no option `{}`, only {names}; write `%3F` or `%26` for `?` or `&` in a name or a default",
            Escaped(decoded)
        )
    };
    name.fault(UnknownOption, hint)
}
