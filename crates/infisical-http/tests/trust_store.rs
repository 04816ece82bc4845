//! The machine's trust store is read for https, and for nothing else.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use allocation_counter::{AllocationInfo, measure};
use infisical_http::Infisical;

/// Counts what is allocated to build a client; a trust store is some hundred certificates.
fn to_build(address: &str) -> AllocationInfo {
    measure(|| {
        let client = Infisical::builder(address).token("token").build();
        assert!(client.is_ok(), "{client:?}");
    })
}

#[test]
fn a_client_of_a_plain_server_reads_no_certificates() {
    // Whatever is set up once for the process is set up now.
    to_build("http://127.0.0.1:8080");
    let (plain, tls) = (
        to_build("http://127.0.0.1:8080"),
        to_build("https://infisical.example"),
    );
    assert!(
        tls.count_total > plain.count_total + 100,
        "{} allocations for https and {} for http",
        tls.count_total,
        plain.count_total
    );
}
