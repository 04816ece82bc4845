//! Secrets that come into a folder from others.

use serde_json::{Map, Value};

use crate::api::row::Row;
use crate::era::Era;
use crate::store::folder::ImportLink;
use crate::store::project::{Located, Project};
use crate::store::state::{Caller, State};

/// Holds what one import brings: the secrets of its folder, then those of imports nested in it whose keys
/// are not taken yet.
pub(crate) struct Group<'a> {
    link: &'a ImportLink,
    pub(crate) importer: Located<'a>,
    source: Option<Located<'a>>,
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
        if let Some(source) = self.source {
            fields.insert("folderId".to_owned(), source.folder.id.clone().into());
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
    importers: &[Located<'a>],
) -> Vec<Group<'a>> {
    let mut walk = Walk {
        state,
        caller,
        project,
        visited: Vec::new(),
    };
    let imports = importers.iter().flat_map(|importer| {
        importer
            .folder
            .imports
            .iter()
            .map(move |link| (link, *importer))
    });
    let imports: Vec<_> = imports.filter(|(link, _)| walk.may_read(link)).collect();
    // What is imported directly is not repeated inside a group.
    walk.visited.extend(imports.iter().map(|(link, _)| *link));

    let mut sources: Vec<_> = imports.iter().map(|(link, _)| walk.locate(link)).collect();
    if state.era == Era::V2024 {
        // It looks the folders up, forgets which were missing, and pairs the rest with the imports by
        // position, so that contents move to the wrong import.
        let count = sources.len();
        sources.retain(Option::is_some);
        sources.resize(count, None);
    }
    let pairs = imports.iter().zip(sources);
    pairs
        .map(|((link, importer), source)| {
            let mut rows = Vec::new();
            // A folder that imports itself gets an empty group.
            if let Some(source) = source
                && !link.is_to(importer)
            {
                walk.collect(source, &mut rows);
            }
            Group {
                link,
                importer: *importer,
                source,
                rows,
            }
        })
        .collect()
}

/// Walks through nested imports, each folder once.
struct Walk<'s, 'a> {
    state: &'s State,
    caller: Caller,
    project: &'a Project,
    visited: Vec<&'a ImportLink>,
}

impl<'a> Walk<'_, 'a> {
    fn may_read(&self, link: &ImportLink) -> bool {
        self.state
            .may_read(self.caller, self.project, &link.environment, &link.path)
    }

    fn locate(&self, link: &ImportLink) -> Option<Located<'a>> {
        self.project.locate(&link.environment, &link.path)
    }

    /// Adds a folder's secrets, then those it imports, the last import first: of two equal keys the nearer
    /// stays, and among equally near ones the later.
    fn collect(&mut self, source: Located<'a>, rows: &mut Vec<Row<'a>>) {
        for secret in &source.folder.secrets {
            let is_taken = rows.iter().any(|row| row.secret.key == secret.key);
            // What may not be read is dropped here, where a list of its own folder would mask it.
            if !is_taken && !secret.hidden {
                rows.push(Row {
                    project: self.project,
                    place: source,
                    secret,
                    is_personal: false,
                });
            }
        }
        for link in source.folder.imports.iter().rev() {
            let is_visited = self.visited.iter().any(|known| known.leads_where(link));
            if is_visited || !self.may_read(link) {
                continue;
            }
            self.visited.push(link);
            if let Some(nested) = self.locate(link) {
                self.collect(nested, rows);
            }
        }
    }
}
