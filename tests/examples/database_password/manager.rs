//! [`Manager`]: makes the connections of a pool, each with the password that is the current one then.

use std::path::PathBuf;
use std::sync::Arc;

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use keyfob::{ExposeSecret, Live, SecretString};
use tokio_postgres::{Client, Config, Error, NoTls};

pub(crate) struct Manager {
    pub(crate) socket: PathBuf,
    pub(crate) user: String,
    pub(crate) password: Live<SecretString>,
}

/// A connection, and the password that it was made with.
pub(crate) struct Connection {
    client: Client,
    password: Arc<SecretString>,
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = Error;

    async fn create(&self) -> Result<Connection, Error> {
        let password = self.password.get();
        let (client, connection) = Config::new()
            .host_path(&self.socket)
            .user(&self.user)
            .password(password.expose_secret())
            .dbname("postgres")
            .connect(NoTls)
            .await?;
        // It ends with the client; how is told to whoever uses that.
        tokio::spawn(connection);
        Ok(Connection { client, password })
    }

    /// Retires what was made with another password than the current one.
    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<Error> {
        if connection.client.is_closed() {
            return Err(RecycleError::message("the connection is closed"));
        }
        // Another version of the configuration may have the same password.
        match connection.password.expose_secret() == self.password.get().expose_secret() {
            true => Ok(()),
            false => Err(RecycleError::message("the password was rotated")),
        }
    }
}

/// Returns the process of the database that serves a connection.
pub(crate) async fn backend(connection: &Connection) -> Result<i32, Error> {
    let row = connection.client.query_one("SELECT pg_backend_pid()", &[]);
    row.await?.try_get(0)
}
