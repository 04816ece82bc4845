//! Accepting connections and answering what comes over them.

use std::future::{Future, pending, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::answer::envelope::Answer;
use crate::answer::rate_limit;
use crate::answer::refusal::Refusal;
use crate::api::{
    auth, machine_login, secret_by_id, secrets, status, tree, workspace, write, write_batch,
};
use crate::era::Era;
use crate::faults::fault::Effect;
use crate::http::body::AnswerBody;
use crate::http::call::Call;
use crate::http::etag;
use crate::http::port::Port;
use crate::http::route::{Endpoint, Route};
use crate::store::request_limit::Allowance;
use crate::store::short_expansions::ShortExpansions;
use crate::store::state::State;

/// The servers' limit on a request body: 1 MiB, Fastify's default.
const LARGEST_BODY: usize = 1024 * 1024;

/// Holds what all connections share.
pub(crate) struct Server {
    pub(crate) era: Era,
    pub(crate) port: Port,
    state: Mutex<State>,
}

impl Server {
    pub(crate) fn new(era: Era, port: Port, state: State) -> Self {
        Self {
            era,
            port,
            state: Mutex::new(state),
        }
    }

    /// Locks the state. No lock is held across a wait, so a request sees the state as of one moment.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Accepts connections until the task is aborted.
    pub(crate) async fn run(self: Arc<Self>) {
        loop {
            let Ok(accepted) = self.port.accept().await else {
                // Out of file descriptors, most likely: others must run before one is free.
                tokio::task::yield_now().await;
                continue;
            };
            self.state().counts.connections += 1;
            let (stream, closings) = accepted.into_parts();
            let connection = tokio::spawn(connection(Arc::clone(&self), stream));
            self.port.track(closings, connection.abort_handle());
        }
    }

    /// Answers one request, faults included. An error makes hyper drop the connection unanswered.
    async fn answer(
        &self,
        request: Request<Incoming>,
        reset: &AtomicBool,
    ) -> io::Result<Response<AnswerBody>> {
        let (head, body) = request.into_parts();
        let body = Limited::new(body, LARGEST_BODY).collect().await.ok();
        let call = Call::new(&head, body.map(|body| body.to_bytes().to_vec()));
        let endpoint = Endpoint::of(self.era, &call.method, &call.segments);
        let endpoint = endpoint.as_ref();
        let route = endpoint.map_or(Route::Other, Endpoint::route);

        let (fault, request_id) = self.state().begin(&call, route);
        let Some(fault) = fault else {
            return Ok(whole(self.regular(endpoint, &call, &request_id)));
        };
        if !fault.delay.is_zero() {
            tokio::time::sleep(fault.delay).await;
        }
        match &fault.effect {
            Effect::Hang => pending().await,
            Effect::DropConnection => Err(io::ErrorKind::ConnectionAborted.into()),
            effect => {
                let regular = || self.regular(endpoint, &call, &request_id);
                let answer = fault.answer(self.era, request_id.clone(), regular);
                if matches!(effect, Effect::ResetMidBody) {
                    reset.store(true, Ordering::Relaxed);
                    return Ok(response(answer, AnswerBody::broken));
                }
                if let Effect::SlowBody(pause) = effect {
                    return Ok(response(answer, |body| AnswerBody::slow(body, *pause)));
                }
                Ok(whole(answer))
            }
        }
    }

    /// Gives the answer that a healthy server gives.
    fn regular(&self, endpoint: Option<&Endpoint>, call: &Call, request_id: &str) -> Answer {
        let mut allowance = None;
        let answered = endpoint.map(|endpoint| self.dispatch(endpoint, call, &mut allowance));
        let mut answer = match answered {
            None => Answer::route_miss(&call.method, &call.target),
            Some(Ok(body)) => Answer::json(200, &body),
            Some(Err(refusal)) => Answer::refusal(self.era, refusal, request_id.to_owned()),
        };
        if let Some(allowance) = &allowance {
            answer.headers = rate_limit::headers(allowance);
        }
        etag::conditional(call, answer)
    }

    fn dispatch(
        &self,
        endpoint: &Endpoint,
        call: &Call,
        allowance: &mut Option<Allowance>,
    ) -> Result<serde_json::Value, Refusal> {
        let state = &mut *self.state();
        // Every route that exists checks a token that is sent, whether it needs one or not.
        let caller = auth::caller(state, call)?;
        if let (Some(caller), Some(limit)) = (caller, &mut state.request_limit) {
            *allowance = limit.count(state.era, caller, endpoint);
        }
        if let Some(refused) = allowance.filter(|allowance| allowance.is_refused) {
            return Err(rate_limit::refusal(state.era, refused.reset));
        }
        match endpoint {
            Endpoint::Status => Ok(status::status()),
            Endpoint::Login => auth::login(state, call),
            Endpoint::MachineLogin(method) => machine_login::login(state, call, *method),
            Endpoint::RenewToken => auth::renew(state, call),
            Endpoint::RevokeToken => auth::revoke(state, call),
            Endpoint::ListSecrets(api) => {
                let caller = auth::required(caller, call)?;
                let schedule = state.short_expansions.as_mut();
                let draws = schedule.map(ShortExpansions::next_list);
                secrets::list(state, caller, *api, &call.query, draws)
            }
            Endpoint::GetSecret(api, name) => secrets::get(
                state,
                auth::required(caller, call)?,
                *api,
                name,
                &call.query,
            ),
            Endpoint::GetSecretById(id) => {
                secret_by_id::get(state, auth::required(caller, call)?, id)
            }
            Endpoint::WriteSecret(api, write, name) => {
                let caller = auth::required(caller, call)?;
                write::one(state, caller, (*api, *write), name, call)
            }
            Endpoint::WriteSecrets(api, write) => {
                write_batch::many(state, auth::required(caller, call)?, (*api, *write), call)
            }
            Endpoint::Tree {
                call: tree_call,
                project_parameter,
            } => {
                let caller = auth::required(caller, call)?;
                tree::answer(state, caller, (tree_call, project_parameter), call)
            }
            Endpoint::Workspace(id) => workspace::by_id(state, auth::required(caller, call)?, id),
            Endpoint::WorkspaceBySlug(slug) => {
                workspace::by_slug(state, auth::required(caller, call)?, slug)
            }
        }
    }
}

/// Serves one connection until it ends, and resets it where a fault asked for that.
async fn connection(server: Arc<Server>, stream: TcpStream) {
    // As Node does. With a paused clock nothing may wait for the other end's acknowledgement.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&reset);
    let service = service_fn(move |request| {
        let (server, flag) = (Arc::clone(&server), Arc::clone(&flag));
        let answer: Pin<Box<dyn Future<Output = _> + Send>> =
            Box::pin(async move { server.answer(request, &flag).await });
        answer
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // Errors are the client's going away, or a fault's doing: both end the connection and no more.
    let _ = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    if reset.load(Ordering::Relaxed) {
        // Without lingering, closing sends RST.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

fn whole(answer: Answer) -> Response<AnswerBody> {
    response(answer, AnswerBody::whole)
}

fn response(answer: Answer, body: impl FnOnce(Vec<u8>) -> AnswerBody) -> Response<AnswerBody> {
    let mut response = Response::new(body(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    for (name, value) in answer.headers {
        // A scripted header that HTTP cannot carry is left out.
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            headers.insert(name, value);
        }
    }
    response
}
