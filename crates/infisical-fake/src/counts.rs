//! How often the fake was asked.

use crate::http::route::Route;

/// Counts requests since the start, or since the last reset.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Counts {
    /// Logins, refused ones included.
    pub logins: u64,
    /// Lists of secrets.
    pub lists: u64,
    /// Look-ups of a single secret.
    pub gets: u64,
    /// Creations, changes and deletions of secrets.
    pub writes: u64,
    /// Everything else: status, folders, projects, token calls, unknown routes.
    pub other: u64,
    /// All requests.
    pub total: u64,
    /// TCP connections that were accepted.
    pub connections: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, route: Route) {
        self.total += 1;
        match route {
            Route::Login => self.logins += 1,
            Route::List => self.lists += 1,
            Route::Get => self.gets += 1,
            Route::Write => self.writes += 1,
            Route::Other | Route::Any => self.other += 1,
        }
    }
}
