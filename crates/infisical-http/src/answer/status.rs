//! [`verdict`]: what an answer that is no success means, in one place.

use secret_source::{ErrorKind, Missing};

use crate::answer::envelope::Envelope;
use crate::http::request::Operation;

/// Says what failed and what can be done about it without asking anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) kind: ErrorKind,
    pub(crate) remedy: Remedy,
}

/// Says what the client may try next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Nothing: the same request will fail again.
    Nothing,
    /// The same request after a pause.
    Retry,
    /// The same request with a new token, once.
    NewToken,
    /// The same question in the older dialect.
    OlderDialect,
    /// An update instead of the creation that was tried: the secret exists.
    Update,
    /// A look at the environment's root, which tells a wrong environment from a missing folder.
    ProbeEnvironment,
    /// Look-ups of the single secrets: one of them made the server refuse the whole list.
    OneByOne,
}

/// Judges an answer.
///
/// The status decides; the envelope refines it. Its `error` is compared only where servers of all ages
/// agree on it, and its `message` only to tell what of several things was not found.
///
/// | status | envelope | kind | remedy | seen on |
/// |---|---|---|---|---|
/// | 3xx | | `Protocol` | | proxies; redirects are not followed |
/// | 404 | route miss | `Invalid` | older dialect | every server without the route |
/// | 429, or any other with `Retry-After` | | `RateLimited` | retry | current; 500 with `Retry-After` in 2024 |
/// | 500 | on a project, error names the slug | `Invalid` | | 2024: an unknown slug |
/// | 408, 5xx | | `Unavailable` | retry | all; 502 and 503 from proxies |
/// | 401 | `ValidationFailure` | `Invalid` | | 2024 |
/// | 401 | else | `Unauthenticated` | new token | all: no, revoked, used-up or timed-out token |
/// | 403 | `TokenError` | `Unauthenticated` | new token | all: expired or malformed JWT |
/// | 403 | on a list, message says that a reference failed to expand | `Denied` | one by one | current |
/// | 403 | else | `Denied` | | all, under many names |
/// | 404 | none | `Protocol` | | proxies |
/// | 404 | message names the project | `Invalid` | | all |
/// | 404 | message names the service token | `Unauthenticated` | | all |
/// | 404 | on a get, message names the secret | `NotFound(Secret)` | | all |
/// | 404 | on a list or get, else | `NotFound(Unknown)` | probe | all: folder or environment |
/// | 404 | on a list of folders, else | `NotFound(Unknown)` | | all: the environment |
/// | 404 | on an update or deletion, message names the secret | `NotFound(Secret)` | | all |
/// | 404 | on any other write | `NotFound(Unknown)` | probe | all: folder or environment |
/// | 404 | on the creation of a folder | `Invalid` | | all: environment |
/// | 400 | on a creation, message says that the secret exists | `Invalid` | update | all |
/// | 400, 422, other 4xx | | `Invalid` | | 400 all, 422 current |
///
/// A login is judged by the first rows only; any other refusal of it is `Unauthenticated` whatever status
/// carries it (401 today, 404 for an unknown client id in 2024), since what was refused is what was sent.
///
/// Sources: Infisical's error handler and API reference, and exchanges recorded with a server of October
/// 2024, where a rate limit is 500 and a violated schema 401.
pub(crate) fn verdict(
    operation: Operation,
    status: u16,
    envelope: Option<&Envelope>,
    asks_to_wait: bool,
) -> Verdict {
    use ErrorKind::{
        Denied, Invalid, NotFound, Protocol, RateLimited, Unauthenticated, Unavailable,
    };

    let error = envelope.map_or("", Envelope::error);
    let message = envelope.map_or("", Envelope::message);
    let is_login = operation == Operation::Login;
    let (kind, remedy) = match status {
        404 if envelope.is_some_and(Envelope::is_route_miss) => (Invalid, Remedy::OlderDialect),
        404 if envelope.is_none() => (Protocol, Remedy::Nothing),
        429 => (RateLimited, Remedy::Retry),
        400..=599 if asks_to_wait && !(is_login && status < 500) => (RateLimited, Remedy::Retry),
        500 if operation == Operation::Project && error.ends_with("project by slug") => {
            (Invalid, Remedy::Nothing)
        }
        408 | 500..=599 => (Unavailable, Remedy::Retry),
        400..=499 if is_login => (Unauthenticated, Remedy::Nothing),
        401 if error == "ValidationFailure" => (Invalid, Remedy::Nothing),
        401 => (Unauthenticated, Remedy::NewToken),
        403 if error == "TokenError" => (Unauthenticated, Remedy::NewToken),
        403 if operation == Operation::List && message.starts_with("Failed to expand") => {
            (Denied, Remedy::OneByOne)
        }
        403 => (Denied, Remedy::Nothing),
        404 if message.starts_with("Service token") => (Unauthenticated, Remedy::Nothing),
        404 if message.starts_with("Project") || message.starts_with("Bot") => {
            (Invalid, Remedy::Nothing)
        }
        404 => match operation {
            Operation::CreateFolder => (Invalid, Remedy::Nothing),
            Operation::Update | Operation::Delete
                if message.starts_with("Secret ") || message.starts_with("One or more secret") =>
            {
                (NotFound(Missing::Secret), Remedy::Nothing)
            }
            Operation::Create | Operation::Update | Operation::Delete => {
                (NotFound(Missing::Unknown), Remedy::ProbeEnvironment)
            }
            Operation::Folders => (NotFound(Missing::Unknown), Remedy::Nothing),
            Operation::Get if message.starts_with("Secret ") => {
                (NotFound(Missing::Secret), Remedy::Nothing)
            }
            Operation::Get | Operation::List => {
                (NotFound(Missing::Unknown), Remedy::ProbeEnvironment)
            }
            Operation::Project | Operation::Login | Operation::Revoke => (Invalid, Remedy::Nothing),
        },
        400 if operation == Operation::Create && message.starts_with("Secret already exist") => {
            (Invalid, Remedy::Update)
        }
        400..=499 => (Invalid, Remedy::Nothing),
        _ => (Protocol, Remedy::Nothing),
    };
    Verdict { kind, remedy }
}

#[cfg(test)]
mod tests {
    use ErrorKind::{
        Denied, Invalid, NotFound, Protocol, RateLimited, Unauthenticated, Unavailable,
    };

    use super::Remedy::{NewToken, Nothing, OlderDialect, OneByOne, ProbeEnvironment, Retry};
    use super::*;

    #[track_caller]
    fn assert_verdict(
        (operation, status, body, asks_to_wait): (Operation, u16, &str, bool),
        kind: ErrorKind,
        remedy: Remedy,
    ) {
        let envelope = Envelope::read(body.as_bytes());
        let judged = verdict(operation, status, envelope.as_ref(), asks_to_wait);
        assert_eq!(
            judged,
            Verdict { kind, remedy },
            "{operation:?} {status} {body}"
        );
    }

    #[test]
    fn refusals_of_writes_are_understood() {
        use Operation::{Create, CreateFolder, Delete, Update};
        let secret = (NotFound(Missing::Secret), Nothing);
        let folder = (NotFound(Missing::Unknown), ProbeEnvironment);
        for (operation, status, message, (kind, remedy)) in [
            (
                Create,
                400,
                "Secret already exist",
                (Invalid, Remedy::Update),
            ),
            (
                Create,
                400,
                "Secret already exist: B1",
                (Invalid, Remedy::Update),
            ),
            (
                Create,
                400,
                "Secret already exists",
                (Invalid, Remedy::Update),
            ),
            (
                Create,
                400,
                "Must be user to create personal secret",
                (Invalid, Nothing),
            ),
            (Update, 400, "Secret already exist", (Invalid, Nothing)),
            (Update, 404, "Secret not found", secret),
            (Update, 404, "Secret with name 'X' not found", secret),
            (Update, 404, "Secret does not exist: B1", secret),
            (
                Delete,
                404,
                "One or more secrets does not exist: B1",
                secret,
            ),
            (Delete, 404, "Secret not found", secret),
            (Update, 404, "Folder with path '/x' not found", folder),
            (
                Create,
                404,
                "Folder not found for the given environment slug & secret path",
                folder,
            ),
            (
                Create,
                404,
                "Project not found during bot lookup",
                (Invalid, Nothing),
            ),
            (
                CreateFolder,
                404,
                "Environment not found",
                (Invalid, Nothing),
            ),
            (
                CreateFolder,
                400,
                "Folder already exists",
                (Invalid, Nothing),
            ),
        ] {
            let body = format!(r#"{{"statusCode":{status},"message":"{message}","error":"E"}}"#);
            assert_verdict((operation, status, &body, false), kind, remedy);
        }
    }

    // Bodies as recorded with a server of October 2024; the order is that of the table above.
    #[test]
    fn recorded_answers_of_an_old_server_are_understood() {
        use Operation::{Get, List, Login, Project};
        for (operation, status, body, waits, kind, remedy) in [
            (
                Project,
                500,
                r#"{"statusCode":500,"message":"Something went wrong","error":"Failed to find project by slug"}"#,
                false,
                Invalid,
                Nothing,
            ),
            (
                Project,
                500,
                r#"{"statusCode":500,"message":"Something went wrong","error":"Find project by slug"}"#,
                false,
                Invalid,
                Nothing,
            ),
            (
                List,
                404,
                r#"{"message":"Route GET:/api/v4/secrets?x=y not found","error":"Not Found","statusCode":404}"#,
                false,
                Invalid,
                OlderDialect,
            ),
            (
                List,
                500,
                r#"{"statusCode":500,"message":"Something went wrong","error":"InternalServerError"}"#,
                true,
                RateLimited,
                Retry,
            ),
            (
                List,
                500,
                r#"{"statusCode":500,"message":"Something went wrong","error":"Find by secret path"}"#,
                false,
                Unavailable,
                Retry,
            ),
            (
                List,
                401,
                r#"{"statusCode":401,"message":[{"code":"custom","path":["x"]}],"error":"ValidationFailure"}"#,
                false,
                Invalid,
                Nothing,
            ),
            (
                List,
                401,
                r#"{"statusCode":401,"message":"Token missing","error":"UnauthorizedError"}"#,
                false,
                Unauthenticated,
                NewToken,
            ),
            (
                List,
                401,
                r#"{"statusCode":401,"message":"Failed to renew MI access token due to TTL expiration","error":"UnauthorizedError"}"#,
                false,
                Unauthenticated,
                NewToken,
            ),
            (
                List,
                401,
                r#"{"statusCode":401,"message":"No identity access token found","error":"UnauthorizedError"}"#,
                false,
                Unauthenticated,
                NewToken,
            ),
            (
                List,
                401,
                r#"{"statusCode":401,"message":"Unable to renew because access token number of uses limit reached","error":"UnauthorizedError"}"#,
                false,
                Unauthenticated,
                NewToken,
            ),
            (
                List,
                403,
                r#"{"statusCode":403,"message":"Your token has expired. Please re-authenticate.","error":"TokenError"}"#,
                false,
                Unauthenticated,
                NewToken,
            ),
            (
                List,
                403,
                r#"{"statusCode":403,"message":"invalid signature","error":"TokenError"}"#,
                false,
                Unauthenticated,
                NewToken,
            ),
            (
                List,
                403,
                r#"{"statusCode":403,"message":"You are not allowed to read on secrets","error":"PermissionDenied"}"#,
                false,
                Denied,
                Nothing,
            ),
            (
                List,
                403,
                r#"{"statusCode":403,"message":"You are not allowed to access this resource","error":"Identity is not a member of the specified project"}"#,
                false,
                Denied,
                Nothing,
            ),
            (
                Get,
                403,
                r#"{"statusCode":403,"message":"You are attempting to reference secret named DB_HOST from environment prod in path /shared/db which you do not have access to.","error":"ForbiddenError"}"#,
                false,
                Denied,
                Nothing,
            ),
            (
                List,
                404,
                r#"{"statusCode":404,"message":"Project not found during bot lookup. Are you sure you are using the correct project ID?","error":"NotFound"}"#,
                false,
                Invalid,
                Nothing,
            ),
            (
                List,
                404,
                r#"{"statusCode":404,"message":"Bot not found. Please ask admin user to login","error":"NotFound"}"#,
                false,
                Invalid,
                Nothing,
            ),
            (
                List,
                404,
                r#"{"statusCode":404,"message":"Service token not found","error":"NotFound"}"#,
                false,
                Unauthenticated,
                Nothing,
            ),
            (
                Get,
                404,
                r#"{"statusCode":404,"message":"Secret not found","error":"NotFound"}"#,
                false,
                NotFound(Missing::Secret),
                Nothing,
            ),
            (
                Get,
                404,
                r#"{"statusCode":404,"message":"Folder not found for the given environment slug & secret path","error":"Create secret"}"#,
                false,
                NotFound(Missing::Unknown),
                ProbeEnvironment,
            ),
            (
                List,
                400,
                r#"{"statusCode":400,"message":"Missing workspace id or environment","error":"BadRequest"}"#,
                false,
                Invalid,
                Nothing,
            ),
            (
                Login,
                401,
                r#"{"statusCode":401,"message":"Invalid credentials","error":"UnauthorizedError"}"#,
                false,
                Unauthenticated,
                Nothing,
            ),
            (
                Login,
                404,
                r#"{"statusCode":404,"message":"No identity with specified client ID was found","error":"NotFound"}"#,
                false,
                Unauthenticated,
                Nothing,
            ),
            (
                Login,
                401,
                r#"{"statusCode":401,"message":[{"code":"invalid_type"}],"error":"ValidationFailure"}"#,
                false,
                Unauthenticated,
                Nothing,
            ),
            (
                Login,
                500,
                r#"{"statusCode":500,"message":"Something went wrong","error":"InternalServerError"}"#,
                false,
                Unavailable,
                Retry,
            ),
        ] {
            assert_verdict((operation, status, body, waits), kind, remedy);
        }
    }

    #[test]
    fn answers_of_current_servers_are_understood() {
        use Operation::{Get, List, Login, Project};
        for (operation, status, body, waits, kind, remedy) in [
            (
                List,
                422,
                r#"{"reqId":"req-1","statusCode":422,"message":[{"code":"x"}],"error":"ValidationFailure"}"#,
                false,
                Invalid,
                Nothing,
            ),
            (
                List,
                429,
                r#"{"reqId":"req-1","statusCode":429,"message":"Rate limit exceeded. Please try again in 35 seconds","error":"RateLimitExceeded"}"#,
                true,
                RateLimited,
                Retry,
            ),
            (
                List,
                404,
                r#"{"reqId":"req-1","statusCode":404,"message":"Folder with path '/x' in environment 'dev' was not found. Please ensure the environment slug and secret path is correct.","error":"SecretPathNotFound"}"#,
                false,
                NotFound(Missing::Unknown),
                ProbeEnvironment,
            ),
            (
                Get,
                404,
                r#"{"reqId":"req-1","statusCode":404,"message":"Folder with path '/x' not found","error":"GetSecretByName"}"#,
                false,
                NotFound(Missing::Unknown),
                ProbeEnvironment,
            ),
            (
                List,
                403,
                r#"{"reqId":"req-1","statusCode":403,"message":"Failed to expand one or more secret references","error":"ForbiddenError"}"#,
                false,
                Denied,
                OneByOne,
            ),
            (
                Get,
                403,
                r#"{"reqId":"req-1","statusCode":403,"message":"Failed to expand one or more secret references","error":"ForbiddenError"}"#,
                false,
                Denied,
                Nothing,
            ),
            (
                Get,
                404,
                r#"{"reqId":"req-1","statusCode":404,"message":"Secret with name 'X' not found","error":"NotFound"}"#,
                false,
                NotFound(Missing::Secret),
                Nothing,
            ),
            (
                Get,
                404,
                r#"{"reqId":"req-1","statusCode":404,"message":"Project with p not found","error":"NotFound"}"#,
                false,
                Invalid,
                Nothing,
            ),
            (
                Project,
                404,
                r#"{"reqId":"req-1","statusCode":404,"message":"not here","error":"NotFound"}"#,
                false,
                Invalid,
                Nothing,
            ),
            (
                Login,
                401,
                r#"{"reqId":"req-1","statusCode":401,"message":"This identity auth method is temporarily locked, please try again later","error":"UnauthorizedError"}"#,
                false,
                Unauthenticated,
                Nothing,
            ),
            (
                Login,
                429,
                r#"{"reqId":"req-1","statusCode":429,"message":"Failed to acquire lock: rate limit exceeded","error":"RateLimitExceeded"}"#,
                false,
                RateLimited,
                Retry,
            ),
            (
                List,
                504,
                r#"{"reqId":"req-1","statusCode":504,"message":"x","error":"GatewayTimeoutError"}"#,
                false,
                Unavailable,
                Retry,
            ),
        ] {
            assert_verdict((operation, status, body, waits), kind, remedy);
        }
    }

    #[test]
    fn a_list_of_folders_tells_an_unknown_environment_from_an_unknown_project() {
        for (message, kind) in [
            ("Environment not found", NotFound(Missing::Unknown)),
            ("Project with ID 'p' not found", Invalid),
        ] {
            let body = format!(r#"{{"statusCode":404,"message":"{message}","error":"NotFound"}}"#);
            assert_verdict((Operation::Folders, 404, &body, false), kind, Nothing);
        }
    }

    #[test]
    fn answers_that_are_not_infisicals_are_judged_by_their_status() {
        let page = "<html>an error page</html>";
        for (status, waits, kind, remedy) in [
            (302, false, Protocol, Nothing),
            (401, false, Unauthenticated, NewToken),
            (403, false, Denied, Nothing),
            (404, false, Protocol, Nothing),
            (408, false, Unavailable, Retry),
            (502, false, Unavailable, Retry),
            (503, true, RateLimited, Retry),
            (418, false, Invalid, Nothing),
            (999, false, Protocol, Nothing),
        ] {
            assert_verdict((Operation::List, status, page, waits), kind, remedy);
        }
    }
}
