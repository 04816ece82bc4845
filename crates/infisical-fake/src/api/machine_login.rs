//! Logins other than universal auth, and the organization that a login names.

use serde_json::Value;

use crate::answer::refusal::{self, Refusal};
use crate::answer::validation::Issues;
use crate::api::aws_signature;
use crate::era::Era;
use crate::http::call::Call;
use crate::seeds::login_method::LoginMethod;
use crate::store::state::{Account, State};
use crate::store::token;

use super::auth::issued;

/// Logs in by a method that names the identity and proves something about the machine.
pub(crate) fn login(state: &mut State, call: &Call, method: LoginMethod) -> Result<Value, Refusal> {
    let body = call.body()?;
    let mut issues = Issues::default();
    let identity = issues.field(&body, "identityId");
    let (name, proof) = match method {
        LoginMethod::Ldap => (
            issues.field(&body, "username"),
            issues.field(&body, "password"),
        ),
        LoginMethod::Aws => {
            issues.field(&body, "iamHttpRequestMethod");
            issues.field(&body, "iamRequestBody");
            issues.field(&body, "iamRequestHeaders");
            ("", "")
        }
        _ => ("", issues.field(&body, "jwt")),
    };
    issues.finish(state.era)?;

    let known = |account: &Account| account.identity.id == identity;
    let Some(index) = state.accounts.iter().position(known) else {
        return Err(refusal::not_found(
            "Identity not found or the method is not set up for it",
        ));
    };
    if state.accounts[index].is_locked() {
        return Err(refusal::unauthorized(super::auth::LOCKED));
    }
    let logins = &state.accounts[index].identity.logins;
    let accepted = logins.iter().any(|(kind, known, secret)| match kind {
        _ if *kind != method => false,
        LoginMethod::Aws => aws_signature::is_signed(&body, known, secret),
        _ => (known.as_str(), secret.as_str()) == (name, proof),
    });
    if !accepted {
        // Of these methods only the one with a password can be guessed.
        if method == LoginMethod::Ldap && state.era.locks_out() {
            state.accounts[index].count_failure();
        }
        return Err(refusal::unauthorized("Access denied"));
    }
    organization(state, index, &body)?;
    Ok(issued(token::issue(state, index)))
}

/// Checks the organization that a login names. Servers before organizations could be nested ignore it.
pub(crate) fn organization(state: &State, account: usize, body: &Value) -> Result<(), Refusal> {
    let field = match state.era {
        Era::V2024 => return Ok(()),
        Era::V4a => "subOrganizationName",
        Era::V4b => "organizationSlug",
    };
    let Some(slug) = body[field].as_str() else {
        return Ok(());
    };
    let is_in = |account: &Account| {
        account
            .identity
            .organizations
            .iter()
            .any(|known| known == slug)
    };
    if !state.accounts.iter().any(is_in) {
        return Err(refusal::not_found(format!("Organization {slug} not found")));
    }
    if is_in(&state.accounts[account]) {
        Ok(())
    } else {
        Err(refusal::unauthorized(
            "The identity is not in this organization",
        ))
    }
}
