//! [`Transports`]: which secrets a kind of dependency means.

use std::collections::BTreeMap;

/// Knows the keys of each kind of dependency that a contract may name: its transport.
///
/// | transport | keys |
/// |---|---|
/// | `db` | `POSTGRES_DSN`, `POSTGRES_POOL_MIN`, `POSTGRES_POOL_MAX`, `POSTGRES_TIMEOUT_MS` |
/// | `kafka` | `KAFKA_BOOTSTRAP_SERVERS` |
/// | `consul` | `CONSUL_HOST`, `CONSUL_PORT` |
/// | `http` | `HTTP_BASE_URL` |
/// | `mcp` | `MCP_SERVER_URL` |
/// | `qdrant` | `QDRANT_URL`, `QDRANT_API_KEY` |
///
/// The keys of the last three are our choice, since nothing else fixes them: replace them where yours have other
/// names. A dependency of type `environment`, or `env`, names its key itself, and is found in the folder `env`; one
/// of type `infisical` is skipped, because its credentials must be known before any secret.
///
/// # Examples
///
/// ```
/// use secret_requirements::Transports;
///
/// let transports = Transports::default()
///     .with("redis", ["REDIS_URL"])
///     .with("http", ["UPSTREAM_URL", "UPSTREAM_TOKEN"]);
/// assert_eq!(transports.keys("redis").unwrap(), ["REDIS_URL"]);
/// assert_eq!(transports.keys("http").unwrap().len(), 2);
/// assert!(Transports::empty().keys("db").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transports {
    keys: BTreeMap<String, Vec<String>>,
}

/// The table above.
const KNOWN: &[(&str, &[&str])] = &[
    (
        "db",
        &[
            "POSTGRES_DSN",
            "POSTGRES_POOL_MIN",
            "POSTGRES_POOL_MAX",
            "POSTGRES_TIMEOUT_MS",
        ],
    ),
    ("kafka", &["KAFKA_BOOTSTRAP_SERVERS"]),
    ("consul", &["CONSUL_HOST", "CONSUL_PORT"]),
    ("http", &["HTTP_BASE_URL"]),
    ("mcp", &["MCP_SERVER_URL"]),
    ("qdrant", &["QDRANT_URL", "QDRANT_API_KEY"]),
];

impl Transports {
    /// Begins with none.
    pub fn empty() -> Self {
        Self {
            keys: BTreeMap::new(),
        }
    }

    /// Adds a transport, or replaces the keys of one.
    #[must_use]
    pub fn with<'a>(mut self, name: &str, keys: impl IntoIterator<Item = &'a str>) -> Self {
        let keys = keys.into_iter().map(str::to_owned).collect();
        self.keys.insert(name.to_owned(), keys);
        self
    }

    /// Returns the keys of a transport; `None` where it is not known.
    pub fn keys(&self, name: &str) -> Option<&[String]> {
        self.keys.get(name).map(Vec::as_slice)
    }

    /// Returns the names of the transports in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }
}

/// Knows the table above.
impl Default for Transports {
    fn default() -> Self {
        KNOWN
            .iter()
            .fold(Self::empty(), |transports, (name, keys)| {
                transports.with(name, keys.iter().copied())
            })
    }
}
