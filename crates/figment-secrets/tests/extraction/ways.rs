//! Every way of extracting the table with the secret.

use std::fmt::Debug;

use figment::{Error, Figment};
use figment_secrets::Resolved;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "never built")]
struct Root<T> {
    outer: Outer<T>,
}

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "never built")]
struct Outer<T> {
    db: T,
}

/// Extracts `T` from `outer.db` in all ways, and returns what each fails with, if it does.
pub(crate) fn failures<T: DeserializeOwned + Debug>(
    resolved: &Resolved,
) -> Vec<(String, Option<Error>)> {
    let mut failures = Vec::new();
    macro_rules! each {
        ($name:expr, $subject:expr, $whole:ty, $path:expr) => {
            let subject = &$subject;
            let attempts = [
                ("extract", subject.extract::<$whole>().err()),
                ("extract_lossy", subject.extract_lossy::<$whole>().err()),
                ("extract_inner", subject.extract_inner::<T>($path).err()),
                (
                    "extract_inner_lossy",
                    subject.extract_inner_lossy::<T>($path).err(),
                ),
            ];
            for (method, error) in attempts {
                let name = format!("{}.{method}", $name);
                failures.push((name, error));
            }
        };
    }
    each!("root", resolved, Root<T>, "outer.db");
    each!("focus", resolved.focus("outer"), Outer<T>, "db");
    each!("twice", resolved.focus("outer").focus("db"), T, "");
    // The same from a plain figment, whose errors a redactor scrubs.
    let beginning = failures.len();
    let plain: Figment = resolved.clone().into_figment_exposed();
    each!("plain", plain, Root<T>, "outer.db");
    each!("plain focus", plain.focus("outer"), Outer<T>, "db");
    let redactor = resolved.redactor();
    for (_, error) in &mut failures[beginning..] {
        *error = error.take().map(|error| redactor.scrub(error));
    }
    failures
}
