//! One stack before three servers that hold the same names and different values.

use std::time::Duration;

use infisical_fake::{Fake, Identity, Seed};
use keyfob::auth::UniversalAuth;
use keyfob::{Secret, SecretString, Stack, StackBuilder, Tenant};
use secret_source::ExposeSecret;

/// The stack's own server and two tenants whose names are close to each other.
pub(crate) const OWNERS: [&str; 3] = ["", "acme", "acme-b"];
pub(crate) const ENVIRONMENTS: [&str; 2] = ["dev", "prod"];
pub(crate) const FOLDERS: [&str; 2] = ["/", "/acme"];
pub(crate) const KEYS: [&str; 2] = ["KEY", "B_KEY"];

/// Holds a server for each of [`OWNERS`], in their order.
pub(crate) struct Scene {
    pub(crate) servers: Vec<Fake>,
}

/// Names a secret by its positions in the lists above.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) owner: usize,
    pub(crate) environment: usize,
    pub(crate) folder: usize,
    pub(crate) key: usize,
}

impl Place {
    pub(crate) fn reference(self) -> String {
        let project = match OWNERS[self.owner] {
            "" => String::new(),
            owner => format!("{owner}@"),
        };
        let environment = ENVIRONMENTS[self.environment];
        let folder = FOLDERS[self.folder].trim_end_matches('/');
        format!(
            "infisical://{project}{environment}{folder}/{}",
            KEYS[self.key]
        )
    }

    /// The one value that may ever answer.
    pub(crate) fn value(self) -> String {
        format!(
            "of <{}>: {} {} {}",
            OWNERS[self.owner],
            ENVIRONMENTS[self.environment],
            FOLDERS[self.folder],
            KEYS[self.key]
        )
    }
}

impl Scene {
    pub(crate) async fn start() -> Self {
        let mut servers = Vec::new();
        for (owner, name) in OWNERS.iter().enumerate() {
            let mut seed = Seed::new()
                .project("shop")
                .project_id(&format!("{owner}0000000-0000-4000-8000-000000000000"));
            for place in places().filter(|place| place.owner == owner) {
                seed = seed.secret(
                    ENVIRONMENTS[place.environment],
                    FOLDERS[place.folder],
                    KEYS[place.key],
                    &place.value(),
                );
            }
            let server = Fake::builder()
                .seed(seed)
                .identity(Identity::new(&format!("identity of <{name}>")))
                .start()
                .await
                .unwrap();
            servers.push(server);
        }
        Self { servers }
    }

    /// Begins a stack over all servers that repeats nothing and whose breaker opens soon.
    pub(crate) fn builder(&self) -> StackBuilder {
        let own = &self.servers[0];
        let builder = Stack::builder()
            .address(&own.url())
            .client_id(&own.client_id())
            .client_secret(SecretString::from(own.client_secret()))
            .project(&own.project_id())
            .environment("dev")
            .retries(0)
            .breaker_failures(2)
            .breaker_reset(Duration::from_secs(1));
        (1..OWNERS.len()).fold(builder, |builder, owner| {
            builder.tenant(OWNERS[owner], self.tenant(owner))
        })
    }

    /// Describes a tenant; one gives its project by id and one by the slug, which is the same on each server.
    pub(crate) fn tenant(&self, owner: usize) -> Tenant {
        let server = &self.servers[owner];
        let project = match owner {
            1 => server.project_id(),
            _ => server.project_slug(),
        };
        Tenant::new(&server.url())
            .auth(UniversalAuth::new(
                server.client_id(),
                server.client_secret(),
            ))
            .project(&project)
    }

    /// Fails if a server was ever shown credentials or a project of another, or holds another's value.
    pub(crate) fn assert_apart(&self) {
        for place in places() {
            let (environment, folder) = (ENVIRONMENTS[place.environment], FOLDERS[place.folder]);
            let stored = self.servers[place.owner].value(environment, folder, KEYS[place.key]);
            assert_eq!(stored.as_deref(), Some(&*place.value()), "{place:?}");
        }
        for (server, owner) in self.servers.iter().zip(OWNERS) {
            for request in server.requests() {
                assert!(
                    !request.has_foreign_credentials(),
                    "the server of <{owner}> saw another's credentials: {request:?}"
                );
                let project = request
                    .query("projectId")
                    .or_else(|| request.query("workspaceId"));
                assert!(
                    project.is_none_or(|project| project == server.project_id()),
                    "the server of <{owner}> was asked for another's project: {request:?}"
                );
            }
        }
    }
}

pub(crate) fn places() -> impl Iterator<Item = Place> {
    let numbers = 0..OWNERS.len() * 8;
    numbers.map(|number| Place {
        owner: number / 8,
        environment: number / 4 % 2,
        folder: number / 2 % 2,
        key: number % 2,
    })
}

pub(crate) fn text(secret: &Secret) -> &str {
    secret.value().expose_secret()
}
