//! What references to secrets and to folders have in common: scheme, project, environment and folder.

use std::borrow::Cow;
use std::fmt;

use crate::ParseErrorKind::{InvalidAuthority, MissingKey, MissingScheme};
use crate::error::{Escaped, Fault};
use crate::folder_path::FolderPath;
use crate::name::Name;
use crate::percent::Encoded;
use crate::piece::Piece;
use crate::scheme;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Location {
    pub(crate) scheme: String,
    pub(crate) project: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) folder: FolderPath,
}

/// Is what follows the last slash of the path, not yet read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail<'a> {
    /// Empty when the path ends in a slash, and so names a folder.
    pub(crate) key: Piece<'a>,
    pub(crate) query: Option<Piece<'a>>,
    pub(crate) fragment: Option<Piece<'a>>,
}

impl Location {
    pub(crate) fn read(text: Piece<'_>) -> Result<(Self, Tail<'_>), Fault> {
        let Some((scheme, rest)) = text.split_once_str("://") else {
            let hint = "begin with a scheme: `infisical://ENVIRONMENT/FOLDER/KEY`";
            return Err(text.fault(MissingScheme, hint));
        };
        let scheme = scheme::read(scheme)?;
        let (rest, fragment) = rest.cut('#');
        let (rest, query) = rest.cut('?');
        let Some((authority, path)) = rest.split_once('/') else {
            // Of a colon is told first: a password may follow it, and is not quoted then.
            no_colon(rest)?;
            return Err(missing_key(&scheme, rest));
        };
        let (project, environment) = read_authority(authority)?;
        let (folder, key) = match path.rsplit_once('/') {
            Some((folder, key)) => (FolderPath::read(folder)?, key),
            None => (FolderPath::root(), path),
        };
        let location = Self {
            scheme,
            project,
            environment,
            folder,
        };
        Ok((
            location,
            Tail {
                key,
                query,
                fragment,
            },
        ))
    }
}

/// Prints the location without a slash at its end.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme)?;
        if let Some(project) = &self.project {
            write!(f, "{}@", Encoded::authority(project))?;
        }
        if let Some(environment) = &self.environment {
            write!(f, "{}", Encoded::authority(environment))?;
        }
        self.folder
            .segments()
            .try_for_each(|segment| write!(f, "/{}", Encoded::segment(segment)))
    }
}

fn missing_key(scheme: &str, authority: Piece<'_>) -> Fault {
    let written = Escaped(authority.text());
    authority.fault(
        MissingKey,
        format!("`{scheme}://{written}` names no key: add `/KEY`, or end it in `/` for a folder"),
    )
}

fn no_colon(authority: Piece<'_>) -> Result<(), Fault> {
    let hint =
        "a reference has neither port nor password: write `scheme://project@environment/KEY`";
    match authority.find(':') {
        Some(colon) => Err(colon.fault(InvalidAuthority, hint)),
        None => Ok(()),
    }
}

/// Reads what stands between `://` and the first slash.
fn read_authority(authority: Piece<'_>) -> Result<(Option<String>, Option<String>), Fault> {
    no_colon(authority)?;
    let (project, environment) = match authority.split_once('@') {
        Some((project, environment)) => (Some(project), environment),
        None => (None, authority),
    };
    if let Some(second) = environment.find('@') {
        return Err(second.fault(InvalidAuthority, "write `%40` for an `@` in a name"));
    }
    let project = project.map(|piece| Name::Project.read(piece)).transpose()?;
    let environment = (!environment.is_empty())
        .then(|| Name::Environment.read(environment))
        .transpose()?;
    Ok((
        project.map(Cow::into_owned),
        environment.map(Cow::into_owned),
    ))
}
