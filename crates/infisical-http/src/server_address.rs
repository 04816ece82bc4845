//! [`ServerAddress`]: which Infisical server, normalised.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// Names an Infisical server by its origin: scheme, host and port.
///
/// `https://host`, `https://host/`, `https://host/api` and `https://host:443/api/` are all the same
/// server. Credentials are sent there, so a text that holds more than an origin is refused rather than
/// guessed at.
///
/// # Examples
///
/// ```
/// use infisical_http::ServerAddress;
///
/// let address: ServerAddress = "https://Vault.Example.com/api/".parse()?;
/// assert_eq!(address.to_string(), "https://vault.example.com");
/// assert_eq!(address, "https://vault.example.com:443".parse()?);
/// assert!("https://app:password@vault.example.com".parse::<ServerAddress>().is_err());
/// # Ok::<(), infisical_http::AddressError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerAddress {
    origin: String,
    host: String,
    https: bool,
    loopback: bool,
}

/// Says why a text is not the address of a server, without repeating the text.
///
/// The text may hold a password where none belongs, so it is never quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The text is not a URL with a host.
    #[error(
        "the address is not a URL: write `https://`, the host and, where it is not 443, the port"
    )]
    Malformed,
    /// The scheme is neither `https` nor `http`.
    #[error("the address has a scheme other than `https` or `http`")]
    Scheme,
    /// The text holds a user name or a password.
    #[error("the address holds a user name or password: give credentials by their own settings")]
    Credentials,
    /// The text holds a query or a fragment.
    #[error("the address holds a query or a fragment: remove all that follows the host")]
    Query,
    /// The text holds a path other than `/api`.
    #[error("the address holds a path: only `/api` may follow the host")]
    Path,
}

impl ServerAddress {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// Fails where the text is not an http or https origin, optionally followed by `/api`.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text.trim()).map_err(|_| AddressError::Malformed)?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            // `localhost:8080` is a URL too, of the scheme `localhost`.
            _ if !text.contains("://") => return Err(AddressError::Malformed),
            _ => return Err(AddressError::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Query);
        }
        if !matches!(url.path().trim_matches('/'), "" | "api") {
            return Err(AddressError::Path);
        }
        let name = url.host_str().ok_or(AddressError::Malformed)?;
        let host = match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        };
        let origin = format!("{}://{host}", url.scheme());
        Ok(Self {
            origin,
            loopback: is_loopback(name),
            host,
            https,
        })
    }

    /// Returns the host, with the port where it is not the scheme's own.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Tells whether the connection is encrypted.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Tells whether the host is this machine: `localhost`, `127.0.0.0/8` or `::1`.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Returns the text that paths are appended to.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

impl std::str::FromStr for ServerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

/// Prints the origin, without a final slash.
impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_server_is_one_address() {
        let plain = ServerAddress::parse("https://example.com").unwrap();
        for text in [
            "https://example.com/",
            "https://example.com/api",
            "https://example.com/api/",
            " https://EXAMPLE.com:443/api ",
            "https://example.com//api//",
        ] {
            assert_eq!(ServerAddress::parse(text).unwrap(), plain, "{text}");
        }
        assert_ne!(
            ServerAddress::parse("https://example.com:8443").unwrap(),
            plain
        );
        assert_ne!(ServerAddress::parse("http://example.com").unwrap(), plain);
    }

    #[test]
    fn the_port_belongs_to_the_host_unless_it_is_the_schemes_own() {
        assert_eq!(
            ServerAddress::parse("http://localhost:8080/api")
                .unwrap()
                .host(),
            "localhost:8080"
        );
        assert_eq!(
            ServerAddress::parse("http://localhost:80").unwrap().host(),
            "localhost"
        );
    }

    #[test]
    fn loopback_is_recognised_by_address_and_not_by_look() {
        for text in [
            "http://localhost",
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://[::1]:80",
        ] {
            assert!(ServerAddress::parse(text).unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
        ] {
            assert!(!ServerAddress::parse(text).unwrap().is_loopback(), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_origin_is_refused() {
        use AddressError::*;
        for (text, expected) in [
            ("example.com", Malformed),
            ("localhost:8080", Malformed),
            ("", Malformed),
            ("https://", Malformed),
            ("ftp://example.com", Scheme),
            ("https://user@example.com", Credentials),
            ("https://:hunter2@example.com", Credentials),
            ("https://example.com?x=1", Query),
            ("https://example.com/#x", Query),
            ("https://example.com/api/v4", Path),
            ("https://example.com/infisical", Path),
        ] {
            assert_eq!(ServerAddress::parse(text), Err(expected), "{text}");
        }
    }
}
