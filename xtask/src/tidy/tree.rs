//! What the rules read: the texts of the working tree and the packages of the workspace.

use std::fs;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use super::code::Code;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// The files that Git tracks or would track, and the workspace's packages.
#[derive(Debug)]
pub(crate) struct Tree {
    texts: Vec<Text>,
    sources: Vec<Source>,
    packages: Vec<Package>,
}

/// A text file; `path` is relative to the root, with `/`.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A Rust file: as written, and in the two views that rules search.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) lines: usize,
    /// Comments and the insides of literals blanked.
    pub(crate) code: Code,
    /// The same without tests.
    pub(crate) production: Code,
}

/// A package of ours.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Relative to the root: `crates/secret-ref`.
    pub(crate) folder: String,
    pub(crate) published: bool,
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Needed by the package's tests, examples and benchmarks only.
    pub(crate) development: bool,
}

impl Tree {
    pub(crate) fn read(workspace: &Workspace) -> Result<Self, Failure> {
        let files = crate::workspace::tracked_files(workspace)?;
        // What is no text has nothing that these rules could read, and what is deleted but not yet
        // committed is gone.
        let texts = files.into_iter().filter_map(|path| {
            fs::read_to_string(workspace.root().join(&path))
                .ok()
                .map(|text| (path, text))
        });
        let metadata = MetadataCommand::new()
            .current_dir(workspace.root())
            .no_deps()
            .exec()
            .map_err(Failure::during("reading `cargo metadata`"))?;
        Ok(Self::new(texts, packages(&metadata)))
    }

    pub(crate) fn new(
        files: impl IntoIterator<Item = (String, String)>,
        packages: Vec<Package>,
    ) -> Self {
        let texts = files
            .into_iter()
            .map(|(path, text)| Text { path, text })
            .collect::<Vec<_>>();
        let sources = texts
            .iter()
            .filter(|file| file.path.ends_with(".rs"))
            .map(Source::new)
            .collect();
        Self {
            texts,
            sources,
            packages,
        }
    }

    pub(crate) fn texts(&self) -> &[Text] {
        &self.texts
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.texts
            .iter()
            .find(|file| file.path == path)
            .map(|file| file.text.as_str())
    }

    /// Returns every Rust file, tests and `xtask` included.
    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Returns the source files of the crates, without those that hold only tests.
    pub(crate) fn crate_sources(&self) -> impl Iterator<Item = &Source> {
        self.sources
            .iter()
            .filter(|source| source.crate_name().is_some() && !source.is_test_file())
    }

    pub(crate) fn packages(&self) -> &[Package] {
        &self.packages
    }
}

impl Source {
    fn new(file: &Text) -> Self {
        let code = Code::of(&file.text);
        let production = code.without_tests();
        Self {
            path: file.path.clone(),
            lines: file.text.lines().count(),
            code,
            production,
        }
    }

    /// Returns `secret-ref` for `crates/secret-ref/src/template.rs`, and nothing for a file that is not
    /// part of what a crate builds.
    pub(crate) fn crate_name(&self) -> Option<&str> {
        let (name, rest) = self.path.strip_prefix("crates/")?.split_once('/')?;
        (rest.starts_with("src/") || rest == "build.rs").then_some(name)
    }

    /// Tells whether this is the file of a `#[cfg(test)] mod tests;`.
    fn is_test_file(&self) -> bool {
        // `schedules.rs` is the file of a `#[cfg(all(test, shuttle))] mod schedules;`.
        let is_one = ["/tests.rs", "/schedules.rs"]
            .iter()
            .any(|end| self.path.ends_with(end));
        is_one || self.path.contains("/src/tests/")
    }
}

fn packages(metadata: &Metadata) -> Vec<Package> {
    let root = &metadata.workspace_root;
    let dependency = |dependency: &cargo_metadata::Dependency| Dependency {
        name: dependency.name.clone(),
        development: dependency.kind == DependencyKind::Development,
    };
    let folder = |package: &cargo_metadata::Package| {
        let folder = package.manifest_path.parent()?.strip_prefix(root).ok()?;
        Some(folder.as_str().replace('\\', "/"))
    };
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| Package {
            name: package.name.to_string(),
            folder: folder(package).unwrap_or_default(),
            published: package
                .publish
                .as_ref()
                .is_none_or(|registries| !registries.is_empty()),
            dependencies: package.dependencies.iter().map(dependency).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> Tree {
        Tree::new(
            paths.iter().map(|path| ((*path).to_owned(), String::new())),
            Vec::new(),
        )
    }

    #[test]
    fn crate_sources_are_what_the_crates_build() {
        let tree = tree(&[
            "crates/a/src/lib.rs",
            "crates/a/src/deep/er.rs",
            "crates/a/src/tests.rs",
            "crates/a/src/tests/case.rs",
            "crates/a/tests/laws.rs",
            "crates/a/examples/settings.rs",
            "tests/src/lib.rs",
            "xtask/src/main.rs",
            "README.md",
        ]);
        let paths = tree
            .crate_sources()
            .map(|source| source.path.as_str())
            .collect::<Vec<_>>();
        assert_eq!(paths, ["crates/a/src/lib.rs", "crates/a/src/deep/er.rs"]);
        assert_eq!(tree.sources().len(), 8);
    }
}
