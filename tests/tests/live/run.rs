//! One run: everything is made in one folder, asked, and removed again whatever happened.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use infisical_fake::{Era, Fake, Identity, Seed};

use crate::calls::{Call, calls};
use crate::checks::CHECKS;
use crate::compare::{Difference, differences};
use crate::report::Report;
use crate::scene::{Outcome, Scene};
use crate::server::{Answer, Server};
use crate::settings::Settings;

pub(crate) const ERAS: [Era; 3] = [Era::V2024, Era::V4a, Era::V4b];

/// Where the calls are made that are compared, below the folder of the run.
const CALLS: &str = "calls";

/// Starts a fake to be asked as a live server is.
pub(crate) async fn fake(era: Era, environment: &str) -> Fake {
    let seed = Seed::new().folder(environment, "/");
    let identity = Identity::new("live");
    let builder = Fake::builder().era(era).seed(seed).identity(identity);
    builder.start().await.unwrap()
}

/// Plays all calls on a server and on the fake of each era, and has the client checked.
///
/// # Errors
///
/// Fails where nothing could be begun: then there is nothing to clean up either.
pub(crate) async fn run(settings: Settings) -> Result<Report, String> {
    let server = Server::log_in(settings).await?;
    server.make_folder("/", &server.settings.folder).await?;
    let calls = calls();
    // A panic of the suite itself must not keep it from cleaning up.
    let compared = AssertUnwindSafe(compare(&server, &calls)).catch_unwind();
    let compared = compared
        .await
        .unwrap_or_else(|_| Err("the comparison panicked".to_owned()));
    let checks = check_all(&server).await;
    let clean_up = server.clean_up().await;
    let (eras, trouble) = match compared {
        Ok(eras) => (eras, None),
        Err(trouble) => (Vec::new(), Some(trouble)),
    };
    Ok(Report {
        calls: calls.len(),
        checks,
        eras,
        trouble,
        clean_up,
    })
}

/// Plays the calls on a server and on the fake of each era, and says what differs from each.
///
/// # Errors
///
/// Fails where a call was not answered at all.
pub(crate) async fn compare(
    server: &Server,
    calls: &[Call],
) -> Result<Vec<(Era, Vec<Difference>)>, String> {
    let answers = server.play(calls, CALLS).await?;
    let mut eras = Vec::new();
    for era in ERAS {
        let imitated = imitate(server, era, calls).await?;
        eras.push((era, differences(calls, &answers, &imitated)));
    }
    Ok(eras)
}

async fn imitate(server: &Server, era: Era, calls: &[Call]) -> Result<Vec<Answer>, String> {
    let fake = fake(era, &server.settings.environment).await;
    let imitation = Server::log_in(server.settings.imitating(&fake)).await?;
    let root = &imitation.settings.folder;
    imitation.make_folder("/", root).await?;
    imitation.play(calls, CALLS).await
}

async fn check_all(server: &Server) -> Vec<(&'static str, Outcome)> {
    let scene = match Scene::new(server) {
        Ok(scene) => scene,
        Err(why) => return vec![("a client is built", Err(why))],
    };
    let mut outcomes = Vec::new();
    for check in CHECKS {
        let checked = AssertUnwindSafe((check.run)(&scene)).catch_unwind();
        let outcome = checked
            .await
            .unwrap_or_else(|_| Err("it panicked".to_owned()));
        outcomes.push((check.name, outcome));
    }
    // The token is no use to anyone any more; that it may stay is no failure of the client's.
    let _ = scene.client.revoke().await;
    outcomes
}
