//! Whom the stack's client certificate is shown to, by servers that ask everyone for one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use keyfob::auth::TokenAuth;
use keyfob::{SecretString, Stack, Tenant};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, crypto::ring};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_rustls::TlsAcceptor;

/// An authority of servers and clients.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    /// Issues a certificate, and returns it with its key.
    fn issue(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// Configures a server that asks for a client certificate, and serves those who show none, too.
    fn asking_server(&self) -> ServerConfig {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        let own = CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap();
        roots.add(own).unwrap();
        let asking =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()
                .unwrap();
        let (chain, key) = self.issue("127.0.0.1");
        let chain = vec![CertificateDer::from_pem_slice(chain.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(asking)
            .with_single_cert(chain, key)
            .unwrap()
    }
}

/// Starts a server that has no answer, and tells of each connection whether a certificate was shown.
async fn server(authority: &Authority) -> (SocketAddr, UnboundedReceiver<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(authority.asking_server()));
    let (shown, is_shown) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let mut connection = acceptor.accept(connection).await.unwrap();
            let certificates = connection.get_ref().1.peer_certificates();
            if shown.send(certificates.is_some()).is_err() {
                return;
            }
            let _ = connection.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 503 Later\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = connection.write_all(answer).await;
            let _ = connection.shutdown().await;
        }
    });
    (address, is_shown)
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_the_stacks_own_server_and_to_no_tenants() {
    let authority = Authority::new();
    let (own, mut shown_to_own) = server(&authority).await;
    let (other, mut shown_to_other) = server(&authority).await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (chain, key) = authority.issue("client");
    let tenant = Tenant::new(&format!("https://{other}"))
        .auth(TokenAuth::new(SecretString::from("a token")))
        .project("acme-production");
    let stack = Stack::builder()
        .address(&format!("https://{own}"))
        .token(SecretString::from("another token"))
        .project("shop")
        .ca_file(&file("ca.pem", &authority.pem))
        .client_cert_file(&file("client.pem", &chain))
        .client_key_file(&file("client.key", &key))
        .tenant("acme", tenant)
        .retries(0)
        .build()
        .unwrap();
    stack.get("infisical://prod/db/KEY").await.unwrap_err();
    stack.get("infisical://acme@prod/db/KEY").await.unwrap_err();
    assert_eq!(shown_to_own.try_recv(), Ok(true));
    assert_eq!(shown_to_other.try_recv(), Ok(false));
    stack.shutdown().await;
    drop(stack);
    while let Ok(shown) = shown_to_other.try_recv() {
        assert!(!shown);
    }
}
