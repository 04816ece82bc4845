//! [`Truth`]: which values a look-up may answer, by what the server held and when.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use infisical_fake::Fake;
use keyfob::{ExposeSecret, Secret};
use secret_testkit::Canary;

use crate::scene::Keys;

/// How long history is kept: longer than any answer may be behind.
const MEMORY: Duration = Duration::from_secs(20);

/// Knows every version of every key, and since when the server has held it.
#[derive(Debug)]
pub(crate) struct Truth {
    keys: Keys,
    canary: Canary,
    known: Vec<Mutex<VecDeque<(Instant, u64)>>>,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is the value of another address.
    Elsewhere,
    /// It is a value that the server never held, or not so recently.
    Wrong,
}

impl Truth {
    pub(crate) fn new(keys: Keys) -> Self {
        let start = || Mutex::new(VecDeque::from([(Instant::now(), 0)]));
        Self {
            keys,
            canary: Canary::named("soak"),
            known: (0..keys.len()).map(|_| start()).collect(),
        }
    }

    /// Returns what each value holds, and no log may.
    pub(crate) fn canary(&self) -> Canary {
        self.canary.clone()
    }

    /// Writes a value, which says whose it is.
    pub(crate) fn value(&self, number: usize, version: u64) -> String {
        let (folder, key) = self.keys.place(number);
        format!("{}|{folder}/{key}|{version}", self.canary.value())
    }

    /// Gives a key its next version in the server.
    pub(crate) fn rotate(&self, server: &Fake, number: usize) {
        let (folder, key) = self.keys.place(number);
        let mut known = self.known[number].lock().unwrap();
        let version = known.back().unwrap().1 + 1;
        server.set("dev", &folder, &key, &self.value(number, version));
        known.push_back((Instant::now(), version));
        // The last one that is too old still says what was there at the time.
        while known
            .get(1)
            .is_some_and(|(since, _)| since.elapsed() > MEMORY)
        {
            known.pop_front();
        }
    }

    /// Checks an answer that may be as old as the server's state was at a moment.
    ///
    /// Called when the answer is there, so that the newest version is at least what it could have seen.
    pub(crate) fn check(
        &self,
        number: usize,
        secret: &Secret,
        oldest: Instant,
    ) -> Result<(), Fault> {
        let mut parts = secret.value().expose_secret().split('|');
        let (canary, place) = (parts.next(), parts.next());
        let version = parts.next().and_then(|version| version.parse::<u64>().ok());
        let (folder, key) = self.keys.place(number);
        if canary != Some(self.canary.value()) {
            return Err(Fault::Wrong);
        }
        if place != Some(&format!("{folder}/{key}")) {
            return Err(Fault::Elsewhere);
        }
        let known = self.known[number].lock().unwrap();
        let newest = known.back().unwrap().1;
        let before = |(since, _): &&(Instant, u64)| *since <= oldest;
        let at_least = known
            .iter()
            .rev()
            .find(before)
            .map_or(0, |(_, version)| *version);
        let is_right = version.is_some_and(|version| (at_least..=newest).contains(&version));
        if is_right { Ok(()) } else { Err(Fault::Wrong) }
    }
}

#[test]
fn an_old_version_another_address_and_a_strange_value_are_told_apart() {
    use keyfob::Origin;
    let keys = Keys {
        folders: 1,
        in_each: 2,
    };
    let truth = Truth::new(keys);
    let server = keys
        .server(|number| truth.value(number, 0))
        .start_on_thread()
        .unwrap();
    let secret = |text: &str| Secret::new(text, Origin::new("test"));
    let before = Instant::now();
    truth.rotate(&server, 0);
    let after = Instant::now();
    let old = secret(&truth.value(0, 0));
    assert_eq!(truth.check(0, &old, before), Ok(()));
    assert_eq!(truth.check(0, &old, after), Err(Fault::Wrong));
    assert_eq!(truth.check(0, &secret(&truth.value(0, 1)), after), Ok(()));
    assert_eq!(
        truth.check(0, &secret(&truth.value(0, 2)), before),
        Err(Fault::Wrong)
    );
    assert_eq!(truth.check(1, &old, before), Err(Fault::Elsewhere));
    assert_eq!(
        truth.check(0, &secret("half a val"), before),
        Err(Fault::Wrong)
    );
}
