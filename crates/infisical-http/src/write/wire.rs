//! [`WriteBody`]: what a server answers to a write.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::object::only_objects;
use crate::read::wire::Row;
use crate::tolerant::tolerant;

/// The answer to a write: the secrets as they are now, or word of an approval that is still to be given.
///
/// Both have status 200. Nothing is stored in the second case.
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct WriteBody {
    #[serde(default, deserialize_with = "tolerant")]
    secret: Option<Row>,
    #[serde(default, deserialize_with = "tolerant")]
    secrets: Option<Vec<Row>>,
    #[serde(default)]
    approval: Option<IgnoredAny>,
}

only_objects!(WriteBody);

/// What a write came to.
pub(crate) enum Answer {
    Done(Vec<Row>),
    Approval,
    Other,
}

impl WriteBody {
    pub(crate) fn answer(self) -> Answer {
        match (self.secret, self.secrets) {
            _ if self.approval.is_some() => Answer::Approval,
            (Some(row), _) => Answer::Done(vec![row]),
            (None, Some(rows)) => Answer::Done(rows),
            (None, None) => Answer::Other,
        }
    }
}
