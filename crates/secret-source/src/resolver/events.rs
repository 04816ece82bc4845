//! The log event of each answer, at the level that its outcome deserves.

use tracing::{debug, error, info, warn};

use crate::{CorrelationId, LogNames, Secret, SecretAddress, SecretError, Summary};

/// Logs one answer. Layers that degrade an answer warn about it themselves.
pub(super) fn answer(
    address: &SecretAddress,
    answer: &Result<Option<Secret>, SecretError>,
    names: LogNames,
    correlation: CorrelationId,
) {
    let secret = names.address(address);
    match answer {
        Ok(Some(found)) => {
            let source = found.answered_by();
            let version = found.version();
            match source {
                "cache" | "stale" | "default" => {
                    debug!(%secret, source, version, %correlation, "secret answered");
                }
                _ => info!(%secret, source, version, %correlation, "secret answered"),
            }
        }
        Ok(None) => debug!(%secret, %correlation, "optional secret is missing and left out"),
        Err(failure) if failure.kind().is_not_found() => {
            warn!(%secret, kind = failure.kind().as_str(), %correlation, "secret is missing");
        }
        Err(failure) => {
            error!(%secret, kind = failure.kind().as_str(), %correlation, "secret look-up failed");
        }
    }
}

pub(super) fn batch(summary: Summary, correlation: CorrelationId) {
    let Summary {
        cached,
        fetched,
        stale,
        failed,
    } = summary;
    debug!(cached, fetched, stale, failed, %correlation, "batch answered");
}
