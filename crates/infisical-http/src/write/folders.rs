//! The making of folders.

use std::sync::Arc;

use secret_source::{ErrorKind, FolderAddress, SecretError};

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::Call;
use crate::read::trees::segments;
use crate::write::body::Body;
use crate::write::name;

impl Client {
    /// Makes a folder, with those above it; one that exists is fine.
    ///
    /// Servers make the levels in between by themselves; one that does not is given them one by one.
    pub(crate) async fn make_folder(
        self: &Arc<Self>,
        project: &str,
        folder: &FolderAddress,
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let names: Vec<_> = segments(folder.path()).collect();
        for name in &names {
            name::check_folder(name)?;
        }
        match self.make_level(project, folder, &names, deadline).await {
            Err(failure) if failure.status() == Some(404) && names.len() > 1 => {}
            outcome => return outcome,
        }
        for end in 1..=names.len() {
            self.make_level(project, folder, &names[..end], deadline)
                .await?;
        }
        Ok(())
    }

    async fn make_level(
        self: &Arc<Self>,
        project: &str,
        folder: &FolderAddress,
        names: &[&str],
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let Some((name, above)) = names.split_last() else {
            // The root exists in every environment, so it is the environment that is missing.
            let environment = folder.environment();
            let error = SecretError::invalid(format!("there is no environment `{environment}`"))
                .with_code("unknown-environment")
                .with_hint(
                    "write the environment's slug, which can differ from the name that is shown",
                );
            return Err(error.into());
        };
        let parent = format!("/{}", above.join("/"));
        let body = Body::folder(project, folder.environment(), &parent, name)?;
        // The routes of folders have versions of their own, which say nothing about those of secrets.
        let mut dialect = self.dialect.get().unwrap_or(Dialect::V4);
        let mut outcome = self.send_folder(dialect, folder, &body, deadline).await;
        if dialect == Dialect::V4
            && matches!(&outcome, Err(failure) if failure.remedy == Remedy::OtherDialect)
        {
            dialect = Dialect::V3;
            outcome = self.send_folder(dialect, folder, &body, deadline).await;
        }
        match outcome {
            // What is there already is refused so; whatever else this says, the write will say again.
            Err(failure) if failure.status() == Some(400) => Ok(()),
            Err(failure) if failure.kind == ErrorKind::Denied => {
                let place = self.place(folder);
                Err(failure
                    .explain(place)
                    .with_hint(format!("let the identity create folders: {place}"))
                    .into())
            }
            // A folder's 404 is the environment's, since folders in between are made.
            outcome => outcome,
        }
    }

    async fn send_folder(
        self: &Arc<Self>,
        dialect: Dialect,
        folder: &FolderAddress,
        body: &Body,
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let _turn = self.turn(deadline).await?;
        let call = Call::create_folder(dialect, folder, body);
        let sent = deadline.bound(self.authorized(&call, deadline)).await;
        sent.unwrap_or_else(|| Err(Failure::deadline(deadline)))
            .map(drop)
    }
}
