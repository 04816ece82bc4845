//! `.env` files, from any text.

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use env_fallback::{Dotenv, DotenvErrorKind, DotenvSource, VariableNames};
use secret_ref::FolderPath;
use secret_source::{ExposeSecret, Secret, SecretAddress, SecretSource};

use crate::canary::assert_unseen;
use crate::dotenv_reading::{self, Line};
use crate::growth::assert_linear;

/// How many variables of a file are looked up for their line; each look-up builds a source.
const LOOKED_UP: usize = 4;

/// Checks the laws of `.env` files on a text; what is no text is none.
///
/// # Panics
///
/// Panics where a law is broken.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let second = dotenv_reading::lines(text);
    match (Dotenv::parse(".env", text), second) {
        (Ok(dotenv), Ok(lines)) => {
            // Of equal names the last line counts.
            let expected: BTreeMap<_, _> = lines.iter().map(|line| (&*line.name, line)).collect();
            assert!(dotenv.names().eq(expected.keys().copied()), "{text:?}");
            for (name, line) in &expected {
                assert_eq!(value(&dotenv, name), Some(&*line.value), "{text:?}");
            }
            let last = text.lines().count();
            assert!(lines.iter().all(|line| (1..=last).contains(&line.number)));
            values_name_their_lines(&dotenv, expected.into_values());
            what_follows_changes_nothing(&dotenv, text);
            assert_linear(text, "\n", |text| drop(Dotenv::parse(".env", text)));
        }
        (Err(error), Err((kind, line))) => {
            assert_eq!((error.kind(), error.line()), (kind, Some(line)), "{text:?}");
            assert!(line <= text.split('\n').count());
            assert_unseen(&format!("{error} {error:?} {}", error.hint()));
            what_follows_mends_nothing(kind, line, text);
        }
        (first, second) => panic!("{text:?} is {first:?} and {second:?}"),
    }
}

fn value<'a>(dotenv: &'a Dotenv, name: &str) -> Option<&'a str> {
    dotenv.value(name).map(ExposeSecret::expose_secret)
}

fn values_name_their_lines<'a>(dotenv: &Dotenv, lines: impl Iterator<Item = &'a Line>) {
    // A look-up of the variable that names a file would open that file.
    let lines = lines.filter(|line| !line.name.ends_with("_FILE"));
    for line in lines.take(LOOKED_UP) {
        let address = SecretAddress::new("infisical", "dev", &FolderPath::root(), "KEY");
        let names = VariableNames::new().variable(&line.name, address.clone());
        let secret = get(&DotenvSource::new(dotenv, names), &address);
        let found = secret
            .as_ref()
            .and_then(|secret| secret.origin().detail("line"));
        assert_eq!(found, Some(&*line.number.to_string()), "{}", line.name);
    }
}

/// Asks a source that never waits.
fn get(source: &DotenvSource, address: &SecretAddress) -> Option<Secret> {
    let look_up = pin!(source.get(address));
    match look_up.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(secret) => secret.ok(),
        Poll::Pending => None,
    }
}

/// Checks that a file that is whole means the same with another line at its end.
fn what_follows_changes_nothing(dotenv: &Dotenv, text: &str) {
    let longer = Dotenv::parse(".env", &format!("{text}\nzz.last='1'"));
    let Ok(longer) = longer else {
        panic!("{text:?} is whole alone and not with another line: {longer:?}")
    };
    assert_eq!(value(&longer, "zz.last"), Some("1"));
    for name in dotenv.names().filter(|name| *name != "zz.last") {
        assert_eq!(
            value(&longer, name),
            value(dotenv, name),
            "{name} in {text:?}"
        );
    }
}

/// Checks that a mistake stays the same mistake when another line follows, which closes no quote.
fn what_follows_mends_nothing(kind: DotenvErrorKind, line: usize, text: &str) {
    let longer = Dotenv::parse(".env", &format!("{text}\nZZ=1"));
    let found = longer.map_err(|error| (error.kind(), error.line()));
    assert_eq!(found.err(), Some((kind, Some(line))), "{text:?}");
}
