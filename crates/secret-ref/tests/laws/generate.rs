//! Texts to try: references written from known parts, bits of the grammar at random, and noise.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use secret_ref::Encoding;

/// The parts of a reference, and one of the many ways to write it.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) project: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) folder: Vec<String>,
    pub(crate) key: String,
    pub(crate) version: Option<u64>,
    pub(crate) default: Option<String>,
    pub(crate) encoding: Encoding,
    pub(crate) pointer: Option<Vec<String>>,
    pub(crate) text: String,
}

pub(crate) fn any_text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..8).prop_map(String::from_iter)
}

/// Any text that may be a name anywhere.
pub(crate) fn any_name() -> impl Strategy<Value = String> {
    any_text().prop_map(|text| {
        let name: String = text
            .chars()
            .filter(|c| !c.is_control() && !"/:".contains(*c))
            .collect();
        match name.as_str() {
            "" | "." | ".." => "name".to_owned(),
            _ => name,
        }
    })
}

/// Spells a text with percent-encoding: all of it, or only what must be.
fn spell(text: &str, all: bool) -> String {
    text.chars()
        .map(|c| {
            if !all && (c.is_alphanumeric() || "-._~+".contains(c)) {
                return c.to_string();
            }
            let mut bytes = [0; 4];
            let bytes = c.encode_utf8(&mut bytes).bytes();
            bytes.map(|byte| format!("%{byte:02x}")).collect()
        })
        .collect()
}

fn any_options() -> impl Strategy<Value = (Option<u64>, Option<String>, Encoding, bool)> {
    let encoding = select(vec![
        Encoding::None,
        Encoding::Percent,
        Encoding::Base64,
        Encoding::Json,
    ]);
    (
        option::of(1..=u64::MAX),
        option::of(any_text()),
        encoding,
        any::<bool>(),
    )
}

pub(crate) fn any_written() -> impl Strategy<Value = Written> {
    let place = (
        option::of(any_name()),
        option::of(any_name()),
        vec(any_name(), 0..3),
        any_name(),
    );
    let pointer = option::of(vec(any_text(), 1..3));
    (place, any_options(), pointer, any::<bool>()).prop_flat_map(
        |(place, options, pointer, all)| {
            let (version, default, encoding, optional) = options.clone();
            let written: Vec<_> = [
                version.map(|version| format!("version={version}")),
                default
                    .as_deref()
                    .map(|text| format!("default={}", spell(text, all))),
                Some(format!("encode={encoding}")),
                optional.then(|| "optional".to_owned()),
            ]
            .into_iter()
            .flatten()
            .collect();
            Just(written).prop_shuffle().prop_map(move |written| {
                let (project, environment, folder, key) = place.clone();
                let (version, default, encoding, _) = options.clone();
                let mut text = "infisical://".to_owned();
                if let Some(project) = &project {
                    text += &format!("{}@", spell(project, all));
                }
                text += &spell(environment.as_deref().unwrap_or_default(), all);
                for segment in folder.iter().chain([&key]) {
                    text += &format!("/{}", spell(segment, all));
                }
                text += &format!("?{}", written.join("&"));
                if let Some(tokens) = &pointer {
                    text.push('#');
                    for token in tokens {
                        let token = token.replace('~', "~0").replace('/', "~1");
                        text += &format!("/{}", spell(&token, all));
                    }
                }
                Written {
                    project,
                    environment,
                    folder,
                    key,
                    version,
                    default,
                    encoding,
                    pointer: pointer.clone(),
                    text,
                }
            })
        },
    )
}

/// Bits of the grammar and of its mistakes; put together at random they get further into the parser than noise does.
const FRAGMENTS: [&str; 56] = [
    "infisical://",
    "infisical://dev/",
    "infisical",
    "INFISICAL",
    "infiscial://",
    "https://",
    "://",
    "dev",
    "KEY",
    "a",
    "/",
    "/",
    "/",
    "?",
    "?",
    "&",
    "&",
    "=",
    "#",
    "#/",
    "@",
    ":",
    ".",
    "..",
    "%2e",
    "%2F",
    "%3A",
    "%00",
    "%7D",
    "%C3%BC",
    "%FF",
    "%",
    "~",
    "~0",
    "~1",
    "+",
    "version=1",
    "version=0",
    "version=",
    "type=personal",
    "type=",
    "optional",
    "optional",
    "default=x",
    "default=",
    "encode=json",
    "encode=",
    "unresolved=allow",
    "ü",
    "🔑",
    " ",
    "\n",
    "{",
    "}",
    "$",
    "${infisical://",
];

pub(crate) fn any_soup() -> impl Strategy<Value = String> {
    vec(select(&FRAGMENTS[..]), 0..12).prop_map(|fragments| fragments.concat())
}

/// Soup that already has a scheme and an environment.
pub(crate) fn any_reference_soup() -> impl Strategy<Value = String> {
    any_soup().prop_map(|soup| format!("infisical://dev/a{soup}"))
}

pub(crate) fn any_input() -> impl Strategy<Value = String> {
    prop_oneof![
        vec(any::<char>(), 0..24).prop_map(String::from_iter),
        any_soup(),
        any_reference_soup(),
        any_written().prop_map(|written| written.text),
    ]
}
