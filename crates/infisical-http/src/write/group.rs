//! [`Group`]: the entries of one folder, which is what a request writes.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use secret_source::{FolderAddress, SecretAddress, SecretError, repeated};

use crate::answer::failure::Failure;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::write::name;
use crate::write::reach::{Reach, reach};

/// The entries of a batch that lie in one folder, each with its place in the batch.
pub(crate) struct Group<T> {
    pub(crate) project: String,
    pub(crate) folder: FolderAddress,
    pub(crate) entries: Vec<(usize, T)>,
    /// What left the entries of this folder that were not yet sent no chance.
    pub(crate) ended: OnceLock<SecretError>,
}

/// What each entry of a batch came to, as far as is known.
pub(crate) type Outcomes<T> = Vec<Option<Result<T, SecretError>>>;

/// The id of each project that a batch names, or why it is not known.
type Ids = HashMap<Option<String>, Result<String, SecretError>>;

impl Client {
    /// Refuses what can be refused without asking, and sorts the rest by folder in the order they appear.
    ///
    /// Two spellings of a project mean one folder, so secrets are told apart by the project's id.
    pub(crate) async fn grouped<T, W>(
        self: &Arc<Self>,
        entries: Vec<(T, Result<(), SecretError>)>,
        address_of: impl Fn(&T) -> &SecretAddress,
        deadline: Deadline,
    ) -> (Vec<Group<T>>, Outcomes<W>) {
        let checked: Vec<_> = entries
            .into_iter()
            .map(|(entry, checked)| {
                let checked = checked.and_then(|()| name::check(address_of(&entry)));
                (entry, checked)
            })
            .collect();
        let accepted = checked.iter().filter(|(_, checked)| checked.is_ok());
        let addresses = accepted.map(|(entry, _)| address_of(entry));
        let ids = self.ids(addresses, deadline).await;

        // Also of what is refused anyway: of two spellings of one secret the other must not win.
        let by_id: Vec<_> = checked
            .iter()
            .map(|(entry, _)| self.by_id(address_of(entry), &ids))
            .collect();
        let mut groups: Vec<Group<T>> = Vec::new();
        let mut outcomes: Outcomes<W> = Vec::new();
        for (index, ((entry, checked), repeated)) in
            checked.into_iter().zip(repeated(&by_id)).enumerate()
        {
            let address = address_of(&entry);
            let id = match repeated.map_or(checked, Err) {
                Ok(()) => id_of(address, &ids),
                Err(error) => Err(error),
            };
            let folder = address.folder_address();
            match id {
                Err(error) => outcomes.push(Some(Err(error))),
                Ok(project) => {
                    outcomes.push(None);
                    add(&mut groups, project, folder, (index, entry));
                }
            }
        }
        (groups, outcomes)
    }

    /// Finds out the id of each project, once; what fails for all is not tried for each.
    async fn ids<'a>(
        self: &Arc<Self>,
        addresses: impl Iterator<Item = &'a SecretAddress>,
        deadline: Deadline,
    ) -> Ids {
        let mut ids = Ids::new();
        let mut ended: Option<SecretError> = None;
        for address in addresses {
            let project = address.project().map(str::to_owned);
            if ids.contains_key(&project) {
                continue;
            }
            let id = match &ended {
                Some(error) => Err(error.clone()),
                None => {
                    let id = deadline.bound(self.project_id(project.as_deref())).await;
                    let id = id.unwrap_or_else(|| Err(Failure::deadline(deadline)));
                    id.map_err(|failure| {
                        let reach = reach(&failure);
                        let error = failure.explain(self.place(&address.folder_address()));
                        if reach == Reach::Batch {
                            ended = Some(error.clone());
                        }
                        error
                    })
                }
            };
            ids.insert(project, id);
        }
        ids
    }

    /// Spells an address with its project's id, as far as that is known.
    fn by_id(&self, address: &SecretAddress, ids: &Ids) -> SecretAddress {
        let named = self.projects.named(address.project());
        match (id_of(address, ids), named) {
            (Ok(id), _) => address.clone().with_project(&id),
            (Err(_), Ok(named)) => address.clone().with_project(named),
            (Err(_), Err(_)) => address.clone(),
        }
    }
}

fn id_of(address: &SecretAddress, ids: &Ids) -> Result<String, SecretError> {
    let id = ids.get(&address.project().map(str::to_owned));
    let unknown = || Err(SecretError::protocol("the batch left this project out"));
    id.cloned().unwrap_or_else(unknown)
}

fn add<T>(groups: &mut Vec<Group<T>>, project: String, folder: FolderAddress, entry: (usize, T)) {
    let same = |group: &&mut Group<T>| {
        group.project == project
            && group.folder.environment() == folder.environment()
            && group.folder.path() == folder.path()
    };
    match groups.iter_mut().find(same) {
        Some(group) => group.entries.push(entry),
        None => groups.push(Group {
            project,
            folder,
            entries: vec![entry],
            ended: OnceLock::new(),
        }),
    }
}
