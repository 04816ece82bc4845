//! A record of one request that came in.

use crate::http::call::Call;
use crate::http::query::Query;
use crate::http::route::Route;

/// Records what was asked, without bodies and tokens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    method: String,
    path: String,
    query: Query,
    route: Route,
    authorized: bool,
    foreign: bool,
}

impl Request {
    pub(crate) fn of(call: &Call, route: Route, foreign: bool) -> Self {
        Self {
            method: call.method.clone(),
            path: call.path.clone(),
            query: call.query.clone(),
            route,
            authorized: call.authorization.is_some(),
            foreign,
        }
    }

    /// Gives the method, in capitals.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Gives the path as it was sent, still percent-encoded, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Gives the decoded value of a query parameter: the first, if it was sent more than once.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.first(name)
    }

    /// Gives the folder that the query names (`secretPath`, or `path` where folders are listed).
    #[must_use]
    pub fn folder(&self) -> Option<&str> {
        self.query("secretPath").or_else(|| self.query("path"))
    }

    /// Gives the environment that the query names.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        self.query("environment")
    }

    /// Tells which kind of request it was taken for.
    #[must_use]
    pub fn route(&self) -> Route {
        self.route
    }

    /// Tells whether an `Authorization` header came with it.
    #[must_use]
    pub fn is_authorized(&self) -> bool {
        self.authorized
    }

    /// Tells whether it came with a client id, or a token, that was never this server's.
    ///
    /// A client that speaks to several servers must never show one what belongs to another; the answer
    /// alone, 401, would not tell that from credentials that are no longer good.
    #[must_use]
    pub fn has_foreign_credentials(&self) -> bool {
        self.foreign
    }
}
