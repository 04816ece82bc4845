//! [`ProxyChoice`]: which proxy requests go through, if any.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use reqwest::header::HeaderValue;
use reqwest::{Proxy, Url};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use crate::build_error::BuildFault;

/// Says how requests reach the server; directly, unless told.
#[derive(Clone, Default)]
pub(crate) struct ProxyChoice {
    /// A proxy for everything. The whole URL is secret, since it may hold a password.
    pub(crate) url: Option<SecretString>,
    /// Whether the proxies of the system are used: its variables, and its settings where it has some.
    pub(crate) system: bool,
}

impl ProxyChoice {
    /// Reads the proxy that was named, where one was.
    pub(crate) fn named(&self) -> Result<Option<Proxy>, BuildFault> {
        let Some(text) = self.url.as_ref() else {
            return Ok(None);
        };
        if self.system {
            return Err(BuildFault::new(
                "proxy",
                "both a proxy and the proxies of the system are asked for",
                "give one of them: `proxy`, or `system_proxy`",
            ));
        }
        let mut url = parse(text.expose_secret())?;
        let user = decoded(url.username())?;
        let password = decoded(url.password().unwrap_or_default())?;
        // Taken out of the URL, they cannot be shown with it.
        let cleared = url.set_username("").and(url.set_password(None));
        cleared.map_err(|()| not_one())?;
        let proxy = Proxy::all(url).map_err(|_| not_one())?;
        if user.is_empty() && password.is_empty() {
            return Ok(Some(proxy));
        }
        // The HTTP library's own way puts both back into the URL, which it shows.
        let pair = Zeroizing::new(format!("{}:{}", *user, *password));
        let encoded = format!("Basic {}", STANDARD.encode(pair.as_bytes()));
        let mut header = HeaderValue::try_from(encoded).map_err(|_| not_one())?;
        header.set_sensitive(true);
        Ok(Some(proxy.custom_http_auth(header)))
    }

    /// Tells whether TLS may be spoken to the proxy itself.
    pub(crate) fn may_need_tls(&self) -> bool {
        let is_https = |url: &SecretString| {
            let scheme = url.expose_secret().get(..6);
            scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
        };
        self.system || self.url.as_ref().is_some_and(is_https)
    }

    /// Tells whether requests may take another way than the direct one.
    pub(crate) fn is_set(&self) -> bool {
        self.system || self.url.is_some()
    }
}

fn parse(text: &str) -> Result<Url, BuildFault> {
    let url = Url::parse(text).map_err(|_| not_one())?;
    let is_bare = matches!(url.path(), "" | "/") && url.query().is_none();
    match url.scheme() {
        "http" | "https" if url.has_host() && is_bare => Ok(url),
        _ => Err(not_one()),
    }
}

fn decoded(text: &str) -> Result<Zeroizing<String>, BuildFault> {
    let decoded = percent_decode_str(text).decode_utf8();
    let decoded = decoded.map_err(|_| not_one())?;
    Ok(Zeroizing::new(decoded.into_owned()))
}

fn not_one() -> BuildFault {
    BuildFault::new(
        "proxy",
        "the proxy is not the URL of an HTTP proxy",
        "write `http://host:port` or `https://host:port`, with `user:password@` before the host where the proxy asks for it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(url: &str) -> Result<Option<Proxy>, BuildFault> {
        let choice = ProxyChoice {
            url: Some(url.into()),
            system: false,
        };
        choice.named()
    }

    #[test]
    fn a_proxy_is_an_http_origin_with_or_without_credentials() {
        for url in [
            "http://proxy:3128",
            "https://proxy",
            "http://user:p%40ss@proxy:3128/",
        ] {
            assert!(named(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "proxy:3128",
            "proxy",
            "socks5://proxy:1080",
            "http://proxy/path",
            "http://proxy?x=y",
            "http://u:%ff@proxy",
        ] {
            assert_eq!(named(url).unwrap_err().setting(), "proxy", "{url}");
        }
    }

    #[test]
    fn neither_a_proxy_nor_its_fault_shows_a_password() {
        let debug = format!("{:?}", named("http://user:canary@proxy:3128").unwrap());
        let fault = named("ftp://user:canary@proxy:3128").unwrap_err();
        assert!(!format!("{debug}{fault}{fault:?}").contains("canary"));
    }

    #[test]
    fn a_proxy_and_the_systems_proxies_exclude_each_other() {
        let both = ProxyChoice {
            url: Some("http://proxy:3128".into()),
            system: true,
        };
        assert_eq!(both.named().unwrap_err().setting(), "proxy");
    }
}
