//! [`StaleWarning`]: says that stale values are served, often enough and no oftener.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secret_source::{FolderAddress, LogNames, SecretAddress};
use tracing::warn;

/// How often one folder is warned about.
const INTERVAL: Duration = Duration::from_secs(60);

/// Warns at once when a stale value is served, then once a minute per folder with a count.
#[derive(Debug, Default)]
pub(crate) struct StaleWarning {
    folders: Mutex<HashMap<FolderAddress, Said>>,
}

#[derive(Debug)]
struct Said {
    at: Duration,
    served_since: u64,
}

impl StaleWarning {
    /// Notes that a value of this age was served, and warns if it is time to.
    pub(crate) fn served(
        &self,
        address: &SecretAddress,
        age: Duration,
        now: Duration,
        names: LogNames,
    ) {
        let folder = address.folder_address();
        if let Some(served) = self.due(&folder, now) {
            warn!(
                folder = %names.folder(&folder),
                age_seconds = age.as_secs(),
                served,
                "the source fails, so stale secrets are served"
            );
        }
    }

    /// Returns how many values were served since the last warning, if the next one is due.
    fn due(&self, folder: &FolderAddress, now: Duration) -> Option<u64> {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        match folders.get_mut(folder) {
            Some(said) if now < said.at + INTERVAL => {
                said.served_since += 1;
                None
            }
            Some(said) => {
                let served = said.served_since + 1;
                *said = Said {
                    at: now,
                    served_since: 0,
                };
                Some(served)
            }
            None => {
                // Folders that recovered long ago make room.
                folders.retain(|_, said| now < said.at + 10 * INTERVAL);
                folders.insert(
                    folder.clone(),
                    Said {
                        at: now,
                        served_since: 0,
                    },
                );
                Some(1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_folder_is_warned_about_at_once_and_then_once_a_minute_with_a_count() {
        let warning = StaleWarning::default();
        let folder = |path: &str| FolderAddress::new("infisical", "prod", &path.parse().unwrap());
        let (db, mail) = (folder("/db"), folder("/mail"));
        let second = Duration::from_secs(1);
        assert_eq!(warning.due(&db, second), Some(1));
        assert_eq!(warning.due(&db, second * 2), None);
        assert_eq!(warning.due(&mail, second * 2), Some(1));
        assert_eq!(warning.due(&db, second * 60), None);
        assert_eq!(warning.due(&db, second * 61), Some(3));
        assert_eq!(warning.due(&db, second * 62), None);
    }
}
