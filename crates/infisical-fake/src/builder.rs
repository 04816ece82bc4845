//! Setting a fake up.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::{self, Handle};
use tokio::sync::oneshot;

use crate::era::Era;
use crate::fake::Fake;
use crate::http::port::Port;
use crate::http::server::Server;
use crate::seeds::identity::Identity;
use crate::seeds::seed::Seed;
use crate::store::request_limit::RequestLimit;
use crate::store::short_expansions::ShortExpansions;
use crate::store::state::State;

/// Sets a [`Fake`] up before it starts.
///
/// Without further words it plays a current server, holds one empty project, has one identity, and listens
/// on a free loopback port.
#[must_use]
pub struct FakeBuilder {
    era: Era,
    seed: Seed,
    identities: Vec<Identity>,
    address: SocketAddr,
    token_ttl: Duration,
    short_expansions: Option<u64>,
    rate_limit: Option<u64>,
}

impl FakeBuilder {
    pub(crate) fn new() -> Self {
        Self {
            era: Era::default(),
            seed: Seed::default(),
            identities: Vec::new(),
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            token_ttl: Duration::from_secs(7_200),
            short_expansions: None,
            rate_limit: None,
        }
    }

    /// Sets the generation of server to play (default: a current one).
    pub fn era(mut self, era: Era) -> Self {
        self.era = era;
        self
    }

    /// Sets what the projects hold (default: one empty project).
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Adds an identity; the first is the default one (without any: [`Identity::default`]).
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identities.push(identity);
        self
    }

    /// Sets the address to listen on (default `127.0.0.1:0`, a free port).
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets how long tokens live for identities that do not say, in whole seconds (default 7,200).
    pub fn token_ttl(mut self, ttl: Duration) -> Self {
        self.token_ttl = ttl;
        self
    }

    /// Lets lists follow the references of some values one step only, as a server of 2024 does with 15 of 100
    /// (default: all are followed to their end).
    ///
    /// The seed says which values of which lists. A look-up by name follows references to their end all the
    /// same.
    pub fn short_expansions(mut self, seed: u64) -> Self {
        self.short_expansions = Some(seed);
        self
    }

    /// Limits the requests that one identity may make in a minute of tokio's clock (default: no limit).
    ///
    /// A minute begins with the first request of its kind. A server of 2024 counts lists, look-ups, writes,
    /// folders and projects apart, a current one all that concerns secrets together. Logins are not counted.
    /// The next request is refused as the era does: 429, or 500 in 2024, with `retry-after` either way.
    pub fn rate_limit(mut self, per_minute: u64) -> Self {
        self.rate_limit = Some(per_minute);
        self
    }

    /// Starts the server on the runtime it is awaited in. It listens when this returns.
    ///
    /// # Errors
    ///
    /// Fails when the address cannot be bound, or outside a tokio runtime that drives I/O.
    pub async fn start(self) -> io::Result<Fake> {
        let runtime = Handle::try_current().map_err(io::Error::other)?;
        self.launch(&runtime, None)
    }

    /// Starts the server on a thread and a runtime of its own, for callers who block theirs.
    ///
    /// Its clock is then its own too: pausing time elsewhere does not change it.
    ///
    /// # Errors
    ///
    /// Fails when the address cannot be bound or the system gives no thread.
    pub fn start_on_thread(self) -> io::Result<Fake> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let fake = self.launch(runtime.handle(), Some(stop))?;
        thread::Builder::new()
            .name("infisical-fake".to_owned())
            .spawn(move || {
                // Ends when the sender goes, which is when the server stops.
                let _ = runtime.block_on(stopped);
            })?;
        Ok(fake)
    }

    fn launch(self, runtime: &Handle, stop: Option<oneshot::Sender<()>>) -> io::Result<Fake> {
        let mut identities = self.identities;
        if identities.is_empty() {
            identities.push(Identity::default());
        }
        for identity in &mut identities {
            identity.token_ttl.get_or_insert(self.token_ttl);
        }
        let port = Port::open(self.address, runtime.clone())?;
        let mut state = State::new(self.era, self.seed.into_projects(), identities);
        state.short_expansions = self.short_expansions.map(ShortExpansions::new);
        state.request_limit = self.rate_limit.map(RequestLimit::new);
        let server = Arc::new(Server::new(self.era, port, state));
        let accepting = runtime.spawn(Arc::clone(&server).run());
        Ok(Fake::new(server, accepting.abort_handle(), stop))
    }
}

impl fmt::Debug for FakeBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeBuilder")
            .field("era", &self.era)
            .field("seed", &self.seed)
            .field("identities", &self.identities)
            .field("address", &self.address)
            .field("token_ttl", &self.token_ttl)
            .field("short_expansions", &self.short_expansions)
            .field("rate_limit", &self.rate_limit)
            .finish()
    }
}
