//! [`Manager`]: makes the connections of a pool, each with the password that is the current one then.

use std::path::PathBuf;
use std::sync::Arc;

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use keyfob::{ExposeSecret, Live, SecretString};
use tokio_postgres::{Client, Config, Error, NoTls};

pub(crate) struct Manager {
    pub(crate) socket: PathBuf,
    pub(crate) login: Live<Login>,
}

/// A user, and the password that belongs to it.
pub(crate) type Login = (String, SecretString);

/// A connection, and the login that it was made with.
pub(crate) struct Connection {
    client: Client,
    login: Arc<Login>,
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = Error;

    async fn create(&self) -> Result<Connection, Error> {
        let login = self.login.get();
        let (user, password) = &*login;
        let (client, connection) = Config::new()
            .host_path(&self.socket)
            .user(user)
            .password(password.expose_secret())
            .dbname("postgres")
            .connect(NoTls)
            .await?;
        // It ends with the client; how is told to whoever uses that.
        tokio::spawn(connection);
        Ok(Connection { client, login })
    }

    /// Retires what was made with another login than the current one.
    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<Error> {
        if connection.client.is_closed() {
            return Err(RecycleError::message("the connection is closed"));
        }
        // Another version of the configuration may have the same login.
        let ((old_user, old), current) = (&*connection.login, self.login.get());
        let (user, password) = &*current;
        match old_user == user && old.expose_secret() == password.expose_secret() {
            true => Ok(()),
            false => Err(RecycleError::message("the login was rotated")),
        }
    }
}

/// Returns the process of the database that serves a connection.
pub(crate) async fn backend(connection: &Connection) -> Result<i32, Error> {
    let row = connection.client.query_one("SELECT pg_backend_pid()", &[]);
    row.await?.try_get(0)
}
