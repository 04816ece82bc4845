//! The settings of the way to the server: certificates and proxies.

use std::path::PathBuf;

use secrecy::SecretString;

use super::InfisicalBuilder;
use crate::http::trust::Authorities;

impl InfisicalBuilder {
    /// Adds certificate authorities, in PEM, to those that the machine trusts.
    ///
    /// Those of the machine stay trusted: an organisation's own authority does not make the public one of
    /// Infisical Cloud unknown. On a machine without a trust store, these alone are enough.
    #[must_use]
    pub fn ca_bundle(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trust.authorities.push(Authorities::Pem(pem.into()));
        self
    }

    /// Adds the certificate authorities of a PEM file to those that the machine trusts.
    ///
    /// The file is read once, when the client is built.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.trust.authorities.push(Authorities::File(path.into()));
        self
    }

    /// Shows this certificate where a server, or a proxy before it, asks for one (mutual TLS).
    ///
    /// Both are PEM; the chain begins with the client's own certificate, and the key is not encrypted.
    #[must_use]
    pub fn client_certificate(
        mut self,
        chain_pem: impl Into<Vec<u8>>,
        key_pem: impl Into<SecretString>,
    ) -> Self {
        self.trust.client = Some((chain_pem.into(), key_pem.into()));
        self
    }

    /// Shows the certificate of a PEM file, whose key is in that of [`client_key_file`](Self::client_key_file).
    ///
    /// Both files are read once, when the client is built.
    #[must_use]
    pub fn client_cert_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.trust.client_cert_file = Some(path.into());
        self
    }

    /// Names the PEM file with the key of [`client_cert_file`](Self::client_cert_file), which may be the same
    /// file.
    #[must_use]
    pub fn client_key_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.trust.client_key_file = Some(path.into());
        self
    }

    /// Sends everything through this HTTP proxy: `http://host:port`, with `user:password@` before the host
    /// where it asks for that (default: no proxy).
    ///
    /// To an https server the proxy is asked for a tunnel, and sees neither token nor values.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<SecretString>) -> Self {
        self.proxy.url = Some(url.into());
        self
    }

    /// Uses the proxies of the system: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, and on macOS
    /// and Windows the system's settings (default: no).
    ///
    /// Only with this does the client look at variables that are not its own.
    #[must_use]
    pub fn system_proxy(mut self, used: bool) -> Self {
        self.proxy.system = used;
        self
    }
}
