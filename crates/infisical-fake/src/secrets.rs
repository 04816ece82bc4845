//! Reading secrets: the list and the single look-up.

use serde_json::{Value, json};

use crate::era::Era;
use crate::expand::{Expander, Expansion, Target};
use crate::imports::{self, Group};
use crate::parameters::{GetParameters, ListParameters, Place, ProjectName};
use crate::project::{Folder, Project, StoredSecret, is_within};
use crate::query::Query;
use crate::refusal::{self, Refusal};
use crate::route::Api;
use crate::row::{Row, Shape};
use crate::state::{Caller, State};

/// Lists a folder, or a tree of folders.
pub(crate) fn list(
    state: &State,
    caller: Caller,
    api: Api,
    query: &Query,
) -> Result<Value, Refusal> {
    let parameters = ListParameters::read(state.era, api, query)?;
    let ListParameters {
        place,
        recursive,
        tags,
    } = &parameters;
    let read = Read::new(state, caller, place, "Failed to find project by slug")?;
    if !recursive && !read.may_read(&place.environment, &place.folder) {
        return Err(refusal::denied("read", &place.environment, &place.folder));
    }
    let Some(folders) = read.folders(*recursive)? else {
        // The `imports` nobody asked for are all that tells this from an empty folder.
        return Ok(json!({ "secrets": [], "imports": [] }));
    };

    let mut secrets = Vec::new();
    for (_, path, folder) in &folders {
        for secret in &folder.secrets {
            if tags.as_ref().is_some_and(|tags| !has_tag(secret, tags)) {
                continue;
            }
            // In a tree, what may not be read is left out below the folder that was asked for.
            if secret.hidden && place.view && *path != place.folder {
                continue;
            }
            let row = read.row(&place.environment, path, secret)?;
            let value = read.value(row, place.expand, Unexpanded::Literal)?;
            let mut row = row.to_json(state.era, Shape::Listed, value.as_deref(), secret.version());
            if let Some(tags) = tags {
                keep_tags(&mut row, tags);
            }
            secrets.push(row);
        }
    }
    if !place.imports {
        return Ok(json!({ "secrets": secrets }));
    }
    // Old servers expand imported values whether asked to or not.
    let expand = place.expand || state.era == Era::V2024;
    let groups = imports::groups(state, caller, read.project, &folders);
    let imports: Result<Vec<Value>, Refusal> = groups
        .iter()
        .map(|group| read.group(group, expand))
        .collect();
    Ok(json!({ "secrets": secrets, "imports": imports? }))
}

/// Looks one secret up: the folder's own, else the last import that has it.
pub(crate) fn get(
    state: &State,
    caller: Caller,
    api: Api,
    key: &str,
    query: &Query,
) -> Result<Value, Refusal> {
    let parameters = GetParameters::read(state.era, api, query)?;
    let place = &parameters.place;
    let read = Read::new(state, caller, place, "Find project by slug")?;
    if !read.may_read(&place.environment, &place.folder) {
        return Err(refusal::denied("read", &place.environment, &place.folder));
    }
    let folder = read
        .project
        .folder(&place.environment, &place.folder)
        .ok_or_else(|| {
            refusal::folder_missing_on_get(state.era, &place.environment, &place.folder)
        })?;
    let missing = || refusal::secret_missing(state.era, key);
    // Only users have personal values.
    if parameters.personal {
        return Err(missing());
    }
    let (row, shape) = match folder.secret(key) {
        Some(secret) => (
            read.row(&place.environment, &place.folder, secret)?,
            Shape::Single,
        ),
        None => (
            read.imported(folder, key).ok_or_else(missing)?,
            Shape::SingleImported,
        ),
    };
    if row.secret.hidden && place.view {
        return Err(refusal::denied(
            "readValue",
            &place.environment,
            &place.folder,
        ));
    }
    // Old servers take the version and ignore it.
    let version = match parameters.version {
        Some(version) if state.era != Era::V2024 => version,
        _ => row.secret.version(),
    };
    let stored = row.secret.value_at(version).ok_or_else(missing)?;
    let value = read.value_of(row, stored, place.expand, Unexpanded::Refused)?;
    Ok(json!({ "secret": row.to_json(state.era, shape, value.as_deref(), version) }))
}

/// Tells what a server of 2024 does with a reference that leads to a missing folder or to what may not be
/// read: a list leaves it as it is, a look-up fails.
#[derive(Clone, Copy, PartialEq)]
enum Unexpanded {
    Literal,
    Refused,
}

/// Holds what all steps of one read need.
struct Read<'a> {
    state: &'a State,
    caller: Caller,
    project: &'a Project,
    place: &'a Place,
}

impl<'a> Read<'a> {
    /// Finds the project; `label` names the place in an old server's source that fails on unknown slugs.
    fn new(
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
        })
    }

    fn may_read(&self, environment: &str, folder: &str) -> bool {
        self.state
            .may_read(self.caller, self.project, environment, folder)
    }

    fn row(
        &self,
        environment: &str,
        folder: &'a str,
        secret: &'a StoredSecret,
    ) -> Result<Row<'a>, Refusal> {
        let project = self.project;
        let environment = project
            .environment(environment)
            .ok_or_else(refusal::server_error)?;
        Ok(Row {
            project,
            environment,
            folder,
            secret,
        })
    }

    /// Finds the folders to list; `None` is a folder that does not exist, on a server that does not mind.
    fn folders(
        &self,
        recursive: bool,
    ) -> Result<Option<Vec<(&'a str, &'a str, &'a Folder)>>, Refusal> {
        let Place {
            environment,
            folder: base,
            ..
        } = self.place;
        let is_old = self.state.era == Era::V2024;
        let missing = || refusal::folder_missing_on_list(environment, base);
        if is_old && base.split('/').any(|segment| segment == "..") {
            return Err(refusal::server_error_named("Find by secret path"));
        }
        let Some(found) = self.project.environment(environment) else {
            return match (is_old, recursive) {
                (false, _) => Err(missing()),
                // A role limited to other environments is told nothing, here as for known ones.
                (true, true) if !self.may_read(environment, base) => Ok(Some(Vec::new())),
                (true, true) => Err(refusal::server_error()),
                (true, false) => Ok(None),
            };
        };
        let exists = found.folders.contains_key(base);
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
        let folders = found.folders.iter().filter(|(path, _)| is_listed(path));
        let folders = folders.filter(|(path, _)| self.may_read(environment, path));
        let slug = found.slug.as_str();
        Ok(Some(
            folders
                .map(|(path, folder)| (slug, path.as_str(), folder))
                .collect(),
        ))
    }

    /// Finds a key among the imports of a folder, from the last to the first.
    fn imported(&self, folder: &'a Folder, key: &str) -> Option<Row<'a>> {
        if !self.place.imports {
            return None;
        }
        let Place {
            environment,
            folder: path,
            ..
        } = self.place;
        let importers = [(environment.as_str(), path.as_str(), folder)];
        let groups = imports::groups(self.state, self.caller, self.project, &importers);
        let mut rows = groups.iter().rev().flat_map(|group| &group.rows);
        rows.find(|row| row.secret.key == key).copied()
    }

    fn group(&self, group: &Group<'_>, expand: bool) -> Result<Value, Refusal> {
        let secrets: Result<Vec<Value>, Refusal> = group
            .rows
            .iter()
            .map(|row| {
                let value = self.value(*row, expand, Unexpanded::Literal)?;
                let version = row.secret.version();
                Ok(row.to_json(self.state.era, Shape::Imported, value.as_deref(), version))
            })
            .collect();
        Ok(group.to_json(secrets?))
    }

    fn value(
        &self,
        row: Row<'_>,
        expand: bool,
        unexpanded: Unexpanded,
    ) -> Result<Option<String>, Refusal> {
        self.value_of(row, row.secret.value(), expand, unexpanded)
    }

    /// Gives the value to show, or `None` where it may not be seen.
    fn value_of(
        &self,
        row: Row<'_>,
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
        };
        let expansion = expander.expand(stored, &row.environment.slug, row.folder);
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

fn has_tag(secret: &StoredSecret, tags: &[String]) -> bool {
    secret.tags.iter().any(|tag| tags.contains(tag))
}

/// Leaves only the tags that were asked for, as a filtered list does.
fn keep_tags(row: &mut Value, tags: &[String]) {
    if let Some(Value::Array(shown)) = row.get_mut("tags") {
        shown.retain(|tag| {
            tag["slug"]
                .as_str()
                .is_some_and(|slug| tags.iter().any(|tag| tag == slug))
        });
    }
}
