//! [`Trust`]: whose certificates are believed, and the certificate that the client shows.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use crate::build_error::BuildFault;

/// Bounds the size of a PEM file, in bytes; the bundles of all public authorities are under 300 KiB.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// Holds what the builder was told about certificates, unread.
#[derive(Clone, Default)]
pub(crate) struct Trust {
    pub(crate) authorities: Vec<Authorities>,
    pub(crate) client: Option<ClientCertificate>,
}

/// Says where the certificates of more authorities are.
#[derive(Clone)]
pub(crate) enum Authorities {
    Pem(Vec<u8>),
    File(PathBuf),
}

/// Says where the certificate that the client shows is, and its key.
#[derive(Clone)]
pub(crate) enum ClientCertificate {
    Pem { chain: Vec<u8>, key: SecretString },
    Files { chain: PathBuf, key: PathBuf },
}

/// A certificate with the chain to its authority, and its private key.
pub(crate) type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Trust {
    /// Reads the certificates of all authorities that were added to those of the machine.
    pub(crate) fn roots(&self) -> Result<Vec<CertificateDer<'static>>, BuildFault> {
        let mut roots = Vec::new();
        for source in &self.authorities {
            match source {
                Authorities::Pem(pem) => roots.extend(certificates("ca_bundle", pem)?),
                Authorities::File(path) => {
                    let pem = read("ca_file", path)?;
                    roots.extend(certificates("ca_file", &pem)?);
                }
            }
        }
        Ok(roots)
    }

    /// Reads the certificate that the client shows, where there is one.
    pub(crate) fn identity(&self) -> Result<Option<Identity>, BuildFault> {
        let identity = match &self.client {
            None => return Ok(None),
            Some(ClientCertificate::Pem { chain, key }) => (
                certificates("client_certificate", chain)?,
                private_key("client_certificate", key.expose_secret().as_bytes())?,
            ),
            Some(ClientCertificate::Files { chain, key }) => (
                certificates("client_cert_file", &read("client_cert_file", chain)?)?,
                private_key("client_key_file", &read("client_key_file", key)?)?,
            ),
        };
        Ok(Some(identity))
    }

    /// Names the setting that gave the client's certificate.
    pub(crate) fn identity_setting(&self) -> &'static str {
        match self.client {
            Some(ClientCertificate::Files { .. }) => "client_key_file",
            _ => "client_certificate",
        }
    }
}

fn certificates(
    setting: &'static str,
    pem: &[u8],
) -> Result<Vec<CertificateDer<'static>>, BuildFault> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(BuildFault::new(
            setting,
            "there is no certificate in it",
            "give certificates in PEM: `-----BEGIN CERTIFICATE-----` and what follows",
        )),
        // The parser's own words may quote what it found.
        Err(_) => Err(BuildFault::new(
            setting,
            "it is not well-formed PEM",
            "give whole certificates in PEM, from `-----BEGIN` to `-----END`",
        )),
    }
}

fn private_key(setting: &'static str, pem: &[u8]) -> Result<PrivateKeyDer<'static>, BuildFault> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| {
        BuildFault::new(
            setting,
            "there is no private key in it that can be read",
            "give the key in PEM, not encrypted: PKCS#8, PKCS#1 or SEC1",
        )
    })
}

/// Reads a file whole. Neither its path nor its content is shown: a key may stand in place of a path.
fn read(setting: &'static str, path: &Path) -> Result<Zeroizing<Vec<u8>>, BuildFault> {
    let fault = |problem: String| {
        BuildFault::new(
            setting,
            problem,
            "name a PEM file that this process may read",
        )
    };
    let unreadable =
        |error: std::io::Error| fault(format!("the file cannot be read: {}", error.kind()));
    // A pipe would be waited for, and a device never end.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(fault("it does not name a plain file".to_owned()));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path)
        .and_then(|file| file.take(LARGEST_FILE + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(fault("the file is over 4 MiB".to_owned()));
    }
    Ok(bytes)
}
