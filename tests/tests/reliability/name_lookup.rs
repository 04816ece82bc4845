//! A hanging name look-up.
//!
//! The system resolves names on a thread that nothing can interrupt, and asks port 53 of a server that only the
//! machine's administrator sets. So a child process gets a network and a file system view of its own (Linux
//! namespaces, without privileges where the system allows it), in which the name server is a socket of the test that
//! never answers. Elsewhere the row says that this was not measured.

use std::io::Write as _;
use std::net::UdpSocket;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use infisical_http::Infisical;
use secret_source::{ErrorKind, SecretSource};

use crate::rows::Rows;
use crate::scale::Scale;
use crate::scene::Keys;

const DEADLINE: Duration = Duration::from_secs(1);
/// Resolving gives up long after the deadline.
const RESOLVER: &str = "nameserver 127.0.0.1\noptions timeout:20 attempts:1\n";
const IN_CHILD: &str = "KEYFOB_RELIABILITY_RESOLVER";
const CHILD: &str = "name_lookup::within_a_network_of_its_own";
const SAYS: &str = "NAME LOOK-UP: ";

/// Prepares the child's view of the system. What fails here was refused by the system.
const SCRIPT: &str =
    "ip link set lo up && mount --bind \"$1\" /etc/resolv.conf || exit 77; shift; exec \"$@\"";
const NOT_ALLOWED: i32 = 77;

/// Runs the child; `None`, with the reason, where the system does not allow it.
fn child() -> Result<Output, String> {
    if !cfg!(target_os = "linux") {
        return Err("not Linux".to_owned());
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(RESOLVER.as_bytes()).unwrap();
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "--net"]);
    command.args(["sh", "-c", SCRIPT, "sh"]);
    command
        .arg(file.path())
        .arg(std::env::current_exe().unwrap());
    command.args(["--exact", CHILD, "--ignored", "--nocapture"]);
    command.env(IN_CHILD, "1").stdin(Stdio::null());
    let output = command
        .output()
        .map_err(|error| format!("unshare: {error}"))?;
    match output.status.code() {
        Some(0) => Ok(output),
        Some(NOT_ALLOWED | 1) if !output.stdout.windows(7).any(|text| text == b"running") => {
            Err("the system allows no namespaces".to_owned())
        }
        _ => panic!("{output:?}"),
    }
}

fn run() -> Rows {
    let mut rows = Rows::new("names", &Scale::brief());
    let name = "deadline of 1 s: the name server never answers";
    match child() {
        Ok(output) => {
            let text = String::from_utf8(output.stdout).unwrap();
            let (_, said) = text.split_once(SAYS).unwrap();
            let mut words = said.split_whitespace();
            let mut number = || words.next().unwrap().parse::<u64>().unwrap();
            let (waited, questions) = (Duration::from_millis(number()), number());
            rows.time(
                name,
                "given up within 50 ms after it, while the name is still being looked up",
                format!("after {waited:?}, with {questions} questions to the name server"),
                questions > 0 && (DEADLINE..DEADLINE + Duration::from_millis(50)).contains(&waited),
            );
        }
        Err(reason) => rows.informative(name, format!("not measured: {reason}")),
    }
    rows
}

#[test]
#[ignore = "started in a child process"]
fn within_a_network_of_its_own() {
    // Whoever runs all ignored tests has no such name server.
    if std::env::var_os(IN_CHILD).is_none() {
        return;
    }
    let name_server = UdpSocket::bind("127.0.0.1:53").unwrap();
    name_server.set_nonblocking(true).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let waited = runtime.block_on(async {
        let client = Infisical::builder("http://secrets.keyfob.test:8080").allow_http(true);
        let client = client
            .token("st.token")
            .project("p")
            .lookup_deadline(DEADLINE);
        let client = client
            .connect_timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        let keys = Keys {
            folders: 1,
            in_each: 1,
        };
        let began = Instant::now();
        let error = client.get(&keys.address(0)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        began.elapsed()
    });
    // Dropping it would wait for the name.
    runtime.shutdown_background();
    let mut questions = 0;
    while name_server.recv(&mut [0; 512]).is_ok() {
        questions += 1;
    }
    writeln!(
        std::io::stdout(),
        "{SAYS}{} {questions} ",
        waited.as_millis()
    )
    .unwrap();
}

mod measured {
    use super::*;

    #[test]
    #[ignore = "run by `cargo xtask reliability`"]
    fn names() {
        run().settle();
    }
}
