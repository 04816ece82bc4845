//! The table of verdicts, row by row, on answers as servers give them.

use ErrorKind::{Denied, Invalid, NotFound, Protocol, RateLimited, Unauthenticated, Unavailable};
use Operation::{Create, CreateFolder, Delete, Folders, Get, List, Login, Project, Tree, Update};

use super::Remedy::{NewToken, Nothing, OlderDialect, OneByOne, ProbeEnvironment, Retry};
use super::*;

/// An answer, and what it answers.
struct Answer {
    operation: Operation,
    status: u16,
    body: String,
    asks_to_wait: bool,
}

/// An answer of a server of 2024, which has no request id.
fn old(operation: Operation, status: u16, error: &str, message: &str) -> Answer {
    let body = format!(r#"{{"statusCode":{status},"message":"{message}","error":"{error}"}}"#);
    Answer::new(operation, status, body)
}

/// An answer of a current server.
fn current(operation: Operation, status: u16, error: &str, message: &str) -> Answer {
    let body = format!(
        r#"{{"reqId":"req-1","statusCode":{status},"message":"{message}","error":"{error}"}}"#
    );
    Answer::new(operation, status, body)
}

/// An answer that lists what violates the schema.
fn issues(operation: Operation, status: u16) -> Answer {
    let body = format!(
        r#"{{"statusCode":{status},"message":[{{"code":"custom","path":["x"]}}],"error":"ValidationFailure"}}"#
    );
    Answer::new(operation, status, body)
}

impl Answer {
    fn new(operation: Operation, status: u16, body: String) -> Self {
        Self {
            operation,
            status,
            body,
            asks_to_wait: false,
        }
    }

    fn asking_to_wait(self) -> Self {
        Self {
            asks_to_wait: true,
            ..self
        }
    }

    #[track_caller]
    fn means(&self, kind: ErrorKind, remedy: Remedy) {
        let envelope = Envelope::read(self.body.as_bytes());
        let judged = verdict(
            self.operation,
            self.status,
            envelope.as_ref(),
            self.asks_to_wait,
        );
        assert_eq!(
            judged,
            Verdict { kind, remedy },
            "{:?} {} {}",
            self.operation,
            self.status,
            self.body
        );
    }
}

const WRONG: &str = "Something went wrong";
const SECRET: ErrorKind = NotFound(Missing::Secret);
const PLACE: ErrorKind = NotFound(Missing::Unknown);

#[test]
fn a_route_that_a_server_does_not_have_is_asked_for_in_the_older_dialect() {
    let body = r#"{"message":"Route GET:/api/v4/secrets?x=y not found","error":"Not Found","statusCode":404}"#;
    Answer::new(List, 404, body.to_owned()).means(Invalid, OlderDialect);
}

// Words as recorded with a server of October 2024; the order is that of the table.
#[test]
fn answers_of_an_old_server_are_understood() {
    const NO_TTL: &str = "Failed to renew MI access token due to TTL expiration";
    const NO_USES: &str = "Unable to renew because access token number of uses limit reached";
    const NO_MEMBER: &str = "Identity is not a member of the specified project";
    const NO_REFERENCE: &str = "You are attempting to reference secret named DB_HOST from environment prod in path /shared/db which you do not have access to.";
    const NO_PROJECT: &str =
        "Project not found during bot lookup. Are you sure you are using the correct project ID?";
    const NO_FOLDER: &str = "Folder not found for the given environment slug & secret path";
    const NO_CLIENT: &str = "No identity with specified client ID was found";
    let unauthorized = |message| old(List, 401, "UnauthorizedError", message);
    let expired = "Your token has expired. Please re-authenticate.";

    old(List, 500, "InternalServerError", WRONG)
        .asking_to_wait()
        .means(RateLimited, Retry);
    old(Project, 500, "Failed to find project by slug", WRONG).means(Invalid, Nothing);
    old(Project, 500, "Find project by slug", WRONG).means(Invalid, Nothing);
    old(List, 500, "Find by secret path", WRONG).means(Unavailable, Retry);
    old(Login, 500, "InternalServerError", WRONG).means(Unavailable, Retry);

    old(Login, 401, "UnauthorizedError", "Invalid credentials").means(Unauthenticated, Nothing);
    old(Login, 404, "NotFound", NO_CLIENT).means(Unauthenticated, Nothing);
    issues(Login, 401).means(Unauthenticated, Nothing);

    issues(List, 401).means(Invalid, Nothing);
    unauthorized("Token missing").means(Unauthenticated, NewToken);
    unauthorized(NO_TTL).means(Unauthenticated, NewToken);
    unauthorized("No identity access token found").means(Unauthenticated, NewToken);
    unauthorized(NO_USES).means(Unauthenticated, NewToken);

    old(List, 403, "TokenError", expired).means(Unauthenticated, NewToken);
    old(List, 403, "TokenError", "invalid signature").means(Unauthenticated, NewToken);
    old(
        List,
        403,
        "PermissionDenied",
        "You are not allowed to read on secrets",
    )
    .means(Denied, Nothing);
    old(
        List,
        403,
        NO_MEMBER,
        "You are not allowed to access this resource",
    )
    .means(Denied, Nothing);
    old(Get, 403, "ForbiddenError", NO_REFERENCE).means(Denied, Nothing);

    old(List, 404, "NotFound", NO_PROJECT).means(Invalid, Nothing);
    old(
        List,
        404,
        "NotFound",
        "Bot not found. Please ask admin user to login",
    )
    .means(Invalid, Nothing);
    old(List, 404, "NotFound", "Service token not found").means(Unauthenticated, Nothing);
    old(Get, 404, "NotFound", "Secret not found").means(SECRET, Nothing);
    old(Get, 404, "Create secret", NO_FOLDER).means(PLACE, ProbeEnvironment);
    old(
        List,
        400,
        "BadRequest",
        "Missing workspace id or environment",
    )
    .means(Invalid, Nothing);
}

#[test]
fn answers_of_current_servers_are_understood() {
    const TOO_MANY: &str = "Rate limit exceeded. Please try again in 35 seconds";
    const NO_PATH: &str = "Folder with path '/x' in environment 'dev' was not found. Please ensure the environment slug and secret path is correct.";
    const NO_REFERENCE: &str = "Failed to expand one or more secret references";
    const LOCKED: &str = "This identity auth method is temporarily locked, please try again later";
    const NO_LOCK: &str = "Failed to acquire lock: rate limit exceeded";

    current(List, 429, "RateLimitExceeded", TOO_MANY)
        .asking_to_wait()
        .means(RateLimited, Retry);
    current(Login, 429, "RateLimitExceeded", NO_LOCK).means(RateLimited, Retry);
    current(List, 504, "GatewayTimeoutError", "x").means(Unavailable, Retry);
    current(Login, 401, "UnauthorizedError", LOCKED).means(Unauthenticated, Nothing);

    current(List, 403, "ForbiddenError", NO_REFERENCE).means(Denied, OneByOne);
    current(Get, 403, "ForbiddenError", NO_REFERENCE).means(Denied, Nothing);

    current(Get, 404, "NotFound", "Project with p not found").means(Invalid, Nothing);
    current(Project, 404, "NotFound", "not here").means(Invalid, Nothing);
    current(Get, 404, "NotFound", "Secret with name 'X' not found").means(SECRET, Nothing);
    current(List, 404, "SecretPathNotFound", NO_PATH).means(PLACE, ProbeEnvironment);
    let no_path = "Folder with path '/x' not found";
    current(Get, 404, "GetSecretByName", no_path).means(PLACE, ProbeEnvironment);
    issues(List, 422).means(Invalid, Nothing);
}

#[test]
fn a_list_of_folders_tells_an_unknown_environment_from_an_unknown_project() {
    old(Folders, 404, "NotFound", "Environment not found").means(PLACE, Nothing);
    old(Folders, 404, "NotFound", "Project with ID 'p' not found").means(Invalid, Nothing);
}

#[test]
fn refusals_of_writes_are_understood() {
    let refused = |operation, status, message| old(operation, status, "E", message);
    for message in [
        "Secret already exist",
        "Secret already exist: B1",
        "Secret already exists",
    ] {
        refused(Create, 400, message).means(Invalid, Remedy::Update);
    }
    refused(Create, 400, "Must be user to create personal secret").means(Invalid, Nothing);
    refused(Update, 400, "Secret already exist").means(Invalid, Nothing);

    refused(Update, 404, "Secret not found").means(SECRET, Nothing);
    refused(Update, 404, "Secret with name 'X' not found").means(SECRET, Nothing);
    refused(Update, 404, "Secret does not exist: B1").means(SECRET, Nothing);
    refused(Delete, 404, "One or more secrets does not exist: B1").means(SECRET, Nothing);
    refused(Delete, 404, "Secret not found").means(SECRET, Nothing);

    let no_folder = "Folder not found for the given environment slug & secret path";
    refused(Update, 404, "Folder with path '/x' not found").means(PLACE, ProbeEnvironment);
    refused(Create, 404, no_folder).means(PLACE, ProbeEnvironment);
    refused(Create, 404, "Project not found during bot lookup").means(Invalid, Nothing);
    refused(CreateFolder, 404, "Environment not found").means(Invalid, Nothing);
    refused(CreateFolder, 400, "Folder already exists").means(Invalid, Nothing);
}

#[test]
fn answers_that_are_not_infisicals_are_judged_by_their_status() {
    let page = |status| Answer::new(List, status, "<html>an error page</html>".to_owned());
    page(302).means(Protocol, Nothing);
    page(304).means(Protocol, Remedy::OnceMore);
    Answer::new(Create, 304, String::new()).means(Protocol, Nothing);
    page(401).means(Unauthenticated, NewToken);
    page(400).means(Protocol, Nothing);
    page(403).means(Protocol, Nothing);
    Answer::new(Get, 403, String::new()).means(Protocol, Nothing);
    page(404).means(Protocol, Nothing);
    page(408).means(Unavailable, Retry);
    page(502).means(Unavailable, Retry);
    page(503).asking_to_wait().means(RateLimited, Retry);
    page(418).means(Invalid, Nothing);
    page(999).means(Protocol, Nothing);
}

#[test]
fn only_of_a_recursive_list_does_a_500_of_2024_say_that_the_environment_may_be_wrong() {
    let error = "InternalServerError";
    old(Tree, 500, error, WRONG).means(Unavailable, ProbeEnvironment);
    old(Tree, 500, error, WRONG)
        .asking_to_wait()
        .means(RateLimited, Retry);
    old(List, 500, error, WRONG).means(Unavailable, Retry);
    old(Tree, 502, error, WRONG).means(Unavailable, Retry);
    current(Tree, 500, error, WRONG).means(Unavailable, Retry);
    Answer::new(Tree, 500, "<html>".to_owned()).means(Unavailable, Retry);
}
