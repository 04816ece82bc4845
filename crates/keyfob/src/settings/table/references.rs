//! The settings of references, and of the values that they stand for.

use secret_source::{LogNames, ValuePolicy};

use super::{NAME, SLUG, Setting};
use crate::settings::form::{Choice, Form};

pub(super) const TABLE: &[Setting] = &[
    Setting {
        name: "project",
        variables: &["INFISICAL_PROJECT_ID"],
        default: None,
        form: Form::Text(NAME, |settings, project| settings.project = Some(project)),
        doc: "The project of references that name none.",
    },
    Setting {
        name: "environment",
        variables: &["INFISICAL_ENVIRONMENT"],
        default: None,
        form: Form::Text(SLUG, |settings, slug| settings.environment = Some(slug)),
        doc: "The environment of references that name none. Unset, such a reference is an error.",
    },
    Setting {
        name: "environments",
        variables: &["KEYFOB_ENVIRONMENTS"],
        default: None,
        form: Form::Texts(SLUG, |settings, slugs| settings.environments = Some(slugs)),
        doc: "The environments that the setting above and every reference may name. Unset, any.",
    },
    Setting {
        name: "folder",
        variables: &["INFISICAL_SECRET_PATH"],
        default: Some("/"),
        form: Form::Folder(|settings, folder| settings.folder = folder),
        doc: "The folder of keys that are asked for by name alone.",
    },
    Setting {
        name: "empty",
        variables: &["KEYFOB_EMPTY"],
        default: Some("warn"),
        form: Form::Choice(&[
            Choice {
                word: "allow",
                store: |settings| settings.empty = ValuePolicy::Allow,
            },
            Choice {
                word: "warn",
                store: |settings| settings.empty = ValuePolicy::Warn,
            },
            Choice {
                word: "error",
                store: |settings| settings.empty = ValuePolicy::Error,
            },
        ]),
        doc: "What to do about a secret whose value is empty: a seeded placeholder must not become a password unseen.",
    },
    Setting {
        name: "unresolved",
        variables: &["KEYFOB_UNRESOLVED"],
        default: Some("error"),
        form: Form::Choice(&[
            Choice {
                word: "allow",
                store: |settings| settings.unresolved = ValuePolicy::Allow,
            },
            Choice {
                word: "warn",
                store: |settings| settings.unresolved = ValuePolicy::Warn,
            },
            Choice {
                word: "error",
                store: |settings| settings.unresolved = ValuePolicy::Error,
            },
        ]),
        doc: "What to do about a value that still holds a `${…}` which Infisical should have expanded.",
    },
    Setting {
        name: "log_names",
        variables: &["KEYFOB_LOG_NAMES"],
        default: Some("full"),
        form: Form::Choice(&[
            Choice {
                word: "full",
                store: |settings| settings.log_names = LogNames::Full,
            },
            Choice {
                word: "hashed",
                store: |settings| settings.log_names = LogNames::Hashed,
            },
            Choice {
                word: "none",
                store: |settings| settings.log_names = LogNames::None,
            },
        ]),
        doc: "How much of the secrets' names the log shows. Values are never shown.",
    },
];
