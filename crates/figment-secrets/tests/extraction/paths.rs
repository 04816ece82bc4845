//! Paths that lead nowhere, or stop on the way: nothing panics, and no error shows the secret.

use std::collections::BTreeMap;

use figment::value::Value;
use figment::value::magic::RelativePathBuf;
use secret_testkit::{Canary, assert_no_leak};
use serde::Deserialize;

use super::scene::{OCCURRENCES, resolved, resolved_file};
use super::shapes::{Capitals, Length, Unsigned};

const PATHS: [&str; 16] = [
    "",
    ".",
    "..",
    "outer.",
    ".outer",
    "outer..db",
    "outer.db..pw",
    "outer.db.pw.",
    "outer.db.pw.x",
    "outer.db.0",
    "outer.99999999999999999999",
    "outer.größe",
    "🔑",
    "outer.db\0",
    "plain.x",
    "default.outer.db.pw",
];

#[test]
fn whatever_the_path_nothing_panics_and_nothing_leaks() {
    let canary = Canary::named("database password");
    for occurrence in OCCURRENCES {
        let resolved = resolved(occurrence, canary.value());
        let redactor = resolved.redactor();
        let plain = resolved.clone().into_figment_exposed();
        for path in PATHS {
            let (focused, plain) = (resolved.focus(path), plain.focus(path));
            let mut shown = format!("{focused:?} {:?}", focused.redactor());
            macro_rules! add {
                ($($shape:ty),*) => {$(
                    for error in [
                        resolved.extract_inner::<$shape>(path).err(),
                        resolved.extract_inner_lossy::<$shape>(path).err(),
                        focused.extract::<$shape>().err(),
                        focused.extract_lossy::<$shape>().err(),
                        focused.extract_inner::<$shape>(path).err(),
                        focused.extract_inner_lossy::<$shape>("db").err(),
                        plain.extract::<$shape>().err().map(|error| redactor.scrub(error)),
                    ].into_iter().flatten() {
                        shown.push_str(&format!("{error} {error:?}\n"));
                    }
                )*};
            }
            add!(
                Unsigned,
                Capitals,
                Length,
                u16,
                BTreeMap<String, u16>,
                BTreeMap<String, Unsigned>,
                BTreeMap<String, BTreeMap<String, Capitals>>
            );
            assert_no_leak(&shown, [&canary]);
        }
    }
}

#[test]
fn a_path_goes_as_far_as_figment_follows_it() {
    let resolved = resolved(OCCURRENCES[0], "5432");
    assert_eq!(
        resolved.extract_inner::<u16>("outer.db.pw..x").unwrap(),
        5432
    );
    let focused = resolved.focus("outer..db");
    assert_eq!(focused.extract_inner::<u16>("db.pw").unwrap(), 5432);
    assert!(
        resolved
            .focus("outer.db.pw")
            .extract_inner::<u16>("pw")
            .is_err()
    );
    let error = resolved
        .extract_inner::<bool>("outer.db.pw..x")
        .unwrap_err();
    assert_eq!(error.path, ["outer", "db", "pw"], "{error}");
}

#[test]
fn elements_and_quoted_keys_are_named() {
    let text = "'a.b' = ['infisical://prod/NONE?optional', 'infisical://prod/PW']\n'größe' = 'infisical://prod/PW'";
    let resolved = resolved_file(text, "many");
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "never built")]
    struct Lists {
        #[serde(rename = "a.b")]
        list: Vec<u8>,
    }
    let error = resolved.extract::<Lists>().unwrap_err();
    assert_eq!(
        error.kind.to_string(),
        "invalid type: found <secret of \"a.b\".1>, expected u8"
    );
    assert_eq!(error.path, ["a.b", "0"]);
    let error = resolved.extract_inner::<u8>("größe").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("<secret of größe>, expected u8 for key \"default.größe\""),
        "{error}"
    );
}

#[test]
fn figments_own_types_are_read_by_figment() {
    #[derive(Deserialize, Debug)]
    struct App {
        file: RelativePathBuf,
        port: u16,
    }
    let text = "file = 'data.db'\nport = 'infisical://prod/PW'";
    let app: App = resolved_file(text, "5432").extract().unwrap();
    assert!(app.file.relative().is_absolute() && app.port == 5432);
    let error = resolved_file(text, "many").extract::<App>().unwrap_err();
    assert!(
        error.to_string().contains("<secret of port>, expected u16"),
        "{error}"
    );
}

#[test]
fn a_value_of_figments_keeps_its_provenance() {
    let resolved = resolved(OCCURRENCES[0], "5432");
    let value: Value = resolved.extract_inner("outer.db.pw").unwrap();
    let figment = resolved.into_figment_exposed();
    let metadata = figment.get_metadata(value.tag()).unwrap();
    assert!(metadata.name.contains("secret from memory"), "{metadata:?}");
}
