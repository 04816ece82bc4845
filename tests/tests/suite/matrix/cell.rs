//! One read, on one era, in one way.

use std::fmt;
use std::time::Duration;

use infisical_fake::{Era, Fake, Route, Seed};
use infisical_http::Infisical;
use keyfob::SecretString;
use secret_ref::{FolderPath, SecretType};
use secret_source::{
    ErrorKind, ExposeSecret, FolderAddress, Missing, Secret, SecretAddress, SecretError,
    SecretSource,
};

use super::scenario::{Project, Scenario};

/// Names the request that a secret is read by: the client lists a folder when two of its secrets are asked
/// for, and looks a single one up by its name.
///
/// Versions and personal values are looked up by name, and names that no path has room for are listed,
/// however many are asked for.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    List,
    Get,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "list",
            Self::Get => "get",
        })
    }
}

/// Plays a scenario and says what came of it.
pub(crate) async fn read(scenario: &Scenario, era: Era, way: Way) -> String {
    let seed = Seed::new()
        .project("matrix")
        .secret("dev", "/warm", "UP", "warm");
    let seed = (scenario.seed)(seed);
    let server = Fake::builder().era(era).seed(seed).start().await.unwrap();
    let project = match scenario.project {
        Project::Id => server.project_id(),
        Project::Slug => server.project_slug(),
        Project::Unknown => "00000000-0000-4000-8000-000000000000".to_owned(),
    };
    let client = Infisical::builder(&server.url());
    let client = if scenario.is_user {
        client.token(server.issue_user_token())
    } else {
        let secret = SecretString::from(server.client_secret());
        client.universal_auth(server.client_id(), secret)
    };
    let client = client
        .project(project)
        .retry_delay(Duration::ZERO)
        .build()
        .unwrap();
    if let Some(edit) = scenario.edit {
        let warm = FolderAddress::new("infisical", "dev", &FolderPath::parse("/warm").unwrap());
        client.get(&warm.secret("UP")).await.unwrap();
        edit(&server);
    }
    let mut asked = vec![scenario.address()];
    if let Way::List = way {
        asked.push(scenario.folder().secret("ANOTHER"));
        if scenario.in_tree {
            asked.extend(beside(scenario));
        }
    }
    server.reset_counts();
    let answers = client.get_many(&asked).await;
    assert_was_read(scenario, era, way, &server);
    outcome(answers.into_iter().next().unwrap())
}

/// Names secrets of more folders than would be listed one by one.
fn beside(scenario: &Scenario) -> impl Iterator<Item = SecretAddress> {
    let folders = (0..12).map(|number| FolderPath::parse(&format!("/app/{number}")).unwrap());
    folders.map(|path| FolderAddress::new("infisical", scenario.environment, &path).secret("X"))
}

/// Asserts that the column says what was sent: the first read of a list is one, and a look-up by name asks for
/// the name. What follows it, such as a second look, is the client's affair.
fn assert_was_read(scenario: &Scenario, era: Era, way: Way, server: &Fake) {
    let reads: Vec<_> = server
        .requests()
        .into_iter()
        .filter(|request| matches!(request.route(), Route::List | Route::Get))
        .collect();
    let has = |route| reads.iter().any(|request| request.route() == route);
    let by_name = scenario.version.is_some() || scenario.secret_type != SecretType::Shared;
    let is_right = match way {
        Way::Get if scenario.key.len() > 100 => !has(Route::Get),
        Way::Get => reads
            .first()
            .is_some_and(|first| first.route() == Route::Get),
        Way::List if scenario.in_tree => reads
            .first()
            .is_some_and(|first| first.query("recursive") == Some("true")),
        Way::List if by_name => has(Route::Get) && has(Route::List),
        Way::List => reads
            .first()
            .is_some_and(|first| first.route() == Route::List),
    };
    assert!(is_right, "{}, {era} {way}: {reads:?}", scenario.name);
}

/// Writes an outcome as scenarios and the table do: a value in quotes, its length if it is long, or what a
/// look-up failed of.
fn outcome(answer: Result<Secret, SecretError>) -> String {
    match answer {
        Ok(secret) => {
            let value = secret.value().expose_secret();
            let mark = if secret.is_unexpanded() {
                ", unexpanded"
            } else {
                ""
            };
            match value.len() {
                0..=40 => format!("{value:?}{mark}"),
                length => format!("{length} bytes{mark}"),
            }
        }
        Err(error) => match error.kind() {
            ErrorKind::NotFound(Missing::Secret) => "no secret".to_owned(),
            ErrorKind::NotFound(Missing::Folder) => "no folder".to_owned(),
            ErrorKind::NotFound(_) => "not found".to_owned(),
            kind => kind.as_str().to_owned(),
        },
    }
}
