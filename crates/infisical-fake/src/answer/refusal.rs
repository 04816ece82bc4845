//! What servers say when they do not give what was asked: one function per case, the eras side by side.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::api::write::Write;
use crate::era::Era;
use crate::http::route::Api;

/// Holds an error answer before it is put into the era's envelope.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) error: Cow<'static, str>,
    pub(crate) message: Message,
    pub(crate) details: Option<Value>,
}

/// Holds the `message` of an error: text, or an array where validation failed.
#[derive(Debug)]
pub(crate) enum Message {
    Text(String),
    Issues(Vec<Value>),
}

impl Refusal {
    pub(crate) fn new(
        status: u16,
        error: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            error: error.into(),
            message: Message::Text(message.into()),
            details: None,
        }
    }

    pub(crate) fn invalid(status: u16, issues: Vec<Value>) -> Self {
        Self {
            status,
            error: "ValidationFailure".into(),
            message: Message::Issues(issues),
            details: None,
        }
    }

    fn details(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }
}

pub(crate) fn bad_request(message: &str) -> Refusal {
    Refusal::new(400, "BadRequest", message)
}

pub(crate) fn unauthorized(message: &str) -> Refusal {
    Refusal::new(401, "UnauthorizedError", message)
}

/// Refuses a token that fails as a JWT.
pub(crate) fn token_error(message: &str) -> Refusal {
    Refusal::new(403, "TokenError", message)
}

pub(crate) fn malformed_token() -> Refusal {
    token_error(
        "The provided access token is malformed. Please use a valid token or generate a new one and try again.",
    )
}

pub(crate) fn expired_token() -> Refusal {
    token_error("Your token has expired. Please re-authenticate.")
}

pub(crate) fn unknown_token() -> Refusal {
    unauthorized("No identity access token found")
}

pub(crate) fn not_found(message: impl Into<String>) -> Refusal {
    Refusal::new(404, "NotFound", message)
}

pub(crate) fn server_error() -> Refusal {
    server_error_named("InternalServerError")
}

/// Fails with the label that the place in the server's source gives.
pub(crate) fn server_error_named(label: &'static str) -> Refusal {
    Refusal::new(500, label, "Something went wrong")
}

pub(crate) fn unknown_client(era: Era) -> Refusal {
    match era {
        Era::V2024 => not_found("No identity with specified client ID was found"),
        Era::V4a | Era::V4b => unauthorized("Invalid credentials"),
    }
}

pub(crate) fn unknown_project(era: Era, id: &str) -> Refusal {
    match era {
        Era::V2024 => not_found(
            "Project not found during bot lookup. Are you sure you are using the correct project ID?",
        ),
        Era::V4a | Era::V4b => not_found(format!("Project with {id} not found")),
    }
}

pub(crate) fn unknown_slug(era: Era, slug: &str, label: &'static str) -> Refusal {
    match era {
        Era::V2024 => server_error_named(label),
        Era::V4a | Era::V4b => not_found(format!("Project with slug {slug} not found")),
    }
}

pub(crate) fn not_a_member(era: Era, id: &str) -> Refusal {
    match era {
        Era::V2024 => Refusal::new(
            403,
            "Identity is not a member of the specified project",
            "You are not allowed to access this resource",
        ),
        Era::V4a | Era::V4b => Refusal::new(
            403,
            "ProjectMembershipNotFound",
            format!("You are not a member of this project with ID {id}"),
        ),
    }
}

/// Refuses a call for secrets; current servers add the rule that refused it, old ones have no `details`.
pub(crate) fn denied(action: &str, environment: &str, folder: &str) -> Refusal {
    denied_on("secrets", action, environment, folder)
}

pub(crate) fn denied_on(subject: &str, action: &str, environment: &str, folder: &str) -> Refusal {
    let message = format!("You are not allowed to {action} on {subject}");
    Refusal::new(403, "PermissionDenied", message).details(json!([{
        "action": action,
        "subject": subject,
        "inverted": true,
        "conditions": { "environment": environment, "secretPath": { "$glob": folder } },
    }]))
}

/// Refuses a list whose folder or environment does not exist.
pub(crate) fn folder_missing_on_list(environment: &str, folder: &str) -> Refusal {
    Refusal::new(
        404,
        "SecretPathNotFound",
        format!(
            "Folder with path '{folder}' in environment '{environment}' was not found. Please ensure the environment slug and secret path is correct."
        ),
    )
}

/// Refuses a look-up whose folder or environment does not exist.
pub(crate) fn folder_missing_on_get(era: Era, environment: &str, folder: &str) -> Refusal {
    match era {
        Era::V2024 => Refusal::new(
            404,
            "Create secret",
            "Folder not found for the given environment slug & secret path",
        ),
        Era::V4a | Era::V4b => Refusal::new(
            404,
            "GetSecretByName",
            format!("Folder with path '{folder}' in environment '{environment}' not found"),
        ),
    }
}

pub(crate) fn secret_missing(era: Era, key: &str) -> Refusal {
    match era {
        Era::V2024 => not_found("Secret not found"),
        Era::V4a | Era::V4b => not_found(format!("Secret with name '{key}' not found")),
    }
}

pub(crate) fn environment_missing(era: Era, environment: &str) -> Refusal {
    match era {
        Era::V2024 => Refusal::new(404, "get folders", "Environment not found"),
        Era::V4a | Era::V4b => {
            not_found(format!("Environment with slug '{environment}' not found"))
        }
    }
}

/// Refuses a list that names no project or no environment.
pub(crate) fn coordinates_missing(api: Api) -> Refusal {
    bad_request(match api {
        Api::V3 => "Missing workspace id or environment",
        Api::V4 => "Missing project id or environment",
    })
}

/// Refuses a look-up one of whose references the caller may not read.
pub(crate) fn unreadable_reference(
    era: Era,
    environment: &str,
    folder: &str,
    key: &str,
) -> Refusal {
    let message = format!(
        "You are attempting to reference secret named {key} from environment {environment} in path {folder} which you do not have access to."
    );
    match era {
        Era::V2024 => Refusal::new(403, "ForbiddenError", message),
        Era::V4a | Era::V4b => Refusal::new(
            403,
            "ForbiddenError",
            "Failed to expand one or more secret references",
        )
        .details(json!([message])),
    }
}

/// Refuses a write whose folder or environment does not exist.
pub(crate) fn folder_missing_on_write(
    era: Era,
    label: &'static str,
    environment: &str,
    folder: &str,
) -> Refusal {
    match era {
        Era::V2024 => Refusal::new(
            404,
            label,
            "Folder not found for the given environment slug & secret path",
        ),
        Era::V4a | Era::V4b => Refusal::new(
            404,
            label,
            format!("Folder with path '{folder}' in environment '{environment}' not found"),
        ),
    }
}

pub(crate) fn environment_missing_on_folder(era: Era, environment: &str) -> Refusal {
    match era {
        Era::V2024 => Refusal::new(404, "Create folder", "Environment not found"),
        Era::V4a | Era::V4b => environment_missing(era, environment),
    }
}

/// Refuses a call about the imports of a folder that does not exist.
pub(crate) fn folder_missing_on_import(era: Era, environment: &str, folder: &str) -> Refusal {
    match era {
        Era::V2024 => not_found("Folder not found"),
        Era::V4a | Era::V4b => not_found(format!(
            "Folder with path '{folder}' in environment with slug '{environment}' not found"
        )),
    }
}

/// Refuses an import out of an environment that does not exist. Servers put the reason where it is lost.
pub(crate) fn import_environment_missing(era: Era) -> Refusal {
    let message = "The requested entity is not found";
    match era {
        Era::V2024 => Refusal::new(404, "Create import", message),
        Era::V4a | Era::V4b => not_found(message),
    }
}

pub(crate) fn import_missing(era: Era, id: &str) -> Refusal {
    match era {
        Era::V2024 => not_found("Secret import not found"),
        Era::V4a | Era::V4b => not_found(format!("Secret import with folder ID '{id}' not found")),
    }
}

pub(crate) fn secret_exists(era: Era) -> Refusal {
    bad_request(match era {
        Era::V2024 => "Secret already exist",
        Era::V4a | Era::V4b => "Secret already exists",
    })
}

pub(crate) fn new_name_taken(era: Era) -> Refusal {
    bad_request(match era {
        Era::V2024 => "Secret with the new name already exist",
        Era::V4a | Era::V4b => "Secret with the new name already exists",
    })
}

/// Refuses a batch of creations for the keys that exist.
pub(crate) fn secrets_exist(era: Era, keys: &[String]) -> Refusal {
    let what = match era {
        Era::V2024 => "Secret already exist",
        Era::V4a | Era::V4b => "Secret already exists",
    };
    bad_request(&format!("{what}: {}", keys.join(",")))
}

/// Refuses a batch of changes or deletions for what is missing. A server of 2024 names those that are there.
pub(crate) fn secrets_missing(
    era: Era,
    write: Write,
    there: &[String],
    missing: &[String],
) -> Refusal {
    let named = match era {
        Era::V2024 => there.join(","),
        Era::V4a | Era::V4b => missing.join(","),
    };
    not_found(match write {
        Write::Delete => format!("One or more secrets does not exist: {named}"),
        Write::Create | Write::Update => format!("Secret does not exist: {named}"),
    })
}
