//! Secret references in values, as the server expands them.

use crate::era::Era;
use crate::store::project::{Located, Project};

/// How deep references are followed.
const DEPTH: usize = 10;

/// Expands references within one project for one caller.
pub(crate) struct Expander<'a> {
    pub(crate) era: Era,
    pub(crate) project: &'a Project,
    /// Tells whether the caller may read a folder of an environment.
    pub(crate) may_read: &'a dyn Fn(&str, &str) -> bool,
    pub(crate) short_references: ShortReferences<'a>,
    /// Stops after one reference, whatever is in the value it leads to.
    pub(crate) stops_early: bool,
}

/// Tells where a reference without environment and folder looks for its key.
#[derive(Clone, Copy)]
pub(crate) enum ShortReferences<'a> {
    /// In the folder of the value that holds it.
    Beside,
    /// As the v4 routes of current servers: for an imported value first in the folder that imports it, at
    /// every depth; and in each folder also among what that imports directly.
    Relative(Option<Located<'a>>),
}

/// Holds an expanded value and what could not be expanded; that stays in the text as it was written.
#[derive(Default)]
pub(crate) struct Expansion {
    pub(crate) text: String,
    /// Tells whether there was anything to expand.
    pub(crate) had_references: bool,
    pub(crate) folder_missing: bool,
    pub(crate) denied: Option<Target>,
}

/// Names the secret that a reference means.
#[derive(Clone, PartialEq)]
pub(crate) struct Target {
    pub(crate) environment: String,
    pub(crate) folder: String,
    pub(crate) key: String,
}

impl Expander<'_> {
    /// Expands a value that lies in a folder, which is where short references look.
    pub(crate) fn expand(&self, value: &str, environment: &str, folder: &str) -> Expansion {
        let mut expansion = Expansion::default();
        let mut trail = Vec::new();
        let text = self.follow(value, environment, folder, &mut trail, &mut expansion);
        Expansion { text, ..expansion }
    }

    fn follow(
        &self,
        value: &str,
        environment: &str,
        folder: &str,
        trail: &mut Vec<Target>,
        expansion: &mut Expansion,
    ) -> String {
        if trail.len() > DEPTH || (self.stops_early && !trail.is_empty()) {
            return value.to_owned();
        }
        let mut text = String::with_capacity(value.len());
        let mut rest = value;
        while let Some((before, reference, after)) = self.next_reference(rest) {
            text.push_str(before);
            expansion.had_references = true;
            let target = self.target(reference, environment, folder);
            match self.look_up(&target, trail, expansion) {
                Some(found) => {
                    trail.push(target.clone());
                    let value =
                        self.follow(found, &target.environment, &target.folder, trail, expansion);
                    trail.pop();
                    text.push_str(&value);
                }
                None => text.push_str(&rest[before.len()..rest.len() - after.len()]),
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }

    /// Tells which secret a reference means, which need not exist.
    fn target(&self, reference: &str, environment: &str, folder: &str) -> Target {
        let target = Target::parse(reference, environment, folder);
        let ShortReferences::Relative(importer) = self.short_references else {
            return target;
        };
        if reference.contains('.') {
            return target;
        }
        let beside = self.project.locate(environment, folder);
        let places = [importer, beside].into_iter().flatten();
        let mut targets = places.flat_map(|place| {
            let own = (place.environment.slug.as_str(), place.path);
            let imports = place.folder.imports.iter().rev();
            let imports = imports.map(|link| (link.environment.as_str(), link.path.as_str()));
            std::iter::once(own).chain(imports)
        });
        let has_key = |(environment, folder): &(&str, &str)| {
            let place = self.project.locate(environment, folder);
            place.is_some_and(|place| place.folder.secret(&target.key).is_some())
        };
        match targets.find(has_key) {
            Some((environment, folder)) => Target {
                environment: environment.to_owned(),
                folder: folder.to_owned(),
                ..target
            },
            None => target,
        }
    }

    /// Finds what a reference stands for; `None` leaves it as it is.
    fn look_up(
        &self,
        target: &Target,
        trail: &[Target],
        expansion: &mut Expansion,
    ) -> Option<&str> {
        // The server of 2024 unrolls cycles to the full depth instead.
        if self.era != Era::V2024 && trail.contains(target) {
            return None;
        }
        if !(self.may_read)(&target.environment, &target.folder) {
            expansion.denied.get_or_insert_with(|| target.clone());
            return None;
        }
        let Some(found) = self.project.locate(&target.environment, &target.folder) else {
            expansion.folder_missing = true;
            return None;
        };
        let secret = found.folder.secret(&target.key)?;
        if secret.hidden {
            expansion.denied.get_or_insert_with(|| target.clone());
            return None;
        }
        let value = secret.value();
        // An empty target leaves the reference on old servers, and becomes empty text on current ones.
        (!value.is_empty() || self.era == Era::V4b).then_some(value)
    }

    /// Splits a text around its first reference: what is before, inside the braces, and after.
    fn next_reference<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str, &'t str)> {
        let mut from = 0;
        loop {
            let start = from + text[from..].find("${")?;
            let inside = &text[start + 2..];
            let end = inside.find('}')?;
            let reference = &inside[..end];
            if self.is_reference(reference) {
                return Some((&text[..start], reference, &inside[end + 1..]));
            }
            from = start + 2;
        }
    }

    /// Tells whether the text between braces is a reference: anything, in 2024; later only letters, digits,
    /// `-`, `_` and `.`.
    fn is_reference(&self, text: &str) -> bool {
        !text.is_empty()
            && (self.era == Era::V2024
                || text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)))
    }
}

impl Target {
    /// Reads `KEY`, `environment.KEY` or `environment.folder.subfolder.KEY`.
    fn parse(reference: &str, environment: &str, folder: &str) -> Self {
        let parts: Vec<&str> = reference.trim().split('.').collect();
        match parts.as_slice() {
            [environment, folders @ .., key] => Self {
                environment: (*environment).to_owned(),
                folder: format!("/{}", folders.join("/")),
                key: (*key).to_owned(),
            },
            _ => Self {
                environment: environment.to_owned(),
                folder: folder.to_owned(),
                key: reference.trim().to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds::seed::Seed;

    fn project() -> Project {
        let seed = Seed::new()
            .secret("dev", "/refs", "A", "alpha")
            .secret("dev", "/refs", "EMPTY", "")
            .secret("dev", "/refs", "SELF", "s${SELF}")
            .secret("dev", "/refs", "DEEP", "<${prod.shared.db.HOST}>")
            .secret("prod", "/shared/db", "HOST", "db ${PORT}")
            .secret("prod", "/shared/db", "PORT", "5432");
        seed.into_projects().remove(0)
    }

    fn expand(era: Era, value: &str) -> String {
        let project = project();
        let expander = Expander {
            era,
            project: &project,
            may_read: &|_, _| true,
            short_references: ShortReferences::Beside,
            stops_early: false,
        };
        expander.expand(value, "dev", "/refs").text
    }

    #[test]
    fn a_reference_is_expanded_where_it_points() {
        assert_eq!(expand(Era::V4b, "x-${A}-${dev.refs.A}"), "x-alpha-alpha");
        assert_eq!(expand(Era::V4b, "${DEEP}"), "<db 5432>");
    }

    #[test]
    fn an_unknown_target_stays_as_it_was_written() {
        for era in [Era::V2024, Era::V4b] {
            assert_eq!(
                expand(era, "<${NOPE}> ${dev.no.such.KEY} ${A"),
                "<${NOPE}> ${dev.no.such.KEY} ${A"
            );
        }
    }

    #[test]
    fn an_empty_target_stays_on_an_old_server_and_vanishes_on_a_current_one() {
        assert_eq!(expand(Era::V2024, "<${EMPTY}>"), "<${EMPTY}>");
        assert_eq!(expand(Era::V4b, "<${EMPTY}>"), "<>");
    }

    #[test]
    fn a_cycle_is_unrolled_by_an_old_server_and_left_by_a_current_one() {
        assert_eq!(expand(Era::V2024, "s${SELF}"), "ssssssssssss${SELF}");
        assert_eq!(expand(Era::V4b, "${SELF}"), "s${SELF}");
    }

    #[test]
    fn spaces_make_a_reference_for_an_old_server_only() {
        assert_eq!(expand(Era::V2024, "${ A }"), "alpha");
        assert_eq!(expand(Era::V4b, "${ A } ${${A}"), "${ A } ${alpha");
    }

    #[test]
    fn a_target_that_may_not_be_read_is_reported() {
        let project = project();
        let expander = Expander {
            era: Era::V4b,
            project: &project,
            may_read: &|environment, _| environment == "dev",
            short_references: ShortReferences::Beside,
            stops_early: false,
        };
        let expansion = expander.expand("${DEEP}", "dev", "/refs");
        assert_eq!(expansion.text, "<${prod.shared.db.HOST}>");
        assert!(expansion.denied.is_some_and(|target| target.key == "HOST"));
    }
}
