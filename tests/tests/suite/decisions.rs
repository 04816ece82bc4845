//! What each failure does, whatever else there is to answer from: the table of the book, played whole.

use std::time::Duration;

use env_fallback::{Dotenv, EnvConfig, EnvExt, Environment, FallbackPolicy};
use secret_cache::{CacheConfig, CacheExt, TokioClock};
use secret_source::{
    ErrorKind, FolderAddress, Missing, Origin, Resolver, Secret, SecretError, SourceExt,
};
use secret_testkit::{LogCollector, ScriptedSource};
use tracing::Level;

/// What is in the cache when the source is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cached {
    Fresh,
    Stale,
    Nothing,
}

/// What else could answer.
#[derive(Clone, Copy, Debug)]
struct Others {
    environment: bool,
    dotenv: bool,
    reference: Reference,
}

/// What the reference itself says about a missing secret.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reference {
    Plain,
    Optional,
    Default,
}

/// What the source answers, and what that permits.
struct Row {
    kind: Option<ErrorKind>,
    /// Whether a stale value answers.
    stale: bool,
    /// Whether the environment does by the table, and by the strict policy.
    environment: [bool; 2],
    /// Whether the `.env` file does by the table, also where it may after a refusal, and by the strict policy.
    dotenv: [bool; 3],
    /// Whether the reference's own word counts.
    is_absence: bool,
    /// How loud it is when a variable answers, and when nothing does.
    levels: [Level; 2],
}

const fn row(kind: ErrorKind) -> Row {
    Row {
        kind: Some(kind),
        stale: false,
        environment: [false; 2],
        dotenv: [false; 3],
        is_absence: false,
        levels: [Level::WARN, Level::ERROR],
    }
}

const fn transient(kind: ErrorKind) -> Row {
    Row {
        stale: true,
        environment: [true; 2],
        dotenv: [true; 3],
        ..row(kind)
    }
}

const fn refusal(kind: ErrorKind) -> Row {
    Row {
        environment: [true, false],
        dotenv: [false, true, false],
        levels: [Level::ERROR, Level::ERROR],
        ..row(kind)
    }
}

const fn absence(missing: Missing) -> Row {
    Row {
        environment: [true, false],
        dotenv: [true, true, false],
        is_absence: true,
        levels: [Level::WARN, Level::WARN],
        ..row(ErrorKind::NotFound(missing))
    }
}

const ROWS: [Row; 11] = [
    Row {
        kind: None,
        ..row(ErrorKind::Protocol)
    },
    transient(ErrorKind::Unavailable),
    transient(ErrorKind::RateLimited),
    refusal(ErrorKind::Unauthenticated),
    refusal(ErrorKind::Denied),
    absence(Missing::Secret),
    absence(Missing::Folder),
    absence(Missing::Unknown),
    row(ErrorKind::Protocol),
    row(ErrorKind::Invalid),
    row(ErrorKind::Unsupported),
];

/// The policies, each with whether the file may answer after a refusal.
const POLICIES: [(FallbackPolicy, bool); 4] = [
    (FallbackPolicy::Table, false),
    (FallbackPolicy::Table, true),
    (FallbackPolicy::Transient, true),
    (FallbackPolicy::Off, true),
];

/// Who answers, or the kind of the error; and the loudest line about it.
type Outcome = (Result<&'static str, ErrorKind>, Level);

impl Row {
    fn expected(&self, cached: Cached, others: Others, policy: (FallbackPolicy, bool)) -> Outcome {
        if cached == Cached::Fresh {
            return (Ok("cache"), Level::DEBUG);
        }
        let Some(kind) = self.kind else {
            return (Ok("api"), Level::INFO);
        };
        if cached == Cached::Stale && self.stale {
            return (Ok("stale"), Level::WARN);
        }
        let (environment, dotenv) = match policy {
            (FallbackPolicy::Table, false) => (self.environment[0], self.dotenv[0]),
            (FallbackPolicy::Table, true) => (self.environment[0], self.dotenv[1]),
            (FallbackPolicy::Transient, _) => (self.environment[1], self.dotenv[2]),
            _ => (false, false),
        };
        if others.environment && environment {
            (Ok("env"), self.levels[0])
        } else if others.dotenv && dotenv {
            (Ok("dotenv"), self.levels[0])
        } else {
            match others.reference {
                Reference::Default if self.is_absence => (Ok("default"), Level::DEBUG),
                Reference::Optional if self.is_absence => (Ok("nobody"), Level::DEBUG),
                _ => (Err(kind), self.levels[1]),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn each_failure_does_what_the_table_says_whatever_else_could_answer() {
    let mut cases = 0;
    for row in &ROWS {
        for cached in [Cached::Fresh, Cached::Stale, Cached::Nothing] {
            for number in 0..12 {
                let others = Others {
                    environment: number & 1 != 0,
                    dotenv: number & 2 != 0,
                    reference: [Reference::Plain, Reference::Optional, Reference::Default]
                        [number / 4],
                };
                for policy in POLICIES {
                    let outcome = play(row.kind, cached, others, policy).await;
                    let expected = row.expected(cached, others, policy);
                    let kind = row.kind;
                    assert_eq!(
                        outcome, expected,
                        "{kind:?} {cached:?} {others:?} {policy:?}"
                    );
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, 11 * 3 * 12 * 4);
}

async fn play(
    kind: Option<ErrorKind>,
    cached: Cached,
    others: Others,
    (policy, dotenv_after_refusal): (FallbackPolicy, bool),
) -> Outcome {
    let mut calls = 0;
    let source = ScriptedSource::new(move |_| {
        calls += 1;
        match kind {
            // The first call fills the cache.
            Some(kind) if cached == Cached::Nothing || calls > 1 => {
                Err(SecretError::new(kind, "scripted"))
            }
            _ => Ok(Secret::new("value", Origin::new("infisical"))),
        }
    });
    let environment = match others.environment {
        true => Environment::from_pairs([("KEY", "from the environment")]),
        false => Environment::default(),
    };
    let mut env = EnvConfig::new(environment)
        .fallback(policy)
        .dotenv_after_refusal(dotenv_after_refusal);
    if others.dotenv {
        env = env.dotenv(Dotenv::parse(".env", "KEY=from the file").unwrap());
    }
    let source = source.cached(CacheConfig::new().clock(TokioClock::new()));
    if cached != Cached::Nothing {
        let address = FolderAddress::new("infisical", "dev", &"/db".parse().unwrap()).secret("KEY");
        source.lookup(&address).await.unwrap();
    }
    if cached == Cached::Stale {
        tokio::time::advance(Duration::from_secs(400)).await;
    }
    ask(source.with_env(env), others).await
}

async fn ask(source: impl secret_source::SecretSource, others: Others) -> Outcome {
    let reference = match others.reference {
        Reference::Plain => "infisical://dev/db/KEY",
        Reference::Optional => "infisical://dev/db/KEY?optional",
        Reference::Default => "infisical://dev/db/KEY?default=given",
    };
    let resolver = Resolver::builder(source).build().unwrap();
    let logs = LogCollector::new();
    let installed = logs.install();
    let answer = resolver.answer(&reference.parse().unwrap()).await;
    drop(installed);
    let by = answer.map(
        |secret| match secret.as_ref().map_or("nobody", Secret::answered_by) {
            "nobody" => "nobody",
            "cache" => "cache",
            "stale" => "stale",
            "api" => "api",
            "env" => "env",
            "dotenv" => "dotenv",
            "default" => "default",
            other => panic!("answered by {other}"),
        },
    );
    // Of two levels, the lower is the louder one.
    let loudest = logs.events().iter().map(|event| event.level()).min();
    (by.map_err(|error| error.kind()), loudest.unwrap())
}
