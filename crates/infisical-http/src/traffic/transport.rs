//! [`Transport`]: sends calls, repeats them where that may help, and keeps count.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, IF_NONE_MATCH};
use reqwest::{Client, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use secret_source::{CorrelationId, ErrorKind, LogNames, SecretError};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::ServerAddress;
use crate::answer::failure::Failure;
use crate::answer::place::Place;
use crate::counters::Counters;
use crate::deadline::Deadline;
use crate::http::request::Call;
use crate::http::send::{self, Reply, SendError};
use crate::limits::Limits;
use crate::traffic::budget::RequestBudget;
use crate::traffic::retry::{self, Backoff};
use crate::traffic::retry_budget::RetryBudget;
use crate::traffic::shared_pauses::SharedPauses;

/// Carries the correlation id of a look-up. Infisical gives its answers an id of its own (`reqId`) and
/// ignores this one, but proxies and load balancers write it to their logs.
const REQUEST_ID: &str = "x-request-id";

/// How many reads of one client are on the wire at a time, over all its look-ups.
const CONCURRENT_READS: usize = 64;

/// Sends calls to the one server that a client knows.
#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) server: ServerAddress,
    pub(crate) limits: Limits,
    pub(crate) names: LogNames,
    pub(crate) counters: Counters,
    pub(crate) backoff: Backoff,
    pub(crate) budget: RequestBudget,
    pauses: SharedPauses,
    /// `None` once the client was closed.
    http: Mutex<Option<Client>>,
    proxied: bool,
    reads: Semaphore,
    retries: RetryBudget,
}

impl Transport {
    pub(crate) fn new(
        server: ServerAddress,
        limits: Limits,
        names: LogNames,
        jitter_seed: Option<u64>,
        http: Client,
    ) -> Self {
        let backoff = Backoff::new(&limits, jitter_seed);
        let reads = Semaphore::new(CONCURRENT_READS);
        let budget = RequestBudget::new(limits.requests_per_minute);
        Self {
            server,
            limits,
            names,
            counters: Counters::default(),
            backoff,
            budget,
            pauses: SharedPauses::default(),
            http: Mutex::new(Some(http)),
            proxied: false,
            reads,
            retries: RetryBudget::default(),
        }
    }

    /// Says whether the connections lead to a proxy, for what is said when there is none.
    pub(crate) fn proxied(mut self, proxied: bool) -> Self {
        self.proxied = proxied;
        self
    }

    /// Sends a call until it succeeds, cannot succeed, or must not be repeated.
    ///
    /// A pause that the server asks for is kept, by all calls of the kind; one that reaches beyond the
    /// deadline ends the call at once, with the pause on the failure.
    pub(crate) async fn call(
        &self,
        call: &Call,
        token: Option<&SecretString>,
        deadline: Deadline,
    ) -> Result<Reply, Failure> {
        let mut delays = self.backoff.begin();
        let mut attempt = 1;
        self.retries.call();
        loop {
            let turn = self.turn(call, token.is_some(), deadline).await;
            let outcome = match turn {
                Ok(_turn) => self.attempt(call, token, deadline, attempt).await,
                Err(left) => Err(Failure::paused(left)),
            };
            let mut failure = match outcome {
                Ok(reply) => return Ok(reply),
                Err(failure) => failure,
            };
            failure.attempts = attempt;
            failure.correlation = Some(deadline.correlation());
            // Who only learned of a pause must not begin it anew.
            if let (ErrorKind::RateLimited, Some(pause)) = (failure.kind, failure.retry_after)
                && failure.status().is_some()
            {
                self.pauses.begin(call.operation, pause);
            }
            if call.once || !retry::may_repeat(call.operation, &failure) {
                return Err(failure);
            }
            let Some(delay) = delays.next() else {
                return Err(self.gave_up(call, failure));
            };
            let pause = self.backoff.pause(failure.retry_after, delay);
            if pause >= deadline.remaining() || !self.may_repeat_now(&failure) {
                return Err(self.gave_up(call, failure));
            }
            tokio::time::sleep(pause).await;
            self.counters.retry();
            attempt += 1;
        }
    }

    /// Ends the connections that nobody uses, for good: each holds the last answers that came over it. One that
    /// is in use ends with its request.
    pub(crate) fn hang_up(&self) {
        let http = self
            .http
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(http);
    }

    fn http(&self) -> Option<Client> {
        let http = self.http.lock().unwrap_or_else(PoisonError::into_inner);
        http.clone()
    }

    /// Names the server for an error that concerns no folder.
    pub(crate) fn place(&self) -> Place<'_> {
        Place {
            host: self.server.host(),
            project: None,
            folder: None,
        }
    }

    /// Takes a repeat from the budget, unless the server itself said when to come back.
    fn may_repeat_now(&self, failure: &Failure) -> bool {
        let is_invited = failure.kind == ErrorKind::RateLimited && failure.retry_after.is_some();
        is_invited || self.retries.repeat()
    }

    /// Waits until a call may be sent. It fails with the length of a pause that another call was told, where
    /// that reaches beyond the deadline, or where the answer is not worth waiting for.
    async fn turn(
        &self,
        call: &Call,
        is_authorized: bool,
        deadline: Deadline,
    ) -> Result<Option<SemaphorePermit<'_>>, Duration> {
        loop {
            // The semaphore is never closed. Logins do without: reads that wait for one must not hold it up.
            let turn = match is_authorized {
                true => self.reads.acquire().await.ok(),
                false => None,
            };
            let Some(left) = self.pauses.left(call.operation) else {
                return Ok(turn);
            };
            drop(turn);
            let pause = self.backoff.pause(Some(left), Duration::ZERO);
            if call.once || pause >= deadline.remaining() {
                return Err(left);
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(
        &self,
        call: &Call,
        token: Option<&SecretString>,
        deadline: Deadline,
        attempt: u32,
    ) -> Result<Reply, Failure> {
        let correlation = deadline.correlation();
        let request = self
            .request(call, token)?
            .header(REQUEST_ID, correlation.to_string());
        self.counters.request(call.operation);
        if call.operation.reads_secrets() {
            self.budget.spend();
        }
        let started = Instant::now();
        let limit = self.limits.request_timeout.min(deadline.remaining());
        let sent = tokio::time::timeout(limit, send::exchange(request, self.limits.max_body)).await;
        let outcome = sent.unwrap_or(Err(SendError::TimedOut(limit)));
        self.log(call, &outcome, started.elapsed(), attempt, correlation);
        if let Ok(reply) = &outcome
            && call.operation.lists_secrets()
        {
            self.budget.told(reply.window);
        }
        match outcome {
            Ok(reply) if reply.is_success(call.if_none_match.is_some()) => {
                if reply.is_not_modified() {
                    self.counters.not_modified();
                }
                Ok(reply)
            }
            Ok(reply) => Err(Failure::of_reply(call.operation, &reply)),
            Err(error) if self.proxied => Err(Failure::of_send(error.by_proxy())),
            Err(error) => Err(Failure::of_send(error)),
        }
    }

    fn request(
        &self,
        call: &Call,
        token: Option<&SecretString>,
    ) -> Result<RequestBuilder, Failure> {
        let url = format!("{}{}", self.server.origin(), call.target);
        let method = call.method();
        let http = self.http().ok_or_else(closed)?;
        let mut request = http.request(method, url).header(ACCEPT, "application/json");
        if let Some(etag) = &call.if_none_match {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(body) = &call.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.expose_secret().to_owned());
        }
        if let Some(token) = token {
            let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
                .map_err(|_| Failure::unreadable("issued a token that no header can carry"))?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        Ok(request)
    }

    fn log(
        &self,
        call: &Call,
        outcome: &Result<Reply, SendError>,
        took: Duration,
        attempt: u32,
        correlation: CorrelationId,
    ) {
        let status = outcome.as_ref().map_or(0, |reply| reply.status);
        let error = outcome.as_ref().err().map(tracing::field::display);
        let folder = call
            .folder
            .as_ref()
            .map(|folder| tracing::field::display(self.names.folder(folder)));
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(
            route = call.route,
            folder,
            status,
            error,
            duration_ms,
            attempt,
            %correlation,
            "request to Infisical"
        );
    }

    fn gave_up(&self, call: &Call, failure: Failure) -> Failure {
        // What this means is for the layers above to say, which may have a value all the same.
        tracing::debug!(
            route = call.route,
            host = self.server.host(),
            kind = failure.kind.as_str(),
            attempts = failure.attempts,
            retry_after_s = failure.retry_after.map(|pause| pause.as_secs()),
            "gave up on a request to Infisical"
        );
        failure
    }
}
fn closed() -> Failure {
    SecretError::invalid("the Infisical client was closed")
        .with_code("shut-down")
        .into()
}
