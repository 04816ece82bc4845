//! [`Place`]: where a request looked.

use std::fmt;

use secret_source::{FolderAddress, Origin};

/// Says where a request looked, for its error or the origin of what it found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) host: &'a str,
    pub(crate) project: Option<&'a str>,
    pub(crate) folder: Option<&'a FolderAddress>,
}

impl Place<'_> {
    /// Names where a value came from; what is not given is what was asked for.
    pub(crate) fn origin(&self, environment: Option<&str>, folder: Option<&str>) -> Origin {
        let asked = self.folder;
        let mut origin = Origin::new("infisical").with("host", self.host);
        if let Some(project) = self.project {
            origin = origin.with("project", project);
        }
        if let Some(environment) = environment.or(asked.map(|asked| asked.environment())) {
            origin = origin.with("environment", environment);
        }
        if let Some(folder) = folder.or(asked.map(|asked| asked.path())) {
            origin = origin.with("folder", folder);
        }
        origin
    }
}

/// Prints where, in the words of Infisical's own pages.
impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(folder) = self.folder {
            write!(
                f,
                "folder `{}` of environment `{}` in ",
                folder.path(),
                folder.environment()
            )?;
        }
        match self.project {
            Some(project) => write!(f, "project `{project}`"),
            None => f.write_str("the project"),
        }
    }
}
