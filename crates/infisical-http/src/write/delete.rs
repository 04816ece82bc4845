//! [`Deletion`]: how secrets are deleted.

use std::slice;
use std::sync::{Arc, OnceLock};

use secret_source::{SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::http::request::{Call, Operation};
use crate::write::batch::Batch;
use crate::write::body::Body;
use crate::write::chunks::MOST_ENTRIES;
use crate::write::group::Group;
use crate::write::name::has_a_route;

/// Deletes secrets within one deadline.
pub(crate) struct Deletion<'a> {
    client: &'a Arc<Client>,
    deadline: Deadline,
    ended: OnceLock<SecretError>,
}

impl<'a> Deletion<'a> {
    pub(crate) fn new(client: &'a Arc<Client>) -> Self {
        let deadline = Deadline::after(client.transport.limits.lookup_deadline);
        Self {
            client,
            deadline,
            ended: OnceLock::new(),
        }
    }

    async fn send(
        &self,
        group: &Group<SecretAddress>,
        chunk: &[(usize, SecretAddress)],
    ) -> Result<(), Failure> {
        let folder = &group.folder;
        let keys = chunk.iter().map(|(_, address)| address.key());
        let body = Body::deletions(&group.project, folder, keys)?;
        let spelled = |dialect| Call::write_many(Operation::Delete, dialect, folder, &body);
        self.client.submit(self.deadline, spelled).await.map(drop)
    }
}

impl Batch for Deletion<'_> {
    type Entry = SecretAddress;
    type Outcome = ();

    fn client(&self) -> &Arc<Client> {
        self.client
    }

    fn deadline(&self) -> Deadline {
        self.deadline
    }

    fn ended(&self) -> &OnceLock<SecretError> {
        &self.ended
    }

    fn address(entry: &SecretAddress) -> &SecretAddress {
        entry
    }

    fn check(&self, _entry: &SecretAddress) -> Result<(), SecretError> {
        Ok(())
    }

    fn chunks(entries: &[(usize, SecretAddress)]) -> Vec<&[(usize, SecretAddress)]> {
        entries.chunks(MOST_ENTRIES).collect()
    }

    async fn many(
        &self,
        group: &Group<SecretAddress>,
        chunk: &[(usize, SecretAddress)],
    ) -> Vec<Result<(), SecretError>> {
        if chunk.len() == 1 {
            return self.one_by_one(group, chunk).await;
        }
        let sent = self.send(group, chunk).await;
        let sent = sent.map(|()| chunk.iter().map(|_| Ok(())).collect());
        self.settled(sent, group, chunk).await
    }

    async fn one(
        &self,
        group: &Group<SecretAddress>,
        entry: &(usize, SecretAddress),
    ) -> Result<Result<(), SecretError>, Failure> {
        let (folder, key) = (&group.folder, entry.1.key());
        if !has_a_route(key) {
            return self.send(group, slice::from_ref(entry)).await.map(Ok);
        }
        let body = Body::deletion(&group.project, folder)?;
        let spelled = |dialect| Call::write_one(Operation::Delete, dialect, folder, key, &body);
        self.client.submit(self.deadline, spelled).await?;
        Ok(Ok(()))
    }
}
