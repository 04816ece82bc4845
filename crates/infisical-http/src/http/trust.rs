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
    /// The chain and the key of the client's certificate, in PEM.
    pub(crate) client: Option<(Vec<u8>, SecretString)>,
    pub(crate) client_cert_file: Option<PathBuf>,
    pub(crate) client_key_file: Option<PathBuf>,
}

/// Says where the certificates of more authorities are.
#[derive(Clone)]
pub(crate) enum Authorities {
    Pem(Vec<u8>),
    File(PathBuf),
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
        let half = |setting, other: &str| {
            let message = format!("`{other}` is set without it");
            let hint = "set both, or neither; one file may hold certificate and key";
            Err(BuildFault::new(setting, message, hint))
        };
        match (&self.client, &self.client_cert_file, &self.client_key_file) {
            (None, None, None) => Ok(None),
            (Some((chain, key)), None, None) => Ok(Some((
                certificates("client_certificate", chain)?,
                private_key("client_certificate", key.expose_secret().as_bytes())?,
            ))),
            (None, Some(chain), Some(key)) => Ok(Some((
                certificates("client_cert_file", &read("client_cert_file", chain)?)?,
                private_key("client_key_file", &read("client_key_file", key)?)?,
            ))),
            (None, Some(_), None) => half("client_key_file", "client_cert_file"),
            (None, None, Some(_)) => half("client_cert_file", "client_key_file"),
            (Some(_), ..) => Err(BuildFault::new(
                "client_certificate",
                "the client certificate is given twice, as text and as files",
                "give one of them",
            )),
        }
    }

    /// Names the setting that gave the key of the client's certificate.
    pub(crate) fn key_setting(&self) -> &'static str {
        match self.client_key_file {
            Some(_) => "client_key_file",
            None => "client_certificate",
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
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(fault("it does not name a plain file".to_owned()));
    }
    // With room for all of it, no smaller buffer with a part of the key is left behind.
    let length = usize::try_from(metadata.len().min(LARGEST_FILE)).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + 1));
    File::open(path)
        .and_then(|file| file.take(LARGEST_FILE + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(fault("the file is over 4 MiB".to_owned()));
    }
    Ok(bytes)
}
