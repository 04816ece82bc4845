//! The settings of the server and the way to it.

use std::time::Duration;

use super::{FIVE_MINUTES, SOME_TIME, Setting};
use crate::settings::bounds::Bounds;
use crate::settings::form::Form;

pub(super) const TABLE: &[Setting] = &[
    Setting {
        name: "address",
        variables: &[
            "INFISICAL_API_URL",
            "INFISICAL_HOST",
            "INFISICAL_ADDR",
            "INFISICAL_DOMAIN",
        ],
        default: None,
        form: Form::Address(|settings, address| settings.address = Some(address)),
        doc: "The Infisical server. No host is ever guessed: Infisical Cloud is `https://app.infisical.com` (US) or `https://eu.infisical.com` (EU).",
    },
    Setting {
        name: "allow_http",
        variables: &["INFISICAL_ALLOW_HTTP"],
        default: Some("false"),
        form: Form::Flag(|settings, on| settings.allow_http = on),
        doc: "Whether the address may be plain HTTP off this machine, as for `http://infisical:8080` inside a cluster.",
    },
    Setting {
        name: "ca_file",
        variables: &["KEYFOB_CA_FILE"],
        default: None,
        form: Form::Path(|settings, path| settings.ca_file = Some(path)),
        doc: "A PEM file of certificate authorities that are trusted beside those of the machine.",
    },
    Setting {
        name: "client_cert_file",
        variables: &["KEYFOB_CLIENT_CERT_FILE"],
        default: None,
        form: Form::Path(|settings, path| settings.client_cert_file = Some(path)),
        doc: "A PEM file with the certificate, and its chain, that a server or proxy asks the client for.",
    },
    Setting {
        name: "client_key_file",
        variables: &["KEYFOB_CLIENT_KEY_FILE"],
        default: None,
        form: Form::Path(|settings, path| settings.client_key_file = Some(path)),
        doc: "A PEM file with the key of that certificate, not encrypted; it may be the same file.",
    },
    Setting {
        name: "proxy",
        variables: &["KEYFOB_PROXY"],
        default: None,
        form: Form::Secret(|settings, url| settings.proxy = Some(url)),
        doc: "An HTTP proxy for all requests: `http://host:port`, with `user:password@` before the host where it asks for that.",
    },
    Setting {
        name: "system_proxy",
        variables: &["KEYFOB_SYSTEM_PROXY"],
        default: Some("false"),
        form: Form::Flag(|settings, on| settings.system_proxy = on),
        doc: "Whether the proxies of the system are used: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, and on macOS and Windows the system's settings.",
    },
    Setting {
        name: "connect_timeout",
        variables: &["KEYFOB_CONNECT_TIMEOUT"],
        default: Some("5s"),
        form: Form::Duration(SOME_TIME, |settings, timeout| {
            settings.connect_timeout = timeout
        }),
        doc: "How long connecting to the server may take.",
    },
    Setting {
        name: "request_timeout",
        variables: &["KEYFOB_REQUEST_TIMEOUT"],
        default: Some("10s"),
        form: Form::Duration(SOME_TIME, |settings, timeout| {
            settings.request_timeout = timeout
        }),
        doc: "How long one request may take, connecting included.",
    },
    Setting {
        name: "retries",
        variables: &["KEYFOB_RETRIES"],
        default: Some("3"),
        form: Form::Count(Bounds::between(0, 100), |settings, retries| {
            settings.retries = retries
        }),
        doc: "How often a request that failed transiently is sent again.",
    },
    Setting {
        name: "retry_delay",
        variables: &["KEYFOB_RETRY_DELAY"],
        default: Some("200ms"),
        form: Form::Duration(
            Bounds::between(Duration::ZERO, FIVE_MINUTES),
            |settings, delay| settings.retry_delay = delay,
        ),
        doc: "The longest wait before the first retry; it doubles with each further one, and a random part of it is waited.",
    },
    Setting {
        name: "retry_max_delay",
        variables: &["KEYFOB_RETRY_MAX_DELAY"],
        default: Some("5s"),
        form: Form::Duration(
            Bounds::between(Duration::ZERO, FIVE_MINUTES),
            |settings, delay| settings.retry_max_delay = delay,
        ),
        doc: "The longest wait before any retry.",
    },
    Setting {
        name: "requests_per_minute",
        variables: &["KEYFOB_REQUESTS_PER_MINUTE"],
        default: Some("100"),
        form: Form::Count(Bounds::between(1, 1_000_000), |settings, requests| {
            settings.requests_per_minute = requests
        }),
        doc: "How many lists and reads a minute each server is to see at most: beyond it, one recursive list takes the place of many. Infisical Cloud's free plan allows 120.",
    },
];
