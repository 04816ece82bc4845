//! How one folder is listed, and what is kept of the answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use secret_source::{ErrorKind, FolderAddress, Missing, Secret, SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::{Call, Values};
use crate::http::send::Reply;
use crate::read::batch::Job;
use crate::read::found::Found;
use crate::read::kept_lists::{KeptList, Validator};
use crate::read::listing::Listing;
use crate::read::wire::ListBody;

impl Client {
    /// Lists the folder of a job.
    ///
    /// Where the identity may not read what one reference in it leads to, a current server refuses the whole.
    /// A batch then takes the values as they are stored, which are final where they hold no reference.
    pub(crate) async fn list_for(
        self: &Arc<Self>,
        job: &Job,
        folder: &FolderAddress,
        addresses: &[SecretAddress],
        deadline: Deadline,
    ) -> Result<Found, Failure> {
        let kept = self.kept_for(job, addresses);
        let refused = match self.list(folder, kept, deadline).await {
            Err(failure) if failure.is_for_one_reference() && !job.entries().is_empty() => failure,
            listed => return listed,
        };
        match self.list_once(folder, Values::Stored, deadline).await {
            Ok(listing) => {
                let refusal = refused.explain(self.place(folder));
                Ok(Found::Folder(listing.with_refusal(refusal)))
            }
            Err(_) => Err(refused),
        }
    }

    /// Lists a folder without a condition, and without repetitions after a failure: the answer is of use but
    /// not needed.
    pub(crate) async fn list_once(
        self: &Arc<Self>,
        folder: &FolderAddress,
        values: Values,
        deadline: Deadline,
    ) -> Result<Listing, Failure> {
        let listing = async {
            let project = self.project_id(folder.project()).await?;
            let spelled = |dialect| Call {
                once: true,
                ..Call::list(dialect, &project, folder, values)
            };
            let (dialect, reply) = self.read(deadline, spelled).await?;
            listing(dialect, &reply)
        };
        let listed = deadline.bound(listing).await;
        listed.unwrap_or_else(|| Err(Failure::deadline(deadline)))
    }

    async fn list(
        self: &Arc<Self>,
        folder: &FolderAddress,
        kept: Option<Arc<KeptList>>,
        deadline: Deadline,
    ) -> Result<Found, Failure> {
        let project = self.project_id(folder.project()).await?;
        let unconditional = |dialect| Call::list(dialect, &project, folder, Values::Expanded);
        let etag = |dialect| {
            let validator = &kept.as_ref()?.validator;
            (validator.dialect == dialect).then(|| validator.etag.clone())
        };
        let spelled = |dialect| Call {
            if_none_match: etag(dialect),
            ..unconditional(dialect)
        };
        let mut read = self.read(deadline, spelled).await;
        if let (Ok((_, reply)), Some(kept)) = (&read, &kept)
            && reply.is_not_modified()
        {
            if self.kept.still_holds(folder, kept) {
                return Ok(Found::Unchanged(Arc::clone(kept)));
            }
            // What was confirmed was forgotten meanwhile, and something had to be the reason.
            read = self.in_dialect(deadline, unconditional).await;
        }
        let (dialect, reply) = read.inspect_err(|failure| {
            if failure.kind == ErrorKind::Denied {
                self.kept.forget(folder);
            }
        })?;
        let listing = listing(dialect, &reply)?;
        let etag = reply.etag;
        let validator = etag.map(|etag| Validator { dialect, etag });
        Ok(Found::Folder(listing.with_validator(validator)))
    }

    /// Finds what may stand in for the list of a folder: it must hold every key that is asked for.
    fn kept_for(&self, job: &Job, addresses: &[SecretAddress]) -> Option<Arc<KeptList>> {
        if job.entries().is_empty() {
            return None;
        }
        let keys = job.entries().iter().map(|entry| addresses[*entry].key());
        self.kept.find(&job.folder(), keys)
    }

    /// Keeps the answers of a list, and nothing else of it.
    pub(crate) fn keep(
        &self,
        job: &Job,
        found: &Found,
        addresses: &[SecretAddress],
        answers: &[Option<Result<Secret, SecretError>>],
    ) {
        let Some(validator) = found.validator() else {
            return;
        };
        let mut kept = BTreeMap::new();
        for entry in job.entries() {
            let answer = match &answers[*entry] {
                // An old server may call two states alike that differ behind a reference it did not expand.
                Some(Ok(secret)) if !secret.is_unexpanded() => Ok(secret.clone()),
                Some(Err(error)) if error.kind() == ErrorKind::NotFound(Missing::Secret) => {
                    Err(error.clone())
                }
                _ => continue,
            };
            kept.insert(addresses[*entry].key().to_owned(), answer);
        }
        self.kept.keep(&job.folder(), validator.clone(), kept);
    }
}

fn listing(dialect: Dialect, reply: &Reply) -> Result<Listing, Failure> {
    let body: ListBody =
        serde_json::from_slice(&reply.body).map_err(|error| Failure::not_the_document(&error))?;
    Ok(Listing::new(body, dialect == Dialect::V3))
}
