//! What a fake knows when it starts.

use std::fmt;

use crate::seeds::secret_seed::SecretSeed;
use crate::seeds::seed_error::SeedError;
use crate::seeds::{seed_example, seed_tree};
use crate::store::project::{Project, normal_path};

/// Describes the projects a fake starts with.
///
/// In code, projects have the environments `dev`, `staging` and `prod`, as new projects on real servers do;
/// others, and folders with their parents, appear as they are mentioned. The first project is the fake's
/// default one.
///
/// # Examples
///
/// ```
/// use infisical_fake::{SecretSeed, Seed};
///
/// let seed = Seed::new()
///     .secret("dev", "/shared/db", "HOST", "db.internal")
///     .entry("dev", "/shared/db", SecretSeed::new("PASSWORD", "correct horse").hidden())
///     .import("dev", "/services/api", "dev", "/shared/db")
///     .project("other-team")
///     .secret("prod", "/", "KEY", "value");
/// ```
#[derive(Clone, Default)]
pub struct Seed {
    projects: Vec<Project>,
    current: usize,
}

impl Seed {
    /// Starts with nothing; a fake given this has one empty project, `example-project`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives about 25 secrets of the kinds people have, in three environments; all of them invented.
    #[must_use]
    pub fn example() -> Self {
        seed_example::seed()
    }

    /// Reads a tree of project, environment, folder, key and value from JSON text.
    ///
    /// # Errors
    ///
    /// Fails when the text is no JSON, and as [`Seed::from_value`] does.
    ///
    /// # Examples
    ///
    /// ```
    /// let seed = infisical_fake::Seed::from_json(
    ///     r#"{ "shop": { "dev": { "/shared/db": { "PASSWORD": "correct horse" } } } }"#,
    /// );
    /// assert!(seed.is_ok());
    ///
    /// let error = infisical_fake::Seed::from_json(r#"{ "shop": { "dev": { "/": { "PORT": 5432 } } } }"#);
    /// assert_eq!(
    ///     error.unwrap_err().to_string(),
    ///     "seed, at shop > dev > / > PORT: the value is a number and must be text",
    /// );
    /// ```
    pub fn from_json(text: &str) -> Result<Self, SeedError> {
        seed_tree::from_json(text)
    }

    /// Reads a tree of project, environment, folder, key and value; other formats (TOML) come this way.
    ///
    /// Only the environments that the tree names exist. The default project is the first in the order of the
    /// map, which is by name unless `serde_json` is told to keep the order of the text.
    ///
    /// # Errors
    ///
    /// Fails, saying where, when a level is no table, a value is no text, or a folder is not absolute.
    pub fn from_value(tree: &serde_json::Value) -> Result<Self, SeedError> {
        seed_tree::from_value(tree)
    }

    /// Turns to the project of this slug, made if new: what follows goes there.
    #[must_use]
    pub fn project(mut self, slug: &str) -> Self {
        self.turn_to(slug);
        for environment in ["dev", "staging", "prod"] {
            self.projects[self.current].environment_or_new(environment);
        }
        self
    }

    /// Sets the current project's id (by default it follows from the slug).
    #[must_use]
    pub fn project_id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.current().id);
        self
    }

    /// Sets the current project's display name (by default its slug).
    #[must_use]
    pub fn project_name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.current().name);
        self
    }

    /// Makes an environment in the current project.
    #[must_use]
    pub fn environment(mut self, slug: &str) -> Self {
        self.current().environment_or_new(slug);
        self
    }

    /// Makes a folder, and its parents, in the current project.
    #[must_use]
    pub fn folder(mut self, environment: &str, folder: &str) -> Self {
        self.current().folder_or_new(environment, folder);
        self
    }

    /// Puts a secret into a folder of the current project; one of the same key is replaced.
    #[must_use]
    pub fn secret(self, environment: &str, folder: &str, key: &str, value: &str) -> Self {
        self.entry(environment, folder, SecretSeed::new(key, value))
    }

    /// Puts a secret with comment, tags and the rest into a folder of the current project.
    #[must_use]
    pub fn entry(mut self, environment: &str, folder: &str, secret: SecretSeed) -> Self {
        secret.store(self.current().folder_or_new(environment, folder));
        self
    }

    /// Lets a folder import another, which need not exist; a later import wins over an earlier one.
    #[must_use]
    pub fn import(
        mut self,
        environment: &str,
        folder: &str,
        from_environment: &str,
        from_folder: &str,
    ) -> Self {
        self.current()
            .folder_or_new(environment, folder)
            .import(from_environment, &normal_path(from_folder));
        self
    }

    /// Gives the projects, at least one.
    pub(crate) fn into_projects(mut self) -> Vec<Project> {
        self.current();
        self.projects
    }

    /// Gives the project that additions go to, without inventing environments.
    pub(crate) fn turn_to(&mut self, slug: &str) -> &mut Project {
        self.current = match self
            .projects
            .iter()
            .position(|project| project.slug == slug)
        {
            Some(index) => index,
            None => {
                self.projects.push(Project::new(slug));
                self.projects.len() - 1
            }
        };
        &mut self.projects[self.current]
    }

    fn current(&mut self) -> &mut Project {
        if self.projects.is_empty() {
            *self = std::mem::take(self).project("example-project");
        }
        &mut self.projects[self.current]
    }
}

impl fmt::Debug for Seed {
    /// Shows which projects there are and how many secrets, and no value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slugs: Vec<&str> = self
            .projects
            .iter()
            .map(|project| project.slug.as_str())
            .collect();
        let environments = self
            .projects
            .iter()
            .flat_map(|project| &project.environments);
        let folders = environments.flat_map(|environment| environment.folders.values());
        f.debug_struct("Seed")
            .field("projects", &slugs)
            .field(
                "secrets",
                &folders.map(|folder| folder.secrets.len()).sum::<usize>(),
            )
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_seed_is_one_project_with_three_environments() {
        let projects = Seed::new().into_projects();
        let slugs: Vec<&str> = projects[0]
            .environments
            .iter()
            .map(|environment| environment.slug.as_str())
            .collect();
        assert_eq!((projects.len(), slugs), (1, vec!["dev", "staging", "prod"]));
    }

    #[test]
    fn the_same_key_twice_keeps_the_last_value() {
        let seed = Seed::new()
            .secret("dev", "/", "K", "one")
            .secret("dev", "/", "K", "two");
        let projects = seed.into_projects();
        let folder = projects[0].locate("dev", "/").unwrap().folder;
        assert_eq!(
            (folder.secrets.len(), folder.secrets[0].value()),
            (1, "two")
        );
    }

    #[test]
    fn debug_of_a_seed_shows_no_value() {
        let seed = Seed::new().secret("dev", "/", "K", "canary-value");
        assert!(!format!("{seed:?}").contains("canary"));
    }
}
