//! One server, asked over plain HTTP calls: what the client would make of an answer must not matter here.

use std::time::Duration;

use infisical_http::ServerAddress;
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::calls::{Bearer, Call};
use crate::settings::Settings;

/// How long a server may ask to be waited for, and how often.
const LONGEST_WAIT: Duration = Duration::from_secs(65);
const WAITS: usize = 2;

/// An answer: its status, and its body where that is JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// A server with a token.
pub(crate) struct Server {
    http: Client,
    pub(crate) settings: Settings,
    token: String,
}

impl Server {
    /// Logs in. No error holds a credential.
    pub(crate) async fn log_in(settings: Settings) -> Result<Self, String> {
        let address = ServerAddress::parse(&settings.url).map_err(|error| error.to_string())?;
        if !address.is_https() && !address.is_loopback() {
            return Err("a credential would go over plain HTTP to another machine".to_owned());
        }
        let mut server = Self {
            http: http_client()?,
            settings,
            token: String::new(),
        };
        server.token = server.another_token().await?;
        Ok(server)
    }

    /// Logs in once more, which leaves the first token good.
    async fn another_token(&self) -> Result<String, String> {
        let Settings {
            client_id,
            client_secret,
            ..
        } = &self.settings;
        let body = json!({ "clientId": client_id, "clientSecret": client_secret });
        let target = "/api/v1/auth/universal-auth/login";
        let answer = self.send(Method::POST, target, body.to_string(), None);
        let answer = answer.await?;
        let token = answer.body["accessToken"].as_str();
        let refused = || format!("the login was answered with status {}", answer.status);
        token.map(str::to_owned).ok_or_else(refused)
    }

    /// Makes a folder below another, of which there is none in vain: it is for this run only.
    pub(crate) async fn make_folder(&self, path: &str, name: &str) -> Result<(), String> {
        let body = json!({ "path": path, "name": name });
        let made = self.edit(Method::POST, "/api/v1/folders", body).await?;
        done(&made, "the creation of a folder")
    }

    /// Lets a folder import another.
    pub(crate) async fn import(&self, into: &str, from: &str) -> Result<(), String> {
        let source = json!({ "environment": self.settings.environment, "path": from });
        let body = json!({ "path": into, "import": source });
        let made = self.edit(Method::POST, "/api/v1/secret-imports", body);
        done(&made.await?, "the creation of an import")
    }

    /// Removes the folder of this run, with all in it.
    pub(crate) async fn clean_up(&self) -> Result<(), String> {
        let folder = &self.settings.folder;
        let target = format!("/api/v1/folders/{folder}");
        let gone = self.edit(Method::DELETE, &target, json!({ "path": "/" }));
        let outcome = gone.await.and_then(|gone| done(&gone, "its deletion"));
        outcome.map_err(|why| format!("the folder /{folder} is left behind, remove it: {why}"))
    }

    /// Revokes a token, as someone else might.
    pub(crate) async fn revoke(&self, token: &str) -> Result<(), String> {
        let body = json!({ "accessToken": token }).to_string();
        let revoked = self.send(Method::POST, "/api/v1/auth/token/revoke", body, None);
        done(&revoked.await?, "the revocation")
    }

    /// Makes a folder of this name, and then the calls in order.
    pub(crate) async fn play(&self, calls: &[Call], name: &str) -> Result<Vec<Answer>, String> {
        let root = format!("/{}", self.settings.folder);
        self.make_folder(&root, name).await?;
        let folder = format!("{root}/{name}");
        let spare = self.another_token().await?;
        let (mut import, mut secret) = (String::new(), String::new());
        let mut answers = Vec::new();
        for call in calls {
            let fill = |text: &str| {
                let Settings {
                    client_id,
                    client_secret,
                    project,
                    environment,
                    mark,
                    ..
                } = &self.settings;
                let pairs = [
                    ("{folder}", folder.as_str()),
                    ("{environment}", environment),
                    ("{project}", project),
                    ("{mark}", mark),
                    ("{client_id}", client_id),
                    ("{client_secret}", client_secret),
                    ("{import}", &import),
                    ("{secret}", &secret),
                    ("{spare}", &spare),
                ];
                pairs
                    .into_iter()
                    .fold(text.to_owned(), |text, (name, filling)| {
                        text.replace(name, filling)
                    })
            };
            let token = match call.bearer {
                Bearer::Good => Some(self.token.clone()),
                Bearer::None => None,
                Bearer::Garbage => Some("no-token-at-all".to_owned()),
                Bearer::Altered => Some(format!("{}x", self.token)),
                Bearer::Spare => Some(spare.clone()),
            };
            let method: Method = call.method.parse().unwrap();
            let answer = self
                .send(
                    method,
                    &fill(call.target),
                    fill(call.body),
                    token.as_deref(),
                )
                .await
                .map_err(|why| format!("{}: {why}", call.name))?;
            for (kind, known) in [("secretImport", &mut import), ("secret", &mut secret)] {
                if let Some(id) = answer.body[kind]["id"].as_str() {
                    id.clone_into(known);
                }
            }
            answers.push(answer);
        }
        Ok(answers)
    }

    async fn edit(&self, method: Method, target: &str, more: Value) -> Result<Answer, String> {
        let Settings {
            project,
            environment,
            ..
        } = &self.settings;
        let mut body = json!({ "workspaceId": project, "environment": environment });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        self.send(method, target, body.to_string(), Some(&self.token))
            .await
    }

    /// Sends a call, and sends it again where a limit of requests was in its way.
    async fn send(
        &self,
        method: Method,
        target: &str,
        body: String,
        token: Option<&str>,
    ) -> Result<Answer, String> {
        let mut waits = 0;
        loop {
            let url = format!("{}{target}", self.settings.url);
            let mut request = self.http.request(method.clone(), url);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            if !body.is_empty() {
                let json = ("content-type", "application/json");
                request = request.header(json.0, json.1).body(body.clone());
            }
            let reply = request.send().await.map_err(told)?;
            let status = reply.status().as_u16();
            let wait = reply.headers().get("retry-after");
            let wait = wait.and_then(|wait| wait.to_str().ok()?.parse().ok());
            if let (Some(seconds), true) = (wait, waits < WAITS) {
                waits += 1;
                tokio::time::sleep(Duration::from_secs(seconds).min(LONGEST_WAIT)).await;
                continue;
            }
            let body = reply.bytes().await.map_err(told)?;
            let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
            return Ok(Answer { status, body });
        }
    }
}

/// Begins a client that follows no redirect, since that could carry a token elsewhere.
pub(crate) fn http_client() -> Result<Client, String> {
    // The HTTP library is built without a provider of its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::builder()
        .timeout(Duration::from_secs(30))
        .redirect(Policy::none())
        .no_proxy();
    http.build().map_err(told)
}

/// Says what a transport failed of, without the address, which a query is part of.
pub(crate) fn told(error: reqwest::Error) -> String {
    error.without_url().to_string()
}

fn done(answer: &Answer, what: &str) -> Result<(), String> {
    match answer.status {
        200 => Ok(()),
        status => Err(format!("{what} was answered with status {status}")),
    }
}
