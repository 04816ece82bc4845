//! The TLS configuration of the HTTP client.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::build_error::BuildFault;
use crate::http::trust::Trust;

/// Configures TLS for the one server that a client talks to.
///
/// The machine's trust store, which is over a hundred files on some systems, is read only where TLS is
/// `needed`. Without it no certificate is trusted, and none is needed. Authorities that were added are
/// believed beside those of the machine; they are read in any case, so that what is wrong with them is
/// found before the address becomes https.
pub(crate) fn client_config(needed: bool, trust: &Trust) -> Result<ClientConfig, BuildFault> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(machine)?;
    let roots = trust.roots()?;
    let certificate = trust.client_certificate()?;
    let builder = match needed {
        false => builder.with_root_certificates(RootCertStore::empty()),
        true => {
            let added = !roots.is_empty();
            let verifier =
                Verifier::new_with_extra_roots(roots, provider).map_err(|error| match added {
                    true => authorities(),
                    false => machine(error),
                })?;
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
        }
    };
    let mut config = match certificate {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|_| {
            BuildFault::new(
                trust.key_setting(),
                "the private key does not belong to the client certificate, or is of an unknown kind",
                "give the certificate first in its chain, and the key it was made with",
            )
        })?,
    };
    // A preconfigured TLS backend bypasses the HTTP client's own choice of protocols.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn machine(error: rustls::Error) -> BuildFault {
    BuildFault::new(
        "address",
        format!("TLS cannot be set up: {error}"),
        "check that the machine's certificate store is installed and readable, or add the server's \
         certificate authority",
    )
}

fn authorities() -> BuildFault {
    BuildFault::new(
        "ca_bundle",
        "one of the certificate authorities that were added is no certificate",
        "give certificates of authorities in PEM",
    )
}
