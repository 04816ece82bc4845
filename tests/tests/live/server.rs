//! One server, asked over plain HTTP calls: what the client would make of an answer must not matter here.

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::calls::Call;

/// An answer: its status, and its body where that is JSON.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// A server with a token, a project and an environment to write to.
pub(crate) struct Server {
    http: Client,
    url: String,
    token: String,
    project: String,
    environment: String,
}

impl Server {
    /// Logs in with a client id and a client secret. No error holds either.
    pub(crate) async fn log_in(
        url: &str,
        client_id: &str,
        client_secret: &str,
        project: &str,
    ) -> Result<Self, String> {
        // The HTTP library is built without a provider of its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .timeout(Duration::from_secs(30))
            .no_proxy();
        let http = http.build().map_err(|error| error.to_string())?;
        let url = url
            .trim_end_matches('/')
            .trim_end_matches("/api")
            .to_owned();
        let mut server = Self {
            http,
            url,
            token: String::new(),
            project: project.to_owned(),
            environment: String::new(),
        };
        let body = json!({ "clientId": client_id, "clientSecret": client_secret }).to_string();
        let answer = server
            .send(Method::POST, "/api/v1/auth/universal-auth/login", body)
            .await;
        match answer.body["accessToken"].as_str() {
            Some(token) => token.clone_into(&mut server.token),
            None => {
                return Err(format!(
                    "the login was answered with status {}",
                    answer.status
                ));
            }
        }
        Ok(server)
    }

    pub(crate) fn with_environment(mut self, environment: &str) -> Self {
        environment.clone_into(&mut self.environment);
        self
    }

    pub(crate) fn environment(&self) -> &str {
        &self.environment
    }

    /// Names a folder of this run's own.
    pub(crate) fn folder(&self) -> String {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let pid = std::process::id();
        format!("/keyfob-live-{}-{pid}", now.unwrap_or_default().as_micros())
    }

    /// Makes the folder, and then the calls in order.
    pub(crate) async fn play(&self, calls: &[Call], folder: &str) -> Vec<Answer> {
        let name = folder.trim_start_matches('/');
        let body = json!({
            "workspaceId": self.project, "environment": self.environment, "path": "/", "name": name,
        });
        let made = self
            .send(Method::POST, "/api/v1/folders", body.to_string())
            .await;
        assert_eq!(
            made.status, 200,
            "the folder is made: {}",
            made.body["message"]
        );
        let mut answers = Vec::new();
        for call in calls {
            let fill = |text: &str| {
                text.replace("{folder}", folder)
                    .replace("{environment}", &self.environment)
                    .replace("{project}", &self.project)
            };
            let method: Method = call.method.parse().unwrap();
            answers.push(self.send(method, &fill(call.target), fill(call.body)).await);
        }
        answers
    }

    /// Removes what a run left behind. A server without the route for it (the fake) keeps the empty folder.
    pub(crate) async fn clean_up(&self, folder: &str) {
        let body = json!({
            "workspaceId": self.project, "environment": self.environment, "secretPath": folder,
        });
        for key in ["PLAIN", "REFERENCE", "A", "B"] {
            let target = format!("/api/v3/secrets/raw/{key}");
            self.send(Method::DELETE, &target, body.to_string()).await;
        }
        let name = folder.trim_start_matches('/');
        let body = json!({
            "workspaceId": self.project, "environment": self.environment, "path": "/",
        });
        let target = format!("/api/v1/folders/{name}");
        self.send(Method::DELETE, &target, body.to_string()).await;
    }

    async fn send(&self, method: Method, target: &str, body: String) -> Answer {
        let mut request = self.http.request(method, format!("{}{target}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if !body.is_empty() {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        let reply = request
            .send()
            .await
            .map_err(reqwest::Error::without_url)
            .unwrap();
        let status = reply.status().as_u16();
        let body = reply
            .bytes()
            .await
            .map_err(reqwest::Error::without_url)
            .unwrap();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Answer { status, body }
    }
}
