//! The snapshot of the stack's own cache, from settings.

use secret_cache::SnapshotError;
use secret_snapshot::{FileSnapshot, SnapshotKey};

use crate::settings::{Fault, Settings};

const PATH: &str = "KEYFOB_SNAPSHOT";
const KEY_FILE: &str = "KEYFOB_SNAPSHOT_KEY_FILE";

/// Makes the snapshot that the settings ask for, which belongs to their server and project.
///
/// A key without a snapshot, or the other way round, is half a setting, and never what was meant.
pub(crate) fn snapshot(
    settings: &Settings,
    key: Option<SnapshotKey>,
) -> Result<Option<FileSnapshot>, Vec<Fault>> {
    if settings.enabled == Some(false) {
        return Ok(None);
    }
    let key_file = settings.snapshot_key_file.as_ref();
    let (path, key) = match (&settings.snapshot, key, key_file) {
        (None, None, None) => return Ok(None),
        (_, Some(_), Some(_)) => {
            let fault = Fault::new("snapshot_key_file", "two keys of the snapshot are given");
            return Err(vec![fault.hint_at("give the file or the key, not both")]);
        }
        (Some(_), None, None) => {
            let fault = Fault::new("snapshot_key_file", "a snapshot is set, and no key for it");
            return Err(vec![fault.at(KEY_FILE).hint_at(format!(
                "make a key with `openssl rand -out snapshot.key 32`, `chmod 600` it, and set {KEY_FILE} to its path"
            ))]);
        }
        (None, ..) => {
            let fault = Fault::new("snapshot", "a key for a snapshot is set, and no snapshot");
            return Err(vec![fault.at(PATH).hint_at(format!(
                "set {PATH} to the file that is to hold it, or remove the key"
            ))]);
        }
        (Some(path), Some(key), None) => (path, key),
        (Some(path), None, Some(file)) => {
            let key = SnapshotKey::from_file(file).map_err(|error| vec![unusable(&error)])?;
            (path, key)
        }
    };
    if settings.cache_ttl.is_zero() {
        tracing::warn!("the snapshot is not used, since the cache is off (INFISICAL_CACHE_TTL)");
    }
    let server = settings.address.as_ref().map(ToString::to_string);
    let snapshot = FileSnapshot::new(path, key)
        .server(&server.unwrap_or_default())
        .project(settings.project.as_deref().unwrap_or_default())
        .max_age(settings.snapshot_max_age);
    Ok(Some(snapshot))
}

fn unusable(error: &SnapshotError) -> Fault {
    let fault = Fault::new("snapshot_key_file", error.to_string()).at(KEY_FILE);
    match error.hint() {
        Some(hint) => fault.hint_at(hint),
        None => fault,
    }
}
