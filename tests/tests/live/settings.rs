//! Which server to ask, and as whom.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use infisical_fake::Fake;

const ENVIRONMENT: &str = "dev";

/// Says which server to ask, as whom, and what is this run's own.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) project: String,
    pub(crate) environment: String,
    /// Part of each value that is written, so that a value that is printed is found.
    pub(crate) mark: String,
    /// The name of the folder that everything is made in.
    pub(crate) folder: String,
}

impl Settings {
    /// Reads the variables; `None` where no server is named.
    pub(crate) fn from_env() -> Option<Self> {
        let variable = |name: &str| {
            let text = std::env::var(format!("INFISICAL_LIVE_{name}")).unwrap_or_default();
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let url = variable("URL")?;
        let url = url.trim_end_matches('/').trim_end_matches("/api");
        Some(Self {
            url: url.to_owned(),
            client_id: variable("CLIENT_ID").unwrap_or_default(),
            client_secret: variable("CLIENT_SECRET").unwrap_or_default(),
            project: variable("PROJECT_ID").unwrap_or_default(),
            environment: variable("ENVIRONMENT").unwrap_or_else(|| ENVIRONMENT.to_owned()),
            mark: mark(),
            folder: folder(),
        })
    }

    /// Names a fake instead.
    pub(crate) fn of(fake: &Fake) -> Self {
        Self {
            url: fake.url(),
            client_id: fake.client_id(),
            client_secret: fake.client_secret(),
            project: fake.project_id(),
            environment: ENVIRONMENT.to_owned(),
            mark: mark(),
            folder: folder(),
        }
    }

    /// Names a fake that is to be asked just what another server is asked.
    pub(crate) fn imitating(&self, fake: &Fake) -> Self {
        Self {
            environment: self.environment.clone(),
            mark: self.mark.clone(),
            folder: self.folder.clone(),
            ..Self::of(fake)
        }
    }
}

/// Makes a text that appears nowhere else.
fn mark() -> String {
    let half = || RandomState::new().hash_one("mark");
    format!("{:016x}{:016x}", half(), half())
}

/// Makes a name that tells when it was made, for whoever finds one left behind.
fn folder() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = now.unwrap_or_default().as_micros();
    format!("keyfob-live-{micros}-{}", std::process::id())
}
