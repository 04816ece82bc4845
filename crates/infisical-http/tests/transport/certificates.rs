//! Whose certificates are believed, and what is said about those that are not.

use std::fs;

use infisical_http::{BuildFault, Infisical, InfisicalBuilder};
use secret_source::{ErrorKind, FolderAddress, SecretSource};
use secret_testkit::{Canary, assert_no_leak};

use crate::authority::Authority;
use crate::server::{Server, ask, client, value};

/// Asserts that a look-up fails without being repeated, and that the hint says what to do.
async fn assert_refused(infisical: &Infisical, what: &str, hint: &str) {
    let error = ask(infisical).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert!(error.to_string().contains(what), "{error}");
    assert!(error.hint().unwrap().contains(hint), "{error:?}");
    assert_eq!(infisical.requests().retries, 0, "it is not asked again");
}

#[tokio::test]
async fn an_authority_that_was_added_is_believed() {
    let authority = Authority::new();
    let server = Server::start(Some(authority.server()), value).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    // Comments and other authorities in the file are usual.
    let pem = format!("# ours\n{}\n{}", Authority::new().pem, authority.pem);
    fs::write(&path, &pem).unwrap();
    for builder in [
        server.client().ca_bundle(pem),
        server.client().ca_file(&path),
    ] {
        let infisical = builder.build().unwrap();
        assert_eq!(ask(&infisical).await.unwrap(), "a value");
    }
}

#[tokio::test]
async fn an_unknown_authority_is_refused_with_a_hint_at_the_setting() {
    let server = Server::start(Some(Authority::new().server()), value).await;
    let infisical = server.client().ca_bundle(Authority::new().pem).build();
    assert_refused(&infisical.unwrap(), "unknown authority", "`ca_file`").await;
    assert!(server.seen().is_empty(), "the token stays here");
}

#[tokio::test]
async fn certificates_that_do_not_fit_are_named_as_what_they_are() {
    let authority = Authority::new();
    let expired = authority.issue("127.0.0.1", |params| {
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    let early = authority.issue("127.0.0.1", |params| {
        params.not_before = rcgen::date_time_ymd(4000, 1, 1);
    });
    let elsewhere = authority.issue("elsewhere.example", |_| ());
    for (issued, what, hint) in [
        (expired, "expired certificate", "renew"),
        (early, "not valid yet", "clock"),
        (elsewhere, "for another name", "name of the server"),
    ] {
        let server = Server::start(Some(issued.server(None)), value).await;
        let infisical = server.client().ca_bundle(authority.pem.clone());
        assert_refused(&infisical.build().unwrap(), what, hint).await;
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_a_server_that_demands_one() {
    let authority = Authority::new();
    let server = Server::start(Some(authority.demanding_server()), value).await;
    let own = authority.issue("client", |_| ());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("client.pem");
    fs::write(&path, format!("{}{}", own.key, own.chain)).unwrap();
    let trusting = || server.client().ca_bundle(authority.pem.clone());
    for builder in [
        trusting().client_certificate(own.chain, own.key),
        trusting().client_cert_file(&path).client_key_file(&path),
    ] {
        assert_eq!(ask(&builder.build().unwrap()).await.unwrap(), "a value");
    }
}

#[tokio::test]
async fn a_server_that_demands_a_certificate_gets_no_request_without_one() {
    let authority = Authority::new();
    let server = Server::start(Some(authority.demanding_server()), value).await;
    let strange = Authority::new().issue("client", |_| ());
    let trusting = || server.client().ca_bundle(authority.pem.clone());
    for builder in [
        trusting(),
        trusting().client_certificate(strange.chain, strange.key),
    ] {
        let infisical = builder.build().unwrap();
        assert_refused(
            &infisical,
            "refused the client certificate, or asks for one",
            "set a client certificate",
        )
        .await;
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_tree_that_a_certificate_stops_is_not_followed_by_single_lists() {
    let server = Server::start(Some(Authority::new().server()), value).await;
    let infisical = server.client().ca_bundle(Authority::new().pem).build();
    let infisical = infisical.unwrap();
    let folders = (0..20).map(|number| format!("/f{number}").parse().unwrap());
    let asked: Vec<_> = folders
        .map(|path| FolderAddress::new("infisical", "dev", &path).secret("KEY"))
        .collect();
    for answer in infisical.get_many(&asked).await {
        let error = answer.unwrap_err();
        assert!(error.to_string().contains("unknown authority"), "{error}");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn tls_at_a_port_of_plain_http_and_the_reverse_are_told_apart() {
    let plain = Server::start(None, value).await;
    let infisical = client(&plain.url().replace("http:", "https:"));
    let infisical = infisical.ca_bundle(Authority::new().pem).build().unwrap();
    assert_refused(&infisical, "does not speak TLS", "speaks https").await;

    let tls = Server::start(Some(Authority::new().server()), value).await;
    let infisical = client(&tls.url().replace("https:", "http:")).build();
    let error = ask(&infisical.unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
    assert!(error.hint().unwrap().contains("write https"), "{error:?}");
}

#[test]
fn what_is_no_certificate_or_no_key_is_a_fault_of_its_setting_and_is_not_shown() {
    let canary = Canary::named("key");
    let (own, other) = (Authority::new(), Authority::new());
    let (own, other) = (own.issue("a", |_| ()), other.issue("b", |_| ()));
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.pem");
    fs::write(&bad, canary.value()).unwrap();
    let good = folder.path().join("good.pem");
    fs::write(&good, &own.chain).unwrap();
    let broken = format!("-----BEGIN CERTIFICATE-----\n{}!", canary.value());
    // The key of a certificate often lands in the setting for its path.
    let not_a_path = canary.value().repeat(9);
    let new = || client("https://vault.example");
    let cases: [(&str, InfisicalBuilder); 11] = [
        ("ca_bundle", new().ca_bundle(canary.value())),
        ("ca_bundle", new().ca_bundle(broken)),
        ("ca_bundle", client("http://localhost").ca_bundle("")),
        ("ca_file", new().ca_file(&bad)),
        ("ca_file", new().ca_file(&not_a_path)),
        ("ca_file", new().ca_file(folder.path())),
        (
            "client_certificate",
            new().client_certificate(own.chain.clone(), canary.value()),
        ),
        (
            "client_certificate",
            new().client_certificate(own.chain.clone(), other.key),
        ),
        (
            "client_key_file",
            new().client_cert_file(&good).client_key_file(&bad),
        ),
        ("client_key_file", new().client_cert_file(&good)),
        ("client_cert_file", new().client_key_file(&good)),
    ];
    for (setting, builder) in cases {
        let builder = builder.ca_bundle(Authority::new().pem);
        let shown = format!("{builder:?}");
        let error = builder.build().expect_err(setting);
        let settings: Vec<_> = error.faults().iter().map(BuildFault::setting).collect();
        assert_eq!(settings, [setting], "{error}");
        assert_no_leak(&format!("{shown} {error} {error:?}"), [&canary]);
    }
}
