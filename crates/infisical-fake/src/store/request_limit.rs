//! A limit on requests, as servers count them.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::era::Era;
use crate::http::route::{Endpoint, Route};
use crate::http::tree_call::TreeCall;
use crate::store::state::Caller;

/// How long a window lasts. It begins with its first request.
const WINDOW: Duration = Duration::from_secs(60);

/// Counts the requests of each caller, in windows of one minute.
///
/// Real servers count for each client address; here all come from one, and the identity stands for it.
pub(crate) struct RequestLimit {
    per_minute: u64,
    windows: HashMap<(usize, Bucket), Window>,
}

/// Names what is counted together.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Bucket {
    Lists,
    Gets,
    Folders,
    Projects,
    Secrets,
    Reads,
    Writes,
}

struct Window {
    began: Instant,
    requests: u64,
}

/// Says where a caller stands after a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Allowance {
    pub(crate) limit: u64,
    pub(crate) remaining: u64,
    /// In whole seconds, rounded up.
    pub(crate) reset: u64,
    pub(crate) is_refused: bool,
}

impl RequestLimit {
    pub(crate) fn new(per_minute: u64) -> Self {
        Self {
            per_minute,
            windows: HashMap::new(),
        }
    }

    /// Counts a request, unless nothing limits calls of its kind. One that is refused is not counted, so it
    /// prolongs nothing.
    pub(crate) fn count(
        &mut self,
        era: Era,
        caller: Caller,
        endpoint: &Endpoint,
    ) -> Option<Allowance> {
        let bucket = Bucket::of(era, endpoint)?;
        let now = Instant::now();
        let new = || Window {
            began: now,
            requests: 0,
        };
        let window = self.windows.entry((caller.0, bucket)).or_insert_with(new);
        if now >= window.began + WINDOW {
            *window = new();
        }
        let is_refused = window.requests >= self.per_minute;
        if !is_refused {
            window.requests += 1;
        }
        let left = window.began + WINDOW - now;
        Some(Allowance {
            limit: self.per_minute,
            remaining: self.per_minute - window.requests,
            reset: left.as_millis().div_ceil(1_000).try_into().unwrap_or(60),
            is_refused,
        })
    }
}

impl Bucket {
    /// Tells what a call is counted with: on a server of 2024 each route has a window of its own; current ones
    /// count secrets, folders and imports together.
    fn of(era: Era, endpoint: &Endpoint) -> Option<Self> {
        let is_old = era == Era::V2024;
        Some(match endpoint {
            Endpoint::Workspace(_) | Endpoint::WorkspaceBySlug(_) if is_old => Self::Projects,
            Endpoint::Workspace(_) | Endpoint::WorkspaceBySlug(_) => Self::Reads,
            Endpoint::Tree { call, .. } if !is_old => match call {
                TreeCall::ListFolders | TreeCall::ShowFolder(_) | TreeCall::ListImports => {
                    Self::Reads
                }
                _ => Self::Secrets,
            },
            Endpoint::Tree { .. } => Self::Folders,
            _ => match (endpoint.route(), is_old) {
                (Route::Login | Route::Other | Route::Any, _) => return None,
                (_, false) => Self::Secrets,
                (Route::List, true) => Self::Lists,
                (Route::Get, true) => Self::Gets,
                (Route::Write, true) => Self::Writes,
            },
        })
    }
}
