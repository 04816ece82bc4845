//! What a project holds: environments, folders, secrets and imports.

use std::collections::BTreeMap;

use crate::store::folder::Folder;
use crate::store::id;

/// Holds one project's environments.
#[derive(Clone)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) environments: Vec<Environment>,
}

impl Project {
    pub(crate) fn new(slug: &str) -> Self {
        Self {
            id: id::uuid(&format!("project {slug}")),
            slug: slug.to_owned(),
            name: slug.to_owned(),
            environments: Vec::new(),
        }
    }

    pub(crate) fn is_called(&self, id_or_slug: &str) -> bool {
        self.id == id_or_slug || self.slug == id_or_slug
    }

    pub(crate) fn environment(&self, slug: &str) -> Option<&Environment> {
        self.environments
            .iter()
            .find(|environment| environment.slug == slug)
    }

    /// Finds a folder by environment and path.
    pub(crate) fn locate(&self, environment: &str, path: &str) -> Option<Located<'_>> {
        let environment = self.environment(environment)?;
        let (path, folder) = environment.folders.get_key_value(path)?;
        Some(Located {
            environment,
            path,
            folder,
        })
    }

    pub(crate) fn folder_mut(&mut self, environment: &str, path: &str) -> Option<&mut Folder> {
        let mut environments = self.environments.iter_mut();
        let found = environments.find(|known| known.slug == environment)?;
        found.folders.get_mut(&normal_path(path))
    }

    /// Finds an environment, or makes it, empty but for its root folder.
    pub(crate) fn environment_or_new(&mut self, slug: &str) -> &mut Environment {
        let index = match self
            .environments
            .iter()
            .position(|known| known.slug == slug)
        {
            Some(index) => index,
            None => {
                self.environments.push(Environment::new(&self.slug, slug));
                self.environments.len() - 1
            }
        };
        &mut self.environments[index]
    }

    /// Finds a folder, or makes it and its parents.
    pub(crate) fn folder_or_new(&mut self, environment: &str, path: &str) -> &mut Folder {
        self.environment_or_new(environment).folder_or_new(path)
    }
}

/// Holds one environment's folders by path; `/` is always there.
#[derive(Clone)]
pub(crate) struct Environment {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) folders: BTreeMap<String, Folder>,
}

impl Environment {
    fn new(project: &str, slug: &str) -> Self {
        let id = id::uuid(&format!("environment {project} {slug}"));
        let root = Folder::new(&id, "/");
        Self {
            id,
            slug: slug.to_owned(),
            name: display_name(slug),
            folders: BTreeMap::from([("/".to_owned(), root)]),
        }
    }

    fn folder_or_new(&mut self, path: &str) -> &mut Folder {
        let path = normal_path(path);
        for (index, _) in path.match_indices('/').skip(1) {
            self.insert_folder(&path[..index]);
        }
        self.insert_folder(&path)
    }

    /// Takes out a folder and all below it, and gives back the folder alone.
    pub(crate) fn remove_folder(&mut self, path: &str) -> Option<Folder> {
        let removed = self.folders.remove(path);
        self.folders.retain(|known, _| !is_within(known, path));

        removed
    }

    /// Moves a folder, with all below it, to another path.
    pub(crate) fn move_folder(&mut self, from: &str, to: &str) {
        let all = std::mem::take(&mut self.folders);
        let moved = |path: String| match path.strip_prefix(from) {
            Some(rest) if is_within(&path, from) => format!("{to}{rest}"),
            _ => path,
        };
        self.folders = all
            .into_iter()
            .map(|(path, folder)| (moved(path), folder))
            .collect();
    }

    fn insert_folder(&mut self, path: &str) -> &mut Folder {
        let environment = &self.id;
        self.folders
            .entry(path.to_owned())
            .or_insert_with(|| Folder::new(environment, path))
    }
}

/// Points to a folder with the environment and the path where it lies.
#[derive(Clone, Copy)]
pub(crate) struct Located<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) path: &'a str,
    pub(crate) folder: &'a Folder,
}

/// Holds one shared secret with all its versions, the current one last, and what a user put in its place.
#[derive(Clone)]
pub(crate) struct StoredSecret {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) first_version: u64,
    pub(crate) values: Vec<String>,
    pub(crate) comment: String,
    pub(crate) tags: Vec<String>,
    pub(crate) skip_multiline_encoding: bool,
    pub(crate) hidden: bool,
    /// The user's own value.
    pub(crate) personal: Option<String>,
}

impl StoredSecret {
    pub(crate) fn new(folder_id: &str, key: &str, value: &str) -> Self {
        Self {
            id: id::uuid(&format!("secret {folder_id} {key}")),
            key: key.to_owned(),
            first_version: 1,
            values: vec![value.to_owned()],
            comment: String::new(),
            tags: Vec::new(),
            skip_multiline_encoding: false,
            hidden: false,
            personal: None,
        }
    }

    pub(crate) fn revise(&mut self, value: &str) {
        self.values.push(value.to_owned());
    }

    pub(crate) fn value(&self) -> &str {
        self.values.last().map_or("", String::as_str)
    }

    pub(crate) fn version(&self) -> u64 {
        (self.first_version + self.values.len() as u64).saturating_sub(1)
    }

    /// Gives the value that `version` had, if it ever existed.
    pub(crate) fn value_at(&self, version: u64) -> Option<&str> {
        let index = version.checked_sub(self.first_version)?;
        self.values
            .get(usize::try_from(index).ok()?)
            .map(String::as_str)
    }
}

/// Makes a path absolute and free of empty segments and of a final slash.
pub(crate) fn normal_path(path: &str) -> String {
    let joined = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect::<Vec<_>>()
        .join("/");
    format!("/{joined}")
}

/// Tells whether `path` is `base` or lies below it, by whole segments.
pub(crate) fn is_within(path: &str, base: &str) -> bool {
    base == "/"
        || path
            .strip_prefix(base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Names an environment the way a new project does.
fn display_name(slug: &str) -> String {
    match slug {
        "dev" => "Development".to_owned(),
        "staging" => "Staging".to_owned(),
        "prod" => "Production".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_with_its_parents() {
        let mut project = Project::new("p");
        project.folder_or_new("dev", "/a/b/c");
        let paths: Vec<_> = project.environments[0].folders.keys().cloned().collect();
        assert_eq!(paths, ["/", "/a", "/a/b", "/a/b/c"]);
    }

    #[test]
    fn a_folder_moves_and_goes_with_what_lies_below_it_and_nothing_else() {
        let mut project = Project::new("p");
        project.folder_or_new("dev", "/a/b");
        project.folder_or_new("dev", "/ab");
        let environment = &mut project.environments[0];
        environment.move_folder("/a", "/c");
        let paths: Vec<_> = environment.folders.keys().cloned().collect();
        assert_eq!(paths, ["/", "/ab", "/c", "/c/b"]);
        assert!(environment.remove_folder("/c").is_some());
        assert!(environment.remove_folder("/c").is_none());
        let paths: Vec<_> = environment.folders.keys().cloned().collect();
        assert_eq!(paths, ["/", "/ab"]);
    }

    #[test]
    fn a_changed_secret_keeps_its_old_versions() {
        let mut secret = StoredSecret::new("f", "K", "one");
        secret.revise("two");
        assert_eq!((secret.version(), secret.value()), (2, "two"));
        assert_eq!(secret.value_at(1), Some("one"));
        assert_eq!(secret.value_at(3), None);
        assert_eq!(secret.value_at(0), None);
    }

    #[test]
    fn being_within_a_folder_goes_by_whole_segments() {
        assert!(is_within("/shared/db", "/shared"));
        assert!(is_within("/shared", "/shared"));
        assert!(is_within("/shared", "/"));
        assert!(!is_within("/shared/db", "/sha"));
    }
}
