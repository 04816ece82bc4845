//! The calls that are made to both servers, one after the other.

mod imports;
mod reads;
mod tokens;
mod writes;

/// The token that a call is made with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bearer {
    /// A good one.
    Good,
    /// None: no header is sent.
    None,
    /// A text that no server ever issued.
    Garbage,
    /// A good one with another signature.
    Altered,
    /// A second one, which is revoked on the way.
    Spare,
}

/// One call. What is in braces is filled in: `{folder}`, `{environment}`, `{project}`, `{mark}` (a text of
/// this run's own, which is part of every value), `{import}` and `{secret}` (the ids of the import and of the
/// secret that an answer showed last), `{spare}` (the second token), `{client_id}` and `{client_secret}`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) target: &'static str,
    pub(crate) body: &'static str,
    pub(crate) bearer: Bearer,
}

impl Call {
    const fn get(name: &'static str, target: &'static str) -> Self {
        Self {
            name,
            method: "GET",
            target,
            body: "",
            bearer: Bearer::Good,
        }
    }

    const fn post(name: &'static str, target: &'static str, body: &'static str) -> Self {
        Self {
            method: "POST",
            body,
            ..Self::get(name, target)
        }
    }

    const fn patch(name: &'static str, target: &'static str, body: &'static str) -> Self {
        Self {
            method: "PATCH",
            ..Self::post(name, target, body)
        }
    }

    const fn delete(name: &'static str, target: &'static str, body: &'static str) -> Self {
        Self {
            method: "DELETE",
            ..Self::post(name, target, body)
        }
    }

    const fn with(mut self, bearer: Bearer) -> Self {
        self.bearer = bearer;
        self
    }
}

/// Gives all calls in their order. Later ones build on what earlier ones wrote.
pub(crate) fn calls() -> Vec<Call> {
    let groups = [
        reads::BEFORE,
        writes::RAW,
        reads::AFTER,
        writes::CURRENT_CALLS,
        imports::CALLS,
        writes::DELETIONS,
        tokens::CALLS,
    ];
    groups.concat()
}
