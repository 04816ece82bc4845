//! The query parameters of a read, with each era's names and defaults.

use crate::answer::refusal::{self, Refusal};
use crate::answer::validation::Issues;
use crate::era::Era;
use crate::http::query::Query;
use crate::http::route::Api;

/// Names the project that a read asks for.
pub(crate) enum ProjectName {
    Id(String),
    Slug(String),
}

/// Holds where to read and how to present it.
pub(crate) struct Place {
    pub(crate) project: ProjectName,
    pub(crate) environment: String,
    pub(crate) folder: String,
    pub(crate) expand: bool,
    pub(crate) imports: bool,
    /// `false` masks every value.
    pub(crate) view: bool,
    /// Tells whether short references of imported values are looked up where they are imported first.
    pub(crate) is_relative: bool,
    /// Tells which of a user's own values and the shared ones are shown.
    pub(crate) personal: Personal,
}

/// Tells what becomes of a user's own values in a list. An identity has none.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Personal {
    /// They come beside the shared ones.
    Beside,
    /// They come in the place of the shared ones.
    Instead,
    /// They do not come.
    Hidden,
}

/// Holds the parameters of a list.
pub(crate) struct ListParameters {
    pub(crate) place: Place,
    pub(crate) recursive: bool,
    pub(crate) tags: Option<Vec<String>>,
}

/// Holds the parameters of a look-up.
pub(crate) struct GetParameters {
    pub(crate) place: Place,
    pub(crate) personal: bool,
    pub(crate) version: Option<u64>,
}

impl ListParameters {
    pub(crate) fn read(era: Era, api: Api, query: &Query) -> Result<Self, Refusal> {
        let mut issues = Issues::default();
        let recursive = issues.flag(query, "recursive", false);
        let tags = issues.text(query, "tagSlugs");
        let tags = tags.map(|tags| tags.split(',').map(str::to_owned).collect());
        let project = project_of(&mut issues, api, query);
        let environment = issues.text(query, "environment");
        let looks = Looks::read(&mut issues, era, api, query);
        issues.finish(era)?;
        let (Some(project), Some(environment)) = (project, environment) else {
            return Err(refusal::coordinates_missing(api));
        };
        Ok(Self {
            place: looks.at(project, environment),
            recursive,
            tags,
        })
    }
}

impl GetParameters {
    pub(crate) fn read(era: Era, api: Api, query: &Query) -> Result<Self, Refusal> {
        let mut issues = Issues::default();
        let personal = issues.choice(query, "type", &["shared", "personal"]) == Some("personal");
        let version = issues.number(query, "version");
        let project = match api {
            Api::V3 => project_of(&mut issues, api, query),
            Api::V4 => {
                let id = issues.required_text(query, "projectId");
                Some(ProjectName::Id(id.to_owned()))
            }
        };
        let environment = issues.text(query, "environment");
        let looks = Looks::read(&mut issues, era, api, query);
        issues.finish(era)?;
        let environment = environment.ok_or_else(|| refusal::bad_request("Missing environment"))?;
        let project = project
            .ok_or_else(|| refusal::bad_request("You must provide workspaceSlug or workspaceId"))?;
        Ok(Self {
            place: looks.at(project, environment),
            personal,
            version,
        })
    }
}

/// What a place needs besides project and environment, which the calls miss in different ways.
struct Looks {
    folder: String,
    expand: bool,
    imports: bool,
    view: bool,
    is_relative: bool,
    personal: Personal,
}

impl Looks {
    fn read(issues: &mut Issues, era: Era, api: Api, query: &Query) -> Self {
        let current = api == Api::V4 && era == Era::V4b;
        let imports = if current {
            "includeImports"
        } else {
            "include_imports"
        };
        let overrides = current && issues.flag(query, "includePersonalOverrides", false);
        Self {
            folder: folder(era, issues.text(query, "secretPath").unwrap_or("/")),
            expand: issues.flag(query, "expandSecretReferences", current),
            imports: issues.flag(query, imports, current),
            view: era == Era::V2024 || issues.flag(query, "viewSecretValue", true),
            is_relative: current,
            personal: match (current, overrides) {
                (false, _) => Personal::Beside,
                (true, true) => Personal::Instead,
                (true, false) => Personal::Hidden,
            },
        }
    }

    fn at(self, project: ProjectName, environment: &str) -> Place {
        Place {
            project,
            environment: environment.to_owned(),
            folder: self.folder,
            expand: self.expand,
            imports: self.imports,
            view: self.view,
            is_relative: self.is_relative,
            personal: self.personal,
        }
    }
}

fn project_of(issues: &mut Issues, api: Api, query: &Query) -> Option<ProjectName> {
    match api {
        Api::V4 => Some(ProjectName::Id(issues.text(query, "projectId")?.to_owned())),
        Api::V3 => {
            let slug = issues.text(query, "workspaceSlug");
            let id = issues.text(query, "workspaceId");
            let id = id.map(|id| ProjectName::Id(id.to_owned()));
            id.or_else(|| Some(ProjectName::Slug(slug?.to_owned())))
        }
    }
}

/// Takes one trailing slash off, and on current servers the spaces around.
fn folder(era: Era, path: &str) -> String {
    let path = if era == Era::V2024 { path } else { path.trim() };
    match path {
        "/" => path.to_owned(),
        _ => path.strip_suffix('/').unwrap_or(path).to_owned(),
    }
}
