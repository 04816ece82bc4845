//! [`Group`]: the entries of one folder, which is what a request writes.

use std::sync::Arc;

use secret_source::{FolderAddress, SecretAddress, SecretError, repeated};

use crate::client::Client;
use crate::write::name;

/// The entries of a batch that lie in one folder, each with its place in the batch.
pub(crate) struct Group<T> {
    pub(crate) project: String,
    pub(crate) folder: FolderAddress,
    pub(crate) entries: Vec<(usize, T)>,
}

/// What each entry of a batch came to, as far as is known.
pub(crate) type Outcomes<T> = Vec<Option<Result<T, SecretError>>>;

impl Client {
    /// Refuses what can be refused without asking, and sorts the rest by folder in the order they appear.
    ///
    /// Two spellings of a project mean one folder, so secrets are told apart by the project's id.
    pub(crate) async fn grouped<T, W>(
        self: &Arc<Self>,
        entries: impl IntoIterator<Item = (T, Result<(), SecretError>)>,
        address_of: impl Fn(&T) -> &SecretAddress,
    ) -> (Vec<Group<T>>, Outcomes<W>) {
        let mut outcomes: Outcomes<W> = Vec::new();
        let mut accepted = Vec::new();
        for (index, (entry, checked)) in entries.into_iter().enumerate() {
            outcomes.push(None);
            let address = address_of(&entry);
            let project = match checked.and_then(|()| name::check(address)) {
                Ok(()) => match self.project_id(address.project()).await {
                    Ok(project) => project,
                    Err(failure) => {
                        let folder = address.folder_address();
                        outcomes[index] = Some(Err(failure.explain(self.place(&folder))));
                        continue;
                    }
                },
                Err(error) => {
                    outcomes[index] = Some(Err(error));
                    continue;
                }
            };
            accepted.push((index, project, entry));
        }
        let by_id: Vec<_> = accepted
            .iter()
            .map(|(_, project, entry)| address_of(entry).clone().with_project(project))
            .collect();
        let mut groups: Vec<Group<T>> = Vec::new();
        for ((index, project, entry), repeated) in accepted.into_iter().zip(repeated(&by_id)) {
            if let Some(error) = repeated {
                outcomes[index] = Some(Err(error));
                continue;
            }
            let folder = address_of(&entry).folder_address();
            let same = |group: &&mut Group<T>| {
                group.project == project
                    && group.folder.environment() == folder.environment()
                    && group.folder.path() == folder.path()
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.entries.push((index, entry)),
                None => groups.push(Group {
                    project,
                    folder,
                    entries: vec![(index, entry)],
                }),
            }
        }
        (groups, outcomes)
    }
}
