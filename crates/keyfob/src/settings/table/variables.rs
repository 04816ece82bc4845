//! The settings of variables that answer for secrets.

use env_fallback::{FallbackPolicy, Override};

use super::{Setting, VARIABLE};
use crate::settings::form::{Choice, Form};

pub(super) const TABLE: &[Setting] = &[
    Setting {
        name: "env_override",
        variables: &["KEYFOB_ENV_OVERRIDE"],
        default: Some("qualified"),
        form: Form::Choice(&[
            Choice {
                word: "qualified",
                store: |settings| settings.env_override = Override::Qualified,
            },
            Choice {
                word: "bare",
                store: |settings| settings.env_override = Override::Bare,
            },
            Choice {
                word: "off",
                store: |settings| settings.env_override = Override::Off,
            },
        ]),
        doc: "Which environment variables come before Infisical: those named after folder and key (`SHARED_DB_PASSWORD`), also those named after the key alone (`PASSWORD`), or none.",
    },
    Setting {
        name: "env_map",
        variables: &["KEYFOB_ENV_MAP"],
        default: None,
        form: Form::Map(|settings, map| settings.env_map = map),
        doc: "Environment variables that stand for secrets under names of their own.",
    },
    Setting {
        name: "fallback",
        variables: &["KEYFOB_FALLBACK"],
        default: Some("table"),
        form: Form::Choice(&[
            Choice {
                word: "table",
                store: |settings| settings.fallback = FallbackPolicy::Table,
            },
            Choice {
                word: "transient",
                store: |settings| settings.fallback = FallbackPolicy::Transient,
            },
            Choice {
                word: "off",
                store: |settings| settings.fallback = FallbackPolicy::Off,
            },
        ]),
        doc: "When the environment and the `.env` file may answer instead of Infisical: for missing secrets, refusals (the `.env` file not) and failures, for transient failures alone (wise in production), or never.",
    },
    Setting {
        name: "env_prefix",
        variables: &["KEYFOB_ENV_PREFIX"],
        default: None,
        form: Form::Text(VARIABLE, |settings, prefix| settings.env_prefix = prefix),
        doc: "What the names of variables for secrets begin with, such as `MYAPP_`.",
    },
    Setting {
        name: "dotenv",
        variables: &["KEYFOB_DOTENV"],
        default: None,
        form: Form::Path(|settings, path| settings.dotenv = Some(path)),
        doc: "A `.env` file to fall back to. None is searched for.",
    },
];
