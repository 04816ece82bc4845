//! Access tokens: issuing, checking, renewing.

use std::time::Duration;

use tokio::time::Instant;

use crate::answer::refusal::{self, Refusal};
use crate::era::Era;
use crate::store::id;
use crate::store::state::{Caller, State};

/// `{"alg":"HS256","typ":"JWT"}` in base64url: how every token begins.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Holds what the server knows about a token it issued.
pub(crate) struct Token {
    pub(crate) account: usize,
    created: Instant,
    renewed: Instant,
    ttl: Duration,
    max_ttl: Duration,
    uses_left: Option<u64>,
    status: Status,
}

#[derive(Clone, Copy, PartialEq)]
enum Status {
    Live,
    /// Told to be past its `exp`, whatever the clock says.
    Expired,
    /// Revoked, used up, or over its time and noticed.
    Deleted,
}

/// Holds a token's text and lifetimes, for the answer to a login.
pub(crate) struct Issued {
    pub(crate) text: String,
    pub(crate) ttl: Duration,
    pub(crate) max_ttl: Duration,
}

impl Token {
    pub(crate) fn expire(&mut self) {
        if self.status == Status::Live {
            self.status = Status::Expired;
        }
    }

    pub(crate) fn delete(&mut self) {
        self.status = Status::Deleted;
    }

    /// Checks lifetimes. Old servers put the longest life into the JWT and the TTL into the database, so a
    /// token over its TTL is unknown (401) there, and a bad JWT (403) on current servers.
    fn check_age(&mut self, era: Era) -> Result<(), Refusal> {
        let now = Instant::now();
        // A server looks at the JWT before it looks for the token.
        if self.status == Status::Expired || now >= self.created + self.max_ttl {
            return Err(refusal::expired_token());
        }
        if self.status == Status::Deleted {
            return Err(refusal::unknown_token());
        }
        if now < self.renewed + self.ttl {
            return Ok(());
        }
        if era != Era::V2024 {
            return Err(refusal::expired_token());
        }
        self.delete();
        Err(refusal::unauthorized(
            "Failed to renew MI access token due to TTL expiration",
        ))
    }

    fn count_use(&mut self) -> Result<(), Refusal> {
        match &mut self.uses_left {
            None => Ok(()),
            Some(0) => {
                self.delete();
                Err(refusal::unauthorized(
                    "Unable to renew because access token number of uses limit reached",
                ))
            }
            Some(uses) => {
                *uses -= 1;
                Ok(())
            }
        }
    }
}

/// Issues a token to an account.
pub(crate) fn issue(state: &mut State, account: usize) -> Issued {
    let identity = &state.accounts[account].identity;
    let ttl = identity.token_ttl.unwrap_or(Duration::from_secs(7_200));
    let max_ttl = identity.token_max_ttl.max(ttl);
    let uses_left = identity.token_uses;
    let name = format!("token {} of {}", state.tokens_issued, identity.name);
    let text = format!(
        "{HEADER}.eyJ{}.{}",
        id::hex(&name, 60),
        id::hex(&format!("{name}, signed"), 43)
    );
    state.tokens_issued += 1;
    let now = Instant::now();
    let token = Token {
        account,
        created: now,
        renewed: now,
        ttl,
        max_ttl,
        uses_left,
        status: Status::Live,
    };
    state.tokens.insert(text.clone(), token);
    Issued { text, ttl, max_ttl }
}

/// Finds a token by its text, as a JWT library refuses what it never signed.
fn find<'a>(state: &'a mut State, text: &str) -> Result<&'a mut Token, Refusal> {
    if text.is_empty() {
        return Err(refusal::token_error("jwt must be provided"));
    }
    let parts: Vec<&str> = text.split('.').collect();
    let [header, _, signature] = parts.as_slice() else {
        return Err(refusal::malformed_token());
    };
    if *header != HEADER {
        return Err(refusal::token_error("invalid token"));
    }
    if signature.is_empty() {
        return Err(refusal::token_error("jwt signature is required"));
    }
    let token = state.tokens.get_mut(text);
    token.ok_or_else(|| refusal::token_error("invalid signature"))
}

/// Checks a token that comes with a call, and counts its use.
pub(crate) fn verify(state: &mut State, text: &str) -> Result<Caller, Refusal> {
    let era = state.era;
    let token = find(state, text)?;
    token.check_age(era)?;
    token.count_use()?;
    Ok(Caller(token.account))
}

/// Deletes a token.
pub(crate) fn revoke(state: &mut State, text: &str) -> Result<(), Refusal> {
    let era = state.era;
    let token = find(state, text)?;
    token.check_age(era)?;
    token.delete();
    Ok(())
}

/// Restarts a token's time.
///
/// An old server deletes the token when the new time would pass its longest life; a current one gives a
/// new token for what is left.
pub(crate) fn renew(state: &mut State, text: &str) -> Result<Issued, Refusal> {
    let era = state.era;
    let now = Instant::now();
    let token = find(state, text)?;
    token.check_age(era)?;
    let end = token.created + token.max_ttl;
    if era == Era::V2024 {
        if now + token.ttl > end {
            token.delete();
            return Err(refusal::unauthorized(
                "Failed to renew MI access token past its Max TTL expiration",
            ));
        }
        token.renewed = now;
        return Ok(Issued {
            text: text.to_owned(),
            ttl: token.ttl,
            max_ttl: token.max_ttl,
        });
    }
    let (account, ttl, max_ttl) = (token.account, token.ttl.min(end - now), token.max_ttl);
    let (created, uses_left) = (token.created, token.uses_left);
    let issued = issue(state, account);
    if let Some(renewed) = state.tokens.get_mut(&issued.text) {
        (renewed.created, renewed.ttl) = (created, ttl);
        (renewed.max_ttl, renewed.uses_left) = (max_ttl, uses_left);
    }
    Ok(Issued {
        text: issued.text,
        ttl,
        max_ttl,
    })
}
