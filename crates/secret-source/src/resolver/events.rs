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
        Err(failure) => {
            let (kind, reason) = (failure.kind().as_str(), reason(failure, names));
            if failure.kind().is_not_found() {
                warn!(%secret, kind, reason, %correlation, "secret is missing");
            } else {
                error!(%secret, kind, reason, %correlation, "secret look-up failed");
            }
        }
    }
}

/// Logs one answer of a renewal. Whoever renews says what came of it as a whole.
pub(super) fn renewed(
    address: &SecretAddress,
    answer: &Result<Option<Secret>, SecretError>,
    names: LogNames,
    correlation: CorrelationId,
) {
    let secret = names.address(address);
    match answer {
        Ok(found) => {
            let source = found.as_ref().map(Secret::answered_by);
            debug!(%secret, source, %correlation, "secret renewed");
        }
        Err(failure) => {
            let (kind, reason) = (failure.kind().as_str(), reason(failure, names));
            debug!(%secret, kind, reason, %correlation, "secret could not be renewed");
        }
    }
}

/// Logs a reference of a renewal that has no address.
pub(super) fn renewal_refused(failure: &SecretError, names: LogNames) {
    let (kind, reason) = (failure.kind().as_str(), reason(failure, names));
    let correlation = failure.correlation_id();
    debug!(kind, reason, %correlation, "reference is refused");
}

/// Logs a reference that has no address: nothing was asked.
pub(super) fn unaddressed(failure: &SecretError, names: LogNames) {
    let (kind, reason) = (failure.kind().as_str(), reason(failure, names));
    let correlation = failure.correlation_id();
    error!(kind, reason, %correlation, "reference is refused");
}

// A message may name the secret, and so is shown where names are.
fn reason(failure: &SecretError, names: LogNames) -> Option<&str> {
    (names == LogNames::Full).then(|| failure.message())
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
