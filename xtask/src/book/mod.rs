//! `cargo xtask book`: the README and the book hold together.
//!
//! Checks what mdBook would notice, without mdBook: it is a large program to build for two small checks,
//! and it compiles no snippet that needs a dependency.

mod chapters;
mod links;
mod markdown;
mod snippets;

use std::fs;

use crate::failure::Failure;
use crate::workspace::{Workspace, tracked_files};

/// A Markdown file; `path` is relative to the root, with `/`.
#[derive(Debug)]
struct Page {
    path: String,
    text: String,
}

/// All Markdown files, and the names of all files for their links to lead to.
#[derive(Debug)]
struct Library {
    pages: Vec<Page>,
    files: Vec<String>,
    /// `tests/src/lib.rs`, which includes the pages whose snippets are compiled.
    compiled: String,
}

/// The sources of the book.
const BOOK: &str = "docs/src/";

pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let library = Library::read(workspace)?;
    let problems = [
        chapters::check(&library),
        links::check(&library),
        snippets::check(&library),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>();
    problems.iter().for_each(|problem| println!("{problem}"));
    match problems.len() {
        0 => {
            println!(
                "{} pages: chapters, links and snippets are in order",
                library.pages.len()
            );
            Ok(())
        }
        count => Err(Failure::new(format!("book found {count} problems"))),
    }
}

impl Library {
    fn read(workspace: &Workspace) -> Result<Self, Failure> {
        let read = |path: &str| fs::read_to_string(workspace.root().join(path));
        let mut files = tracked_files(workspace)?;
        files.retain(|path| workspace.root().join(path).is_file());
        let pages = files
            .iter()
            .filter(|path| path.ends_with(".md"))
            .map(|path| {
                Ok(Page {
                    path: path.clone(),
                    text: read(path).map_err(Failure::during(path))?,
                })
            })
            .collect::<Result<_, Failure>>()?;
        let compiled = read(snippets::COMPILED).map_err(Failure::during(snippets::COMPILED))?;
        Ok(Self {
            pages,
            files,
            compiled,
        })
    }

    #[cfg(test)]
    fn of(pages: &[(&str, &str)], compiled: &str) -> Self {
        let pages = pages
            .iter()
            .map(|(path, text)| Page {
                path: (*path).into(),
                text: (*text).into(),
            })
            .collect::<Vec<_>>();
        let files = pages.iter().map(|page| page.path.clone()).collect();
        Self {
            pages,
            files,
            compiled: compiled.into(),
        }
    }

    fn page(&self, path: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.path == path)
    }

    fn has(&self, path: &str) -> bool {
        self.files.iter().any(|file| file == path) || self.has_folder(path)
    }

    fn has_folder(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty()
            || self.files.iter().any(|file| {
                file.strip_prefix(path)
                    .is_some_and(|rest| rest.starts_with('/'))
            })
    }
}
