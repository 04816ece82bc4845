//! One read of secrets: what its steps share.

use serde_json::Value;

use crate::answer::refusal::{self, Refusal};
use crate::api::expand::{Expander, Expansion, ShortReferences, Target};
use crate::api::imports::{self, Group};
use crate::api::parameters::{Place, ProjectName};
use crate::api::row::{Row, Shape};
use crate::era::Era;
use crate::store::project::{Located, Project, StoredSecret, is_within};
use crate::store::short_expansions::ListDraws;
use crate::store::state::{Caller, State};

/// Tells what a server of 2024 does with a reference that leads to a missing folder or to what may not be
/// read: a list leaves it as it is, a look-up fails.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Unexpanded {
    Literal,
    Refused,
}

/// Holds the project, the place in it, and who reads.
pub(crate) struct Read<'a> {
    pub(crate) state: &'a State,
    pub(crate) caller: Caller,
    pub(crate) project: &'a Project,
    pub(crate) place: &'a Place,
    /// Lets the references of some values be followed one step only, as old servers do in lists.
    pub(crate) short_expansions: Option<ListDraws>,
}

impl<'a> Read<'a> {
    /// Finds the project; `label` names the place in an old server's source that fails on unknown slugs.
    pub(crate) fn new(
        state: &'a State,
        caller: Caller,
        place: &'a Place,
        label: &'static str,
    ) -> Result<Self, Refusal> {
        let project = match &place.project {
            ProjectName::Id(id) => state.project_by_id(caller, id)?,
            ProjectName::Slug(slug) => {
                let project = state.projects.iter().find(|project| project.slug == *slug);
                let project =
                    project.ok_or_else(|| refusal::unknown_slug(state.era, slug, label))?;
                state.admit(caller, project)?
            }
        };
        Ok(Self {
            state,
            caller,
            project,
            place,
            short_expansions: None,
        })
    }

    /// Refuses the read of a folder that the caller may not read, before telling whether it exists.
    pub(crate) fn check_permission(&self) -> Result<(), Refusal> {
        let Place {
            environment,
            folder,
            ..
        } = self.place;
        if self.may_read(environment, folder) {
            return Ok(());
        }
        Err(refusal::denied("read", environment, folder))
    }

    /// Finds the folders to list; `None` is a folder that does not exist, on a server that does not mind.
    pub(crate) fn folders(&self, recursive: bool) -> Result<Option<Vec<Located<'a>>>, Refusal> {
        let Place {
            environment: slug,
            folder: base,
            ..
        } = self.place;
        let is_old = self.state.era == Era::V2024;
        let missing = || refusal::folder_missing_on_list(slug, base);
        if is_old && base.split('/').any(|segment| segment == "..") {
            return Err(refusal::server_error_named("Find by secret path"));
        }
        let Some(environment) = self.project.environment(slug) else {
            return match (is_old, recursive) {
                (false, _) => Err(missing()),
                (true, true) => Err(refusal::server_error()),
                (true, false) => Ok(None),
            };
        };
        let exists = environment.folders.contains_key(base);
        if !exists && !is_old {
            return Err(missing());
        }
        if !exists && !recursive {
            return Ok(None);
        }
        // An old server compares text only, so `/sha` covers `/shared`.
        let is_listed = |path: &str| match (recursive, is_old) {
            (false, _) => path == base,
            (true, true) => path.starts_with(base.as_str()),
            (true, false) => is_within(path, base),
        };
        let folders = environment.folders.iter();
        let listed = folders.filter(|(path, _)| is_listed(path) && self.may_read(slug, path));
        Ok(Some(
            listed
                .map(|(path, folder)| Located {
                    environment,
                    path,
                    folder,
                })
                .collect(),
        ))
    }

    /// Finds a key among the imports of a folder, from the last to the first.
    pub(crate) fn imported(&self, importer: Located<'a>, key: &str) -> Option<Row<'a>> {
        if !self.place.imports {
            return None;
        }
        let groups = imports::groups(self.state, self.caller, self.project, &[importer]);
        let mut rows = groups.iter().rev().flat_map(|group| &group.rows);
        rows.find(|row| row.secret.key == key).copied()
    }

    /// Writes the imports of folders, as a list shows them.
    pub(crate) fn imports(&self, importers: &[Located<'a>]) -> Result<Vec<Value>, Refusal> {
        let groups = imports::groups(self.state, self.caller, self.project, importers);
        groups.iter().map(|group| self.group(group)).collect()
    }

    fn group(&self, group: &Group<'_>) -> Result<Value, Refusal> {
        // Old servers expand imported values whether asked to or not.
        let expand = self.place.expand || self.state.era == Era::V2024;
        let mut secrets = Vec::with_capacity(group.rows.len());
        for row in &group.rows {
            let importer = Some(group.importer);
            let stored = row.secret.value();
            let value = self.value((*row, importer), stored, expand, Unexpanded::Literal)?;
            let version = row.secret.version();
            secrets.push(row.to_json(self.state.era, Shape::Imported, value.as_deref(), version));
        }
        Ok(group.to_json(secrets))
    }

    /// Gives the value to show for a stored one, or `None` where it may not be seen. A row that was imported
    /// comes with the folder that imports it.
    pub(crate) fn value(
        &self,
        (row, importer): (Row<'_>, Option<Located<'_>>),
        stored: &str,
        expand: bool,
        unexpanded: Unexpanded,
    ) -> Result<Option<String>, Refusal> {
        if row.secret.hidden || !self.place.view {
            return Ok(None);
        }
        if !expand {
            return Ok(Some(stored.to_owned()));
        }
        let may_read = |environment: &str, folder: &str| self.may_read(environment, folder);
        let era = self.state.era;
        let expander = Expander {
            era,
            project: self.project,
            may_read: &may_read,
            short_references: match self.place.is_relative {
                true => ShortReferences::Relative(importer),
                false => ShortReferences::Beside,
            },
            stops_early: self
                .short_expansions
                .is_some_and(|draws| draws.stops_early(&row.secret.id)),
        };
        let expansion = expander.expand(stored, &row.place.environment.slug, row.place.path);
        let is_strict = era != Era::V2024 || unexpanded == Unexpanded::Refused;
        if let (Some(target), true) = (&expansion.denied, is_strict) {
            let Target {
                environment,
                folder,
                key,
            } = target;
            return Err(refusal::unreadable_reference(era, environment, folder, key));
        }
        if expansion.folder_missing && era == Era::V2024 && unexpanded == Unexpanded::Refused {
            return Err(refusal::server_error());
        }
        Ok(Some(quoted_if_asked(expansion, row.secret)))
    }

    fn may_read(&self, environment: &str, folder: &str) -> bool {
        self.state
            .may_read(self.caller, self.project, environment, folder)
    }
}

/// Puts a multi-line value into quotes where the secret asks for it, which servers do only to a value that
/// held a reference.
fn quoted_if_asked(expansion: Expansion, secret: &StoredSecret) -> String {
    let Expansion {
        text,
        had_references,
        ..
    } = expansion;
    if had_references && secret.skip_multiline_encoding && text.contains('\n') {
        return format!("\"{}\"", text.replace('\n', "\\n"));
    }
    text
}
