//! Universal auth: login, the bearer check, and the token calls.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::answer::refusal::{self, Refusal};
use crate::answer::validation::Issues;
use crate::api::machine_login;
use crate::http::call::Call;
use crate::store::state::{Account, Caller, State};
use crate::store::token::{self, Issued};

/// How many failed logins lock an identity, how soon a failure is forgotten, and how long a lock lasts: the
/// defaults of current servers.
const LOCKOUT_FAILURES: u32 = 3;
const LOCKOUT_MEMORY: Duration = Duration::from_secs(30);
const LOCKOUT: Duration = Duration::from_secs(300);

pub(crate) const LOCKED: &str =
    "This identity auth method is temporarily locked, please try again later";

/// Finds who asks. A header that is there must be good, even where none is needed.
pub(crate) fn caller(state: &mut State, call: &Call) -> Result<Option<Caller>, Refusal> {
    let Some(header) = &call.authorization else {
        return Ok(None);
    };
    // Servers cut `Bearer ` off without looking at it.
    let token: String = header.chars().skip("Bearer ".len()).collect();
    if token.starts_with("st.") {
        return Err(refusal::not_found("Service token not found"));
    }
    token::verify(state, &token).map(Some)
}

/// Refuses a call without a token.
pub(crate) fn required(caller: Option<Caller>, call: &Call) -> Result<Caller, Refusal> {
    caller.ok_or_else(|| {
        refusal::unauthorized(if call.has_api_key {
            "You are not allowed to access this resource"
        } else {
            "Token missing"
        })
    })
}

/// Logs in with client id and client secret.
pub(crate) fn login(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let body = call.body()?;
    let mut issues = Issues::default();
    let client_id = issues.field(&body, "clientId");
    let client_secret = issues.field(&body, "clientSecret");
    issues.finish(state.era)?;

    let known = |account: &Account| account.identity.client_id == client_id;
    let Some(index) = state.accounts.iter().position(known) else {
        return Err(refusal::unknown_client(state.era));
    };
    let locks_out = state.era.locks_out();
    let account = &mut state.accounts[index];
    if locks_out && account.is_locked() {
        return Err(refusal::unauthorized(LOCKED));
    }
    if account.secret_gone || account.identity.client_secret != client_secret {
        if locks_out {
            account.count_failure();
        }
        return Err(refusal::unauthorized("Invalid credentials"));
    }
    account.use_secret()?;
    machine_login::organization(state, index, &body)?;
    Ok(issued(token::issue(state, index)))
}

/// Renews the token in the body.
pub(crate) fn renew(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let token = token_in_body(state, call)?;
    token::renew(state, &token).map(issued)
}

/// Revokes the token in the body.
pub(crate) fn revoke(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let token = token_in_body(state, call)?;
    token::revoke(state, &token)?;
    Ok(json!({ "message": "Successfully revoked access token" }))
}

fn token_in_body(state: &State, call: &Call) -> Result<String, Refusal> {
    let body = call.body()?;
    let mut issues = Issues::default();
    let token = issues.field(&body, "accessToken").to_owned();
    issues.finish(state.era)?;
    Ok(token)
}

pub(crate) fn issued(issued: Issued) -> Value {
    json!({
        "accessToken": issued.text,
        "expiresIn": issued.ttl.as_secs(),
        "accessTokenMaxTTL": issued.max_ttl.as_secs(),
        "tokenType": "Bearer",
    })
}

impl Account {
    pub(crate) fn is_locked(&self) -> bool {
        self.locked_until
            .is_some_and(|until| Instant::now() < until)
    }

    pub(crate) fn count_failure(&mut self) {
        let now = Instant::now();
        let is_recent = |failure: Instant| now.duration_since(failure) < LOCKOUT_MEMORY;
        self.failures = if self.last_failure.is_some_and(is_recent) {
            self.failures + 1
        } else {
            1
        };
        self.last_failure = Some(now);
        if self.failures >= LOCKOUT_FAILURES {
            self.locked_until = Some(now + LOCKOUT);
            self.failures = 0;
        }
    }

    /// Counts a login against the client secret's limit: the first one over it also removes the secret.
    fn use_secret(&mut self) -> Result<(), Refusal> {
        let limit = self.identity.client_secret_uses;
        if limit.is_some_and(|limit| self.secret_uses >= limit) {
            self.secret_gone = true;
            return Err(refusal::unauthorized(
                "Access denied due to client secret usage limit reached",
            ));
        }
        self.secret_uses += 1;
        self.failures = 0;
        Ok(())
    }
}
