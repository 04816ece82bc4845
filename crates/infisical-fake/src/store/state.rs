//! Everything the server knows while it runs.

use std::collections::{HashMap, VecDeque};

use tokio::time::Instant;

use crate::answer::refusal::{self, Refusal};
use crate::counts::Counts;
use crate::era::Era;
use crate::faults::fault::{self, Fault};
use crate::http::call::Call;
use crate::http::request::Request;
use crate::http::route::Route;
use crate::seeds::identity::Identity;
use crate::store::id;
use crate::store::project::{Project, is_within};
use crate::store::request_limit::RequestLimit;
use crate::store::short_expansions::ShortExpansions;
use crate::store::token::Token;

/// How many requests the log keeps; the oldest go first.
const LOG: usize = 10_000;

pub(crate) struct State {
    pub(crate) era: Era,
    /// The first one is the default; there is always one.
    pub(crate) projects: Vec<Project>,
    /// The first one is the default; there is always one. The last one is the user, who never logs in.
    pub(crate) accounts: Vec<Account>,
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) tokens_issued: u64,
    pub(crate) denied: Vec<Denial>,
    /// Folders that a change policy guards.
    pub(crate) guarded: Vec<Denial>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) counts: Counts,
    pub(crate) short_expansions: Option<ShortExpansions>,
    pub(crate) request_limit: Option<RequestLimit>,
    log: VecDeque<Request>,
    requests: u64,
}

/// Holds an identity with what happened to its credentials.
pub(crate) struct Account {
    pub(crate) identity: Identity,
    pub(crate) failures: u32,
    pub(crate) last_failure: Option<Instant>,
    pub(crate) locked_until: Option<Instant>,
    pub(crate) secret_uses: u64,
    pub(crate) secret_gone: bool,
}

/// Forbids everyone to read a folder of a project, and what lies below it.
#[derive(PartialEq)]
pub(crate) struct Denial {
    pub(crate) project: String,
    pub(crate) environment: String,
    pub(crate) folder: String,
}

/// Names the identity that asks.
#[derive(Clone, Copy)]
pub(crate) struct Caller(pub(crate) usize);

impl State {
    pub(crate) fn new(era: Era, projects: Vec<Project>, identities: Vec<Identity>) -> Self {
        Self {
            era,
            projects,
            accounts: identities
                .into_iter()
                .chain([Identity::new("the user").read_only()])
                .map(Account::new)
                .collect(),
            tokens: HashMap::new(),
            tokens_issued: 0,
            denied: Vec::new(),
            guarded: Vec::new(),
            faults: Vec::new(),
            counts: Counts::default(),
            short_expansions: None,
            request_limit: None,
            log: VecDeque::new(),
            requests: 0,
        }
    }

    /// Gives the account of the user.
    pub(crate) fn user(&self) -> usize {
        self.accounts.len().saturating_sub(1)
    }

    pub(crate) fn is_user(&self, caller: Caller) -> bool {
        caller.0 == self.user()
    }

    /// Records a request, and gives its id and the fault that applies to it.
    pub(crate) fn begin(&mut self, call: &Call, route: Route) -> (Option<Fault>, String) {
        self.requests += 1;
        self.counts.add(route);
        if self.log.len() == LOG {
            self.log.pop_front();
        }
        let foreign = self.is_foreign(call, route);
        self.log.push_back(Request::of(call, route, foreign));
        (
            fault::take(&mut self.faults, route),
            id::request_id(self.requests),
        )
    }

    /// Tells whether a request's client id or token was never one of this server.
    fn is_foreign(&self, call: &Call, route: Route) -> bool {
        if route == Route::Login {
            let body = call.body().ok();
            let client_id = body.as_ref().and_then(|body| body["clientId"].as_str());
            return client_id.is_some_and(|client_id| {
                let mut accounts = self.accounts.iter();
                !accounts.any(|account| account.identity.client_id == client_id)
            });
        }
        let token = call.authorization.as_deref();
        let token = token.and_then(|header| header.get("Bearer ".len()..));
        token.is_some_and(|token| !self.tokens.contains_key(token))
    }

    pub(crate) fn log(&self) -> Vec<Request> {
        self.log.iter().cloned().collect()
    }

    pub(crate) fn reset_counts(&mut self) {
        self.counts = Counts::default();
        self.log.clear();
    }

    /// Finds a project by id for a caller who is a member of it.
    pub(crate) fn project_by_id(&self, caller: Caller, id: &str) -> Result<&Project, Refusal> {
        let project = self.projects.iter().find(|project| project.id == id);
        let project = project.ok_or_else(|| refusal::unknown_project(self.era, id))?;
        self.admit(caller, project)
    }

    /// Lets only members through.
    pub(crate) fn admit<'a>(
        &self,
        caller: Caller,
        project: &'a Project,
    ) -> Result<&'a Project, Refusal> {
        let is_member = self.identity(caller).is_none_or(|identity| {
            let projects = identity.projects.as_ref();
            projects.is_none_or(|projects| projects.iter().any(|name| project.is_called(name)))
        });
        if is_member {
            Ok(project)
        } else {
            Err(refusal::not_a_member(self.era, &project.id))
        }
    }

    /// Tells whether a caller may read the secrets of a folder, whether or not it exists.
    pub(crate) fn may_read(
        &self,
        caller: Caller,
        project: &Project,
        environment: &str,
        folder: &str,
    ) -> bool {
        let environments = self
            .identity(caller)
            .and_then(|identity| identity.environments.as_ref());
        let allowed = environments.is_none_or(|slugs| slugs.iter().any(|slug| slug == environment));
        allowed
            && !self.denied.iter().any(|denial| {
                denial.project == project.id
                    && denial.environment == environment
                    && is_within(folder, &denial.folder)
            })
    }

    /// Tells whether a caller may write secrets of a folder.
    pub(crate) fn may_write(
        &self,
        caller: Caller,
        project: &Project,
        environment: &str,
        folder: &str,
    ) -> bool {
        let reads_only = self
            .identity(caller)
            .is_some_and(|identity| identity.read_only);
        !reads_only && self.may_read(caller, project, environment, folder)
    }

    fn identity(&self, caller: Caller) -> Option<&Identity> {
        self.accounts.get(caller.0).map(|account| &account.identity)
    }
}

impl Account {
    fn new(identity: Identity) -> Self {
        Self {
            identity,
            failures: 0,
            last_failure: None,
            locked_until: None,
            secret_uses: 0,
            secret_gone: false,
        }
    }
}
