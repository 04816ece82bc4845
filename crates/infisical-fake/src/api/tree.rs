//! Calls about folders and imports: what they share.

use serde_json::Value;

use crate::answer::refusal::Refusal;
use crate::answer::validation::Issues;
use crate::api::{folders, write_folders, write_imports};
use crate::http::call::Call;
use crate::http::tree_call::TreeCall;
use crate::store::project::{Environment, Project, normal_path};
use crate::store::state::{Caller, State};

/// Answers a call about folders or imports.
pub(crate) fn answer(
    state: &mut State,
    caller: Caller,
    (tree_call, parameter): (&TreeCall, &str),
    call: &Call,
) -> Result<Value, Refusal> {
    match tree_call {
        TreeCall::ListFolders => folders::list(state, caller, parameter, &call.query),
        TreeCall::ShowFolder(id) => folders::show(state, caller, id),
        TreeCall::CreateFolder => write_folders::create(state, caller, parameter, call),
        TreeCall::RenameFolder(id) => write_folders::rename(state, caller, parameter, id, call),
        TreeCall::DeleteFolder(id) => write_folders::delete(state, caller, parameter, id, call),
        TreeCall::ListImports => write_imports::list(state, caller, parameter, &call.query),
        TreeCall::CreateImport => write_imports::create(state, caller, parameter, call),
        TreeCall::ChangeImport(id) => write_imports::change(state, caller, parameter, id, call),
        TreeCall::DeleteImport(id) => write_imports::delete(state, caller, parameter, id, call),
    }
}

/// Points to a folder that a body names, which need not exist.
pub(crate) struct TreePlace {
    /// The index of the project.
    pub(crate) project: usize,
    pub(crate) environment: String,
    pub(crate) path: String,
}

impl TreePlace {
    /// Reads project, environment and path (an old name of it is `directory`), with what `issues` has found
    /// so far.
    pub(crate) fn of(
        state: &State,
        caller: Caller,
        parameter: &str,
        body: &Value,
        mut issues: Issues,
    ) -> Result<Self, Refusal> {
        let id = issues.field(body, parameter);
        let environment = issues.field(body, "environment").to_owned();
        issues.finish(state.era)?;
        state.project_by_id(caller, id)?;
        let path = body["path"].as_str().or(body["directory"].as_str());
        Ok(Self {
            project: state
                .projects
                .iter()
                .position(|project| project.id == id)
                .unwrap_or_default(),
            environment,
            path: normal_path(path.unwrap_or("/")),
        })
    }

    pub(crate) fn project<'a>(&self, state: &'a State) -> &'a Project {
        &state.projects[self.project]
    }

    pub(crate) fn environment<'a>(&self, state: &'a State) -> Option<&'a Environment> {
        self.project(state).environment(&self.environment)
    }

    pub(crate) fn may_be_written(&self, state: &State, caller: Caller) -> bool {
        let project = self.project(state);
        state.may_write(caller, project, &self.environment, &self.path)
    }
}
