//! The settings of cache, deadlines and circuit breaker.

use std::time::Duration;

use super::{DAY, FIVE_MINUTES, HOUR, MONTH, SOME_TIME, Setting};
use crate::settings::bounds::Bounds;
use crate::settings::form::Form;

pub(super) const TABLE: &[Setting] = &[
    Setting {
        name: "cache_ttl",
        variables: &["INFISICAL_CACHE_TTL"],
        default: Some("300s"),
        form: Form::Duration(Bounds::between(Duration::ZERO, HOUR), |settings, ttl| {
            settings.cache_ttl = ttl
        }),
        doc: "How long a fetched value is fresh. 0 turns the cache and its stale window off; concurrent look-ups of one secret still share one request.",
    },
    Setting {
        name: "cache_stale",
        variables: &["KEYFOB_CACHE_STALE"],
        default: Some("600s"),
        form: Form::Duration(Bounds::between(Duration::ZERO, DAY), |settings, stale| {
            settings.cache_stale = stale
        }),
        doc: "How long after that the value may stand in while the server is down.",
    },
    Setting {
        name: "cache_negative_ttl",
        variables: &["KEYFOB_CACHE_NEGATIVE_TTL"],
        default: Some("10s"),
        form: Form::Duration(
            Bounds::between(Duration::ZERO, FIVE_MINUTES),
            |settings, ttl| settings.cache_negative_ttl = ttl,
        ),
        doc: "How long it is remembered that a secret does not exist.",
    },
    Setting {
        name: "cache_entries",
        variables: &["KEYFOB_CACHE_ENTRIES"],
        default: Some("1000"),
        form: Form::Count(Bounds::between(1, 1_000_000), |settings, entries| {
            settings.cache_entries = entries
        }),
        doc: "How many secrets the cache holds at most.",
    },
    Setting {
        name: "snapshot",
        variables: &["KEYFOB_SNAPSHOT"],
        default: None,
        form: Form::Path(|settings, path| settings.snapshot = Some(path)),
        doc: "A file that keeps what was fetched, encrypted, for a start while the server is down. Without it nothing is written to a disk.",
    },
    Setting {
        name: "snapshot_key_file",
        variables: &["KEYFOB_SNAPSHOT_KEY_FILE"],
        default: None,
        form: Form::Path(|settings, path| settings.snapshot_key_file = Some(path)),
        doc: "The file with the key of the snapshot: 32 random bytes, in hexadecimal or base64 if not as they are.",
    },
    Setting {
        name: "snapshot_max_age",
        variables: &["KEYFOB_SNAPSHOT_MAX_AGE"],
        default: Some("24h"),
        form: Form::Duration(SOME_TIME.to(MONTH), |settings, age| {
            settings.snapshot_max_age = age
        }),
        doc: "How old a secret of the snapshot may be to stand in, by the wall clock.",
    },
    Setting {
        name: "lookup_deadline",
        variables: &["KEYFOB_LOOKUP_DEADLINE"],
        default: Some("30s"),
        form: Form::Duration(SOME_TIME.to(FIVE_MINUTES), |settings, deadline| {
            settings.lookup_deadline = deadline
        }),
        doc: "How long one look-up may take, login and retries included; at most nine tenths of the start-up deadline, so that something else can still answer.",
    },
    Setting {
        name: "startup_deadline",
        variables: &["KEYFOB_STARTUP_DEADLINE"],
        default: Some("60s"),
        form: Form::Duration(SOME_TIME.to(FIVE_MINUTES), |settings, deadline| {
            settings.startup_deadline = deadline
        }),
        doc: "How long resolving a whole configuration, or any other batch, may take.",
    },
    Setting {
        name: "refresh_deadline",
        variables: &["KEYFOB_REFRESH_DEADLINE"],
        default: Some("1s"),
        form: Form::Duration(SOME_TIME, |settings, deadline| {
            settings.refresh_deadline = deadline
        }),
        doc: "How long a look-up waits for the server while an old value is at hand: a stale one or, in an outage, one of the snapshot.",
    },
    Setting {
        name: "waiting_lookups",
        variables: &["KEYFOB_WAITING_LOOKUPS"],
        default: Some("1000"),
        form: Form::Count(Bounds::between(1, 1_000_000), |settings, count| {
            settings.waiting_lookups = count
        }),
        doc: "How many look-ups, a batch being one, may wait for the server at a time. Any further one is answered with a stale value, or fails at once.",
    },
    Setting {
        name: "breaker_failures",
        variables: &["KEYFOB_BREAKER_FAILURES"],
        default: Some("5"),
        form: Form::Count(Bounds::between(0, 1_000_000), |settings, failures| {
            settings.breaker_failures = failures
        }),
        doc: "After how many transient failures in a row the circuit breaker opens. 0 turns it off.",
    },
    Setting {
        name: "breaker_reset",
        variables: &["KEYFOB_BREAKER_RESET"],
        default: Some("60s"),
        form: Form::Duration(SOME_TIME, |settings, reset| settings.breaker_reset = reset),
        doc: "How long the circuit breaker stays open before it lets one look-up through as a probe.",
    },
];
