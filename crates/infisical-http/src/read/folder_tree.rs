//! How a folder is listed together with all that is beneath it.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use secret_ref::FolderPath;
use secret_source::{FolderAddress, Secret, SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::http::request::Call;
use crate::read::wire::FoldersBody;

impl Client {
    /// Answers what a folder and the folders beneath it hold, imports included, or nothing of it.
    ///
    /// The server's recursive list would be one request. But it drops what the identity may not read where a
    /// list of that folder alone is refused, and no import in it says which folder it belongs to. A list that
    /// lacks a secret reads as if there were none, so each folder is listed for itself.
    pub(crate) async fn look_beneath(
        self: &Arc<Self>,
        root: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let deadline = Deadline::after(self.transport.limits.lookup_deadline);
        self.kept.expire();
        let looking = async {
            let folders = self.folders_beneath(root, deadline).await?;
            // The root is there if something is in it, and the others were seen in theirs.
            let exist = folders.len() > 1;
            let listing: Vec<_> = folders
                .into_iter()
                .map(async |folder| self.look_into_one(&folder, exist, deadline).await)
                .collect();
            let listed: Vec<_> = stream::iter(listing)
                .buffered(self.transport.limits.concurrent_folders)
                .try_collect()
                .await?;
            Ok(listed.into_iter().flatten().collect())
        };
        let listed = deadline.bound(looking).await;
        listed
            .unwrap_or_else(|| Err(Failure::deadline(deadline).explain(self.place(root))))
            .map_err(|error: SecretError| error.with_correlation(deadline.correlation()))
    }

    /// Finds a folder and all folders beneath it, level by level, each before those in it.
    async fn folders_beneath(
        self: &Arc<Self>,
        root: &FolderAddress,
        deadline: Deadline,
    ) -> Result<Vec<FolderAddress>, SecretError> {
        let mut found = vec![root.clone()];
        let mut level = vec![root.clone()];
        while !level.is_empty() {
            let asking: Vec<_> = level
                .iter()
                .map(async |folder| {
                    let names = match self.folders_in(folder, false, deadline).await {
                        // What exactly is missing is for the list of the folder to tell.
                        Err(failure) if failure.kind.is_not_found() => Vec::new(),
                        names => names.map_err(|failure| failure.explain(self.place(folder)))?,
                    };
                    names
                        .iter()
                        .map(|name| child(folder, name))
                        .collect::<Result<Vec<_>, _>>()
                })
                .collect();
            let next: Vec<_> = stream::iter(asking)
                .buffered(self.transport.limits.concurrent_folders)
                .try_collect()
                .await?;
            level = next.into_iter().flatten().collect();
            found.extend_from_slice(&level);
        }
        Ok(found)
    }

    /// Returns the names of the folders in a folder; `once` does without repetitions after a failure.
    pub(crate) async fn folders_in(
        self: &Arc<Self>,
        folder: &FolderAddress,
        once: bool,
        deadline: Deadline,
    ) -> Result<Vec<String>, Failure> {
        let project = self.project_id(folder.project()).await?;
        // The question is the same in both dialects, so that its answer tells nothing of either.
        let call = Call {
            once,
            ..Call::folders(&project, folder)
        };
        let mut answer = self.authorized(&call, deadline).await;
        // As with any other read: "not modified" answers a question that was not asked.
        if matches!(&answer, Err(failure) if failure.remedy == Remedy::OnceMore) {
            answer = self.authorized(&call, deadline).await;
        }
        let body: FoldersBody = serde_json::from_slice(&answer?.body)
            .map_err(|error| Failure::not_the_document(&error))?;
        Ok(body.folders.into_iter().map(|child| child.name).collect())
    }
}

/// Names a folder in another. Servers of 2024 take names that no path can hold, such as `a/b`.
fn child(folder: &FolderAddress, name: &str) -> Result<FolderAddress, SecretError> {
    let refused = || {
        let name = name.escape_debug();
        SecretError::unsupported(format!(
            "{folder} holds a folder named `{name}`, which no path can name"
        ))
        .with_hint("rename that folder, or list the folders that you need one by one")
    };
    if name.contains('/') {
        return Err(refused());
    }
    let path = FolderPath::parse(folder.path()).and_then(|path| path.join(name));
    let path = path.map_err(|_| refused())?;
    let child = FolderAddress::new(folder.scheme(), folder.environment(), &path);
    Ok(match folder.project() {
        Some(project) => child.with_project(project),
        None => child,
    })
}
