//! [`ConfigFiles`]: configuration files as one figment.

use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use figment::providers::{Data, Format, Json, Toml, Yaml};
use figment::{Figment, Profile};

use crate::{Problem, ProblemKind, ResolveError};

/// Merges configuration files in their order, each read by the ending of its name: `.toml`, `.yaml`, `.yml` or
/// `.json`.
///
/// Figment takes a file that is not there for an empty one. Here it is an error, since whoever names files means
/// them.
///
/// # Examples
///
/// ```
/// use figment_secrets::ConfigFiles;
///
/// # let folder = std::env::temp_dir().join(format!("config-files-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let (base, local) = (folder.join("base.toml"), folder.join("local.yaml"));
/// std::fs::write(&base, "port = 80\nname = 'shop'")?;
/// std::fs::write(&local, "port: 8080")?;
/// let figment = ConfigFiles::new([&base, &local]).figment()?;
/// assert_eq!(figment.extract_inner::<u16>("port")?, 8080);
/// assert_eq!(figment.extract_inner::<String>("name")?, "shop");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ConfigFiles {
    files: Vec<PathBuf>,
    profile: Option<Profile>,
}

impl ConfigFiles {
    /// Takes the files, the first one lowest.
    pub fn new<P: Into<PathBuf>>(files: impl IntoIterator<Item = P>) -> Self {
        Self {
            files: files.into_iter().map(Into::into).collect(),
            profile: None,
        }
    }

    /// Reads the top-level tables of the files as profiles, and selects one of them.
    pub fn profile(mut self, profile: impl Into<Profile>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// Merges the files. What is wrong within one is told by whoever reads the figment.
    ///
    /// # Errors
    ///
    /// Fails where a file is not there or cannot be opened, and where its ending is not known.
    pub fn figment(&self) -> Result<Figment, ConfigFileError> {
        let merged = self
            .files
            .iter()
            .try_fold(Figment::new(), |figment, path| {
                let failed = |reason| ConfigFileError {
                    file: path.clone(),
                    reason,
                };
                check(path).map_err(failed)?;
                self.merge(figment, path)
                    .ok_or_else(|| failed(Reason::UnknownEnding))
            })?;
        Ok(match &self.profile {
            Some(profile) => merged.select(profile.clone()),
            None => merged,
        })
    }

    #[allow(
        deprecated,
        reason = "the fork of `figment2-secrets` has another name for `file_exact`, which figment lacks"
    )]
    fn merge(&self, figment: Figment, path: &Path) -> Option<Figment> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match ending.as_str() {
            "toml" => figment.merge(self.tables(Toml::file_exact(path))),
            "yaml" | "yml" => figment.merge(self.tables(Yaml::file_exact(path))),
            "json" => figment.merge(self.tables(Json::file_exact(path))),
            _ => return None,
        })
    }

    fn tables<F: Format>(&self, file: Data<F>) -> Data<F> {
        match self.profile {
            Some(_) => file.nested(),
            None => file,
        }
    }
}

/// Says which file cannot be a part of the configuration, and why.
#[derive(Debug)]
pub struct ConfigFileError {
    file: PathBuf,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    Folder,
    Unreadable(io::Error),
    UnknownEnding,
}

impl ConfigFileError {
    /// Returns the path as it was given.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

impl fmt::Display for ConfigFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match self.reason {
            Reason::Folder => write!(f, "{file} is a folder"),
            Reason::Unreadable(_) => write!(f, "cannot read {file}"),
            Reason::UnknownEnding => {
                write!(f, "{file} does not end in .toml, .yaml, .yml or .json")
            }
        }
    }
}

impl Error for ConfigFileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.reason {
            Reason::Unreadable(error) => Some(error),
            Reason::Folder | Reason::UnknownEnding => None,
        }
    }
}

/// Makes a problem of it, so that a file that is not there is reported like one that does not parse, and
/// [`Watched::builder_async`](crate::Watched::builder_async) takes the files.
impl From<ConfigFileError> for ResolveError {
    fn from(error: ConfigFileError) -> Self {
        let (why, hint) = match &error.reason {
            Reason::Folder => ("it is a folder".to_owned(), "name a file"),
            Reason::Unreadable(error) => (
                error.to_string(),
                "check that the file exists and may be read",
            ),
            Reason::UnknownEnding => (
                "its name does not end in .toml, .yaml, .yml or .json".to_owned(),
                "give it the ending of its format",
            ),
        };
        let file = error.file.display().to_string();
        let problem = Problem {
            file: Some(file.clone()),
            place: Some(file),
            message: format!("the file cannot be read: {why}"),
            hint: Some(hint.to_owned()),
            ..Problem::without_place(ProblemKind::Configuration)
        };
        Self::new(vec![problem], Vec::new(), 0)
    }
}

/// Finds out early whether a file is there and may be read. A pipe, as of `<(…)`, is fine, and not opened twice.
fn check(path: &Path) -> Result<(), Reason> {
    let found = fs::metadata(path).map_err(Reason::Unreadable)?;
    if found.is_dir() {
        return Err(Reason::Folder);
    }
    if found.is_file() {
        File::open(path).map_err(Reason::Unreadable)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str) -> String {
        let error = ConfigFiles::new([path]).figment().unwrap_err();
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        format!("{error}: {cause}")
    }

    #[test]
    fn a_file_that_cannot_be_meant_is_refused() {
        let here = env!("CARGO_MANIFEST_DIR");
        assert!(
            said("/nonexistent/a.toml").starts_with("cannot read /nonexistent/a.toml: No such")
        );
        assert!(said(here).ends_with("figment-secrets is a folder: "));
        let source = format!("{here}/src/lib.rs");
        assert!(said(&source).ends_with("lib.rs does not end in .toml, .yaml, .yml or .json: "));
    }

    #[test]
    fn a_file_that_cannot_be_meant_is_a_problem_like_one_that_cannot_be_parsed() {
        let here = env!("CARGO_MANIFEST_DIR");
        let source = format!("{here}/src/lib.rs");
        for (path, why, hint) in [
            (
                "/nonexistent/a.toml",
                "No such file",
                "check that the file exists",
            ),
            (here, "it is a folder", "name a file"),
            (
                source.as_str(),
                "its name does not end in .toml",
                "give it the ending",
            ),
        ] {
            let error = ConfigFiles::new([path]).figment().unwrap_err();
            let error = ResolveError::from(error);
            let [problem] = error.problems() else {
                panic!("one problem: {error}")
            };
            assert_eq!(problem.code, "unreadable-configuration");
            assert_eq!(problem.file.as_deref(), Some(path));
            let message = format!("the file cannot be read: {why}");
            assert!(problem.message.starts_with(&message), "{error}");
            assert!(problem.hint.as_ref().unwrap().starts_with(hint), "{error}");
            assert!(error.to_string().contains(path), "{error}");
        }
    }

    #[test]
    fn tables_are_profiles_only_where_one_is_selected() {
        let manifest = format!("{}/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
        let files = ConfigFiles::new([&manifest]);
        let plain = files.figment().unwrap();
        let name = plain.extract_inner::<String>("package.name").unwrap();
        assert_eq!(name, "figment-secrets");
        let profile = files.profile("package").figment().unwrap();
        assert_eq!(profile.extract_inner::<String>("name").unwrap(), name);
    }
}
