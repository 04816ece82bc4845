//! Kind of failure × way of extracting × occurrence: no error shows the secret, and each says what it may.

use std::fmt::Debug;

use secret_testkit::{Canary, assert_no_leak};
use serde::de::DeserializeOwned;

use super::scene::{OCCURRENCES, resolved};
use super::shapes::*;
use super::ways::failures;

const REFUSED: &str = "the value was refused; the reason is not shown";

/// Where an error says that it is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    /// At the key of the secret.
    Secret,
    /// At the table around it: serde reads the table to its end before it looks at the value, or the error
    /// is about the table. Figment tells neither key nor file where that table is all that is extracted.
    Table,
}

/// What a kind of failure shows, from a `Resolved` and from a plain figment with a `Redactor`.
struct Told {
    at: At,
    ours: &'static str,
    plain: &'static str,
}

fn check<T: DeserializeOwned + Debug>(name: &str, told: &Told) {
    let canary = Canary::named("database password");
    for occurrence in OCCURRENCES {
        for (way, error) in failures::<T>(&resolved(occurrence, canary.value())) {
            let error = error.unwrap_or_else(|| panic!("{name}, {way}: succeeds"));
            let case = format!("{name}, {way}, {occurrence}: {error}");
            assert_no_leak(&format!("{error}\n{error:?}"), [&canary]);
            let says = if way.starts_with("plain") {
                told.plain
            } else {
                told.ours
            };
            assert!(error.to_string().contains(says), "{case}");
            let is_root = way.starts_with("twice");
            if told.at == At::Table && (is_root || way.starts_with("plain")) {
                continue;
            }
            let key = match told.at {
                At::Secret => "pw",
                At::Table => "db",
            };
            assert!(error.path.iter().any(|part| part == key), "{case}");
            assert!(error.to_string().contains("app.toml"), "{case}");
        }
    }
}

/// Secrets that might be right by chance: as long as a mask or equal to one, begun like it, a part of the text
/// around them, the name of a key, a type or a variant, very short, and very long.
fn treacherous() -> Vec<String> {
    let mut secrets: Vec<_> = [
        "a",
        "<",
        "u16",
        "pw",
        "before",
        "Fast",
        "secret of ",
        "<secret of outer.db.pw>",
        "(not secret 1 of outer.db.pw either)",
        "ünïcödé",
        "two\nlines",
        "another type",
    ]
    .map(str::to_owned)
    .into();
    secrets.extend([23, 36, 37, 500].map(|length| "x".repeat(length)));
    secrets
}

/// Checks that what is shown does not depend on the secret, but for more being refused.
fn check_sameness<T: DeserializeOwned + Debug>(name: &str) {
    // The others differ in nothing that a deserialiser sees.
    for occurrence in &OCCURRENCES[..2] {
        let usual = failures::<T>(&resolved(occurrence, "correct horse battery staple"));
        for secret in treacherous() {
            let resolved = resolved(occurrence, &secret);
            for ((way, error), (_, usual)) in failures::<T>(&resolved).iter().zip(&usual) {
                // A character is a value of the right type for one of the shapes.
                let (Some(error), Some(usual)) = (error, usual) else {
                    continue;
                };
                let refused = [REFUSED, "not shown", "another type"];
                let (shown, expected) = (error.kind.to_string(), usual.kind.to_string());
                assert!(
                    shown == expected || refused.iter().any(|refused| shown.contains(refused)),
                    "{name}, {way}, {occurrence}, {secret:?}:\n{shown}\n{expected}"
                );
            }
        }
    }
}

macro_rules! kinds {
    ($($shape:ident: $at:ident, $ours:expr, $plain:expr;)*) => {
        #[test]
        fn no_kind_of_failure_shows_the_secret_and_each_says_where_and_what() {
            $(check::<$shape>(stringify!($shape), &Told { at: At::$at, ours: $ours, plain: $plain });)*
        }

        #[test]
        fn what_is_shown_is_the_same_for_every_secret() {
            $(check_sameness::<$shape>(stringify!($shape));)*
        }
    };
}

/// A plain figment has no twin to compare with: what a deserialiser says in its own words is not shown.
const OTHER: &str = "expected another type";

kinds! {
    Unsigned: Secret, "expected u16", "expected u16";
    Wide: Secret, "expected u64", "expected u64";
    Signed: Secret, "expected i32", "expected i32";
    Float: Secret, "expected f64", "expected f64";
    // Figment does not read numbers of 128 bits.
    U128: Secret, "u128 is not supported", REFUSED;
    NonZero: Secret, "expected a nonzero u8", OTHER;
    Boolean: Secret, "expected a boolean", "expected a boolean";
    Character: Secret, "expected a character", "expected a character";
    Bytes: Secret, "expected bytes of a key", OTHER;
    Unit: Secret, "expected unit", "expected unit";
    UnitStruct: Secret, "expected unit struct Nothing", OTHER;
    Sequence: Secret, "expected a sequence", "expected a sequence";
    Tuple: Secret, "expected a tuple of size 2", OTHER;
    Map: Secret, "expected a map", "expected a map";
    Struct: Secret, "expected struct Inner", OTHER;
    Variant: Secret, "expected ``Fast` or `Slow``", "expected ``Fast` or `Slow``";
    DataVariant: Secret, "expected ``Number` or `Table``", "expected ``Number` or `Table``";
    TagIsSecret: Secret, "expected ``A``", "expected ``A``";
    // Serde drops what the variants expected.
    Untagged: Secret, "any variant of untagged enum Either", REFUSED;
    UntaggedAround: Table, "any variant of untagged enum Around", REFUSED;
    InternallyTagged: Table, "expected u16", "expected u16";
    AdjacentlyTagged: Table, "expected u16", "expected u16";
    Flattened: Table, "expected u16", "expected u16";
    Optional: Secret, "expected u16", "expected u16";
    NewType: Secret, "expected u16", "expected u16";
    Transparent: Secret, "expected u16", "expected u16";
    Tag: Secret, "expected u16", "expected u16";
    Any: Secret, "expected a number of any sort", OTHER;
    Converted: Secret, "refused ", REFUSED;
    Capitals: Secret, REFUSED, REFUSED;
    Beginning: Secret, "the value was refused", REFUSED;
    First: Secret, "", REFUSED;
    Backwards: Secret, REFUSED, REFUSED;
    Length: Secret, REFUSED, REFUSED;
    Hashed: Secret, REFUSED, REFUSED;
    Decided: Secret, REFUSED, REFUSED;
    InvalidLength: Secret, "expected a short text", OTHER;
    Expecting: Secret, OTHER, OTHER;
    Finding: Secret, "expected a name", OTHER;
    FieldName: Secret, "expected ``known``", "expected ``known``";
    VariantName: Secret, "expected ``known``", "expected ``known``";
    Constant: Secret, "must be a postgres:// URL", REFUSED;
    Json: Secret, "expected value at line 1 column 1", REFUSED;
    Key: Secret, "expected key to be a number", REFUSED;
    Address: Secret, "invalid IP address syntax", REFUSED;
    Strict: Secret, "found `pw`, expected ``user``", "expected ``user``";
    Missing: Table, "missing field `absent`", "missing field `absent`";
    Validated: Table, REFUSED, REFUSED;
}
