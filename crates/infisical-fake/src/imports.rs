//! Secrets that come into a folder from others.

use serde_json::{Map, Value};

use crate::era::Era;
use crate::project::{Folder, ImportLink, Project};
use crate::row::Row;
use crate::state::{Caller, State};

/// Holds what one import brings: the secrets of its folder, then those of imports nested in it whose keys
/// are not taken yet.
pub(crate) struct Group<'a> {
    pub(crate) link: &'a ImportLink,
    folder: Option<&'a Folder>,
    pub(crate) rows: Vec<Row<'a>>,
}

impl Group<'_> {
    /// Writes the group around its secrets; a folder that does not exist has no id.
    pub(crate) fn to_json(&self, secrets: Vec<Value>) -> Value {
        let mut fields = Map::new();
        fields.insert("secretPath".to_owned(), self.link.path.clone().into());
        fields.insert(
            "environment".to_owned(),
            self.link.environment.clone().into(),
        );
        if let Some(folder) = self.folder {
            fields.insert("folderId".to_owned(), folder.id.clone().into());
        }
        fields.insert("secrets".to_owned(), secrets.into());
        fields.into()
    }
}

/// Follows the imports of one or more folders, lowest precedence first. What the caller may not read is
/// left out without a word.
pub(crate) fn groups<'a>(
    state: &State,
    caller: Caller,
    project: &'a Project,
    importers: &[(&'a str, &'a str, &'a Folder)],
) -> Vec<Group<'a>> {
    let readable =
        |link: &&ImportLink| state.may_read(caller, project, &link.environment, &link.path);
    let importers_of = |link: &ImportLink| {
        importers.iter().any(|(environment, path, folder)| {
            *environment == link.environment && *path == link.path && folder.imports.contains(link)
        })
    };
    let links: Vec<&ImportLink> = importers
        .iter()
        .flat_map(|(_, _, folder)| &folder.imports)
        .filter(readable)
        .collect();
    let folders: Vec<_> = links
        .iter()
        .map(|link| project.folder(&link.environment, &link.path))
        .collect();
    // The server of 2024 looks folders up, forgets which were missing, and pairs the rest with the imports
    // by position: contents move to the wrong import.
    let shifted = state.era == Era::V2024;
    let found: Vec<usize> = (0..links.len())
        .filter(|index| folders[*index].is_some())
        .collect();

    let mut groups = Vec::new();
    for (index, link) in links.iter().enumerate() {
        let source = if shifted {
            found.get(index).copied()
        } else {
            Some(index)
        };
        let folder = source.and_then(|source| folders[source]);
        let mut rows = Vec::new();
        if let (Some(source), Some(folder)) = (source, folder) {
            // A folder that imports itself gets an empty group.
            if !importers_of(links[source]) {
                let mut visited = links.clone();
                collect(
                    state,
                    caller,
                    project,
                    links[source],
                    folder,
                    &mut visited,
                    &mut rows,
                );
            }
        }
        groups.push(Group { link, folder, rows });
    }
    groups
}

/// Adds a folder's secrets, then those it imports; the nearer of two equal keys stays, and of two imports
/// of one folder the later.
fn collect<'a>(
    state: &State,
    caller: Caller,
    project: &'a Project,
    link: &'a ImportLink,
    folder: &'a Folder,
    visited: &mut Vec<&'a ImportLink>,
    rows: &mut Vec<Row<'a>>,
) {
    let Some(environment) = project.environment(&link.environment) else {
        return;
    };
    for secret in &folder.secrets {
        let is_taken = rows.iter().any(|row| row.secret.key == secret.key);
        // A secret that may not be read is dropped here, where a list of its own folder would mask it.
        if !is_taken && !secret.hidden {
            rows.push(Row {
                project,
                environment,
                folder: &link.path,
                secret,
            });
        }
    }
    for next in folder.imports.iter().rev() {
        let seen = visited.iter().any(|known| **known == *next);
        if seen || !state.may_read(caller, project, &next.environment, &next.path) {
            continue;
        }
        visited.push(next);
        if let Some(folder) = project.folder(&next.environment, &next.path) {
            collect(state, caller, project, next, folder, visited, rows);
        }
    }
}
