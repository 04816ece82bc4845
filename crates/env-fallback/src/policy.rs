//! [`Override`] and [`FallbackPolicy`]: when variables answer.

use std::fmt;

use secret_source::ErrorKind;

/// Says which variables answer before the source is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Override {
    /// Mapped variables and qualified names, such as `SHARED_DB_POSTGRES_DSN`.
    #[default]
    Qualified,
    /// Bare names as well, such as `POSTGRES_DSN`.
    Bare,
    /// None: what the source says cannot be changed from outside. The strict choice for production.
    Off,
}

/// Says after which failures variables answer in the source's place.
///
/// | the source failed of | `Table` | `Transient` | `Off` |
/// |---|---|---|---|
/// | unavailable, rate limited | yes | yes | no |
/// | credentials refused, permission denied | yes | no | no |
/// | not found | yes | no | no |
/// | invalid, unsupported, unusable answer | no | no | no |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FallbackPolicy {
    /// After every failure that says nothing against the reference itself.
    #[default]
    Table,
    /// Only where trying again later may help. The strict choice for production.
    Transient,
    /// Never.
    Off,
}

impl FallbackPolicy {
    /// Tells whether variables may answer after a failure of this kind.
    pub fn allows(self, kind: ErrorKind) -> bool {
        match self {
            Self::Table => kind.is_transient() || kind.is_not_found() || is_refusal(kind),
            Self::Transient => kind.is_transient(),
            Self::Off => false,
        }
    }
}

/// Tells whether the server answered, and refused.
pub(crate) fn is_refusal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Unauthenticated | ErrorKind::Denied)
}

/// Prints the name that the setting `KEYFOB_ENV_OVERRIDE` has for it.
impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Qualified => "qualified",
            Self::Bare => "bare",
            Self::Off => "off",
        })
    }
}

/// Prints the name that the setting `KEYFOB_FALLBACK` has for it.
impl fmt::Display for FallbackPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "table",
            Self::Transient => "transient",
            Self::Off => "off",
        })
    }
}

#[cfg(test)]
mod tests {
    use secret_source::Missing;

    use super::*;

    #[test]
    fn each_policy_allows_what_its_table_says() {
        use ErrorKind::*;
        for (kind, table, transient) in [
            (Unavailable, true, true),
            (RateLimited, true, true),
            (Unauthenticated, true, false),
            (Denied, true, false),
            (NotFound(Missing::Secret), true, false),
            (NotFound(Missing::Folder), true, false),
            (NotFound(Missing::Unknown), true, false),
            (Invalid, false, false),
            (Unsupported, false, false),
            (Protocol, false, false),
        ] {
            assert_eq!(FallbackPolicy::Table.allows(kind), table, "{kind}");
            assert_eq!(FallbackPolicy::Transient.allows(kind), transient, "{kind}");
            assert!(!FallbackPolicy::Off.allows(kind), "{kind}");
        }
    }
}
