//! Which call a request is.

use crate::api::write::Write;
use crate::era::Era;
use crate::http::tree_call::TreeCall;
use crate::seeds::login_method::LoginMethod;

/// Names a kind of request, to count it or to aim a fault at it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Route {
    /// A login, by whatever method.
    Login,
    /// A list of secrets, v3 raw or v4.
    List,
    /// A look-up of one secret, v3 raw or v4.
    Get,
    /// A creation, change or deletion of secrets.
    Write,
    /// Any call but these, unknown routes included.
    Other,
    /// Every request; no request is recorded as this.
    Any,
}

impl Route {
    pub(crate) fn covers(self, route: Self) -> bool {
        self == Self::Any || self == route
    }
}

/// Names the version of the API that a call for secrets belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Api {
    V3,
    V4,
}

/// Names the endpoint that answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Endpoint {
    Status,
    Login,
    MachineLogin(LoginMethod),
    RenewToken,
    RevokeToken,
    ListSecrets(Api),
    GetSecret(Api, String),
    GetSecretById(String),
    WriteSecret(Api, Write, String),
    WriteSecrets(Api, Write),
    /// Folders and imports: with `workspaceId` (v1) or `projectId` (v2).
    Tree {
        call: TreeCall,
        project_parameter: &'static str,
    },
    Workspace(String),
    WorkspaceBySlug(String),
}

/// The router's limit on a path parameter, in UTF-16 units after decoding: a longer one matches no route.
const LONGEST_PARAMETER: usize = 100;

impl Endpoint {
    /// Finds the endpoint of a method and a path's decoded segments; `None` is what no route of the server
    /// matches. `HEAD` goes where `GET` goes.
    pub(crate) fn of(era: Era, method: &str, segments: &[String]) -> Option<Self> {
        let method = if method == "HEAD" { "GET" } else { method };
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let ["api", rest @ ..] = segments.as_slice() else {
            return None;
        };
        if rest.iter().any(|segment| is_too_long(segment)) {
            return None;
        }
        Some(match (method, rest) {
            ("GET", ["status"]) => Self::Status,
            ("POST", ["v1", "auth", "universal-auth", "login"]) => Self::Login,
            ("POST", ["v1", "auth", method, "login"]) => {
                Self::MachineLogin(LoginMethod::of_path(method)?)
            }
            ("POST", ["v1", "auth", "token", "renew"]) => Self::RenewToken,
            ("POST", ["v1", "auth", "token", "revoke"]) => Self::RevokeToken,
            ("GET", ["v3", "secrets", "raw"]) => Self::ListSecrets(Api::V3),
            ("GET", ["v3", "secrets", "raw", name]) => Self::GetSecret(Api::V3, (*name).to_owned()),
            ("GET", ["v4", "secrets"]) if era.has_v4() => Self::ListSecrets(Api::V4),
            ("GET", ["v4", "secrets", name]) if era.has_v4() => {
                Self::GetSecret(Api::V4, (*name).to_owned())
            }
            ("GET", ["v3", "secrets", "raw", "id", id] | ["v4", "secrets", "id", id])
                if era.has_v4() =>
            {
                Self::GetSecretById((*id).to_owned())
            }
            (_, ["v3", "secrets", "batch", "raw"]) => Self::WriteSecrets(Api::V3, write(method)?),
            (_, ["v3", "secrets", "raw", name]) => {
                Self::WriteSecret(Api::V3, write(method)?, (*name).to_owned())
            }
            (_, ["v4", "secrets", "batch"]) if era.has_v4() => {
                Self::WriteSecrets(Api::V4, write(method)?)
            }
            (_, ["v4", "secrets", name]) if era.has_v4() => {
                Self::WriteSecret(Api::V4, write(method)?, (*name).to_owned())
            }
            (_, ["v1", rest @ ..]) if let Some(call) = TreeCall::of(method, rest) => Self::Tree {
                call,
                project_parameter: "workspaceId",
            },
            (_, ["v2", rest @ ..])
                if let Some(call) = TreeCall::of(method, rest)
                    && era.has_v4() =>
            {
                Self::Tree {
                    call,
                    project_parameter: "projectId",
                }
            }
            ("GET", ["v1", "workspace", id]) => Self::Workspace((*id).to_owned()),
            ("GET", ["v2", "workspace", slug]) => Self::WorkspaceBySlug((*slug).to_owned()),
            _ => return None,
        })
    }

    pub(crate) fn route(&self) -> Route {
        match self {
            Self::Login | Self::MachineLogin(_) => Route::Login,
            Self::ListSecrets(_) => Route::List,
            Self::GetSecret(..) | Self::GetSecretById(_) => Route::Get,
            Self::WriteSecret(..) | Self::WriteSecrets(..) => Route::Write,
            _ => Route::Other,
        }
    }
}

/// Reads what a write does from its method.
fn write(method: &str) -> Option<Write> {
    Some(match method {
        "POST" => Write::Create,
        "PATCH" => Write::Update,
        "DELETE" => Write::Delete,
        _ => return None,
    })
}

fn is_too_long(segment: &str) -> bool {
    segment.encode_utf16().count() > LONGEST_PARAMETER
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::query::segments;

    fn endpoint(era: Era, method: &str, path: &str) -> Option<Endpoint> {
        Endpoint::of(era, method, &segments(path))
    }

    #[test]
    fn an_old_server_has_no_v4_route() {
        assert_eq!(endpoint(Era::V2024, "GET", "/api/v4/secrets"), None);
        assert_eq!(
            endpoint(Era::V4b, "GET", "/api/v4/secrets"),
            Some(Endpoint::ListSecrets(Api::V4))
        );
    }

    #[test]
    fn a_name_over_100_characters_matches_no_route() {
        let path = |length| format!("/api/v3/secrets/raw/{}", "N".repeat(length));
        assert_eq!(
            endpoint(Era::V4b, "GET", &path(100)).map(|found| found.route()),
            Some(Route::Get)
        );
        assert_eq!(endpoint(Era::V4b, "GET", &path(101)), None);
    }

    #[test]
    fn a_wrong_method_matches_no_route_and_head_goes_where_get_goes() {
        assert_eq!(endpoint(Era::V4b, "PUT", "/api/status"), None);
        assert_eq!(
            endpoint(Era::V4b, "HEAD", "/api/status/"),
            Some(Endpoint::Status)
        );
        assert_eq!(endpoint(Era::V4b, "GET", "/"), None);
    }
}
