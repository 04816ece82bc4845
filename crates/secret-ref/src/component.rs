//! [`Component`]: a part of a reference, and where in its text it stands.

use std::ops::Range;

/// Names the parts of a reference, for whoever points at one of them.
///
/// # Examples
///
/// ```
/// use secret_ref::Component;
///
/// let text = "infisical://billing@prod/shared/db/LOGIN?optional#/user";
/// let part = |component: Component| component.span(text).map(|span| &text[span]);
/// assert_eq!(part(Component::Environment), Some("prod"));
/// assert_eq!(part(Component::Folder), Some("/shared/db"));
/// assert_eq!(part(Component::Key), Some("LOGIN"));
/// assert_eq!(Component::Environment.span("infisical:///LOGIN"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Component {
    /// What stands before `://`.
    Scheme,
    /// What stands before `@`.
    Project,
    /// What stands before the first single slash.
    Environment,
    /// The path with its first slash and without the last, unless it is the root.
    Folder,
    /// The secret's own name.
    Key,
    /// What stands behind `?`.
    Options,
    /// What stands behind `#`.
    Pointer,
}

impl Component {
    /// Returns the bytes of a reference that this part takes, as they were written; `None` where the reference has no
    /// such part. Only for a text that parses is the answer of use.
    #[must_use]
    pub fn span(self, reference: &str) -> Option<Range<usize>> {
        let scheme = 0..reference.find("://")?;
        let authority = scheme.end + "://".len();
        let end = reference.len();
        let fragment = reference.find('#').unwrap_or(end);
        let query = reference[..fragment].find('?').unwrap_or(fragment);
        let path = authority + reference.get(authority..query)?.find('/')?;
        let key = reference[..query].rfind('/')? + 1;
        let at = reference[authority..path]
            .find('@')
            .map(|at| authority + at);
        let span = match self {
            Self::Scheme => scheme,
            Self::Project => authority..at?,
            Self::Environment => at.map_or(authority, |at| at + 1)..path,
            Self::Folder => path..(key - 1).max(path + 1),
            Self::Key => key..query,
            Self::Options => (query + 1).min(fragment)..fragment,
            Self::Pointer => (fragment + 1).min(end)..end,
        };
        (!span.is_empty()).then_some(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<Option<&str>> {
        use Component::{Environment, Folder, Key, Options, Pointer, Project, Scheme};
        [Scheme, Project, Environment, Folder, Key, Options, Pointer]
            .map(|component| component.span(text).map(|span| &text[span]))
            .to_vec()
    }

    #[test]
    fn each_part_is_found_where_it_stands() {
        assert_eq!(
            parts("x://p@e/a/b/K?version=2&optional#/f?/g"),
            [
                Some("x"),
                Some("p"),
                Some("e"),
                Some("/a/b"),
                Some("K"),
                Some("version=2&optional"),
                Some("/f?/g")
            ]
        );
    }

    #[test]
    fn what_a_reference_does_not_have_is_nowhere() {
        assert_eq!(
            parts("x:///K"),
            [Some("x"), None, None, Some("/"), Some("K"), None, None]
        );
        assert_eq!(parts("x:///K?a=/b")[4], Some("K"));
        assert_eq!(parts("no reference"), vec![None; 7]);
        assert_eq!(parts("x://e"), vec![None; 7]);
    }
}
