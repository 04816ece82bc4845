//! [`Selector`]: which entries an invalidation means.

use secret_source::{FolderAddress, SecretAddress};

/// Says which entries an invalidation means.
///
/// # Examples
///
/// ```
/// use secret_cache::Selector;
///
/// let everything_below_shared = Selector::glob("/shared/*");
/// let one_key_in_production = Selector::key("POSTGRES_DSN").environment("prod");
/// # let _ = (everything_below_shared, one_key_in_production);
/// ```
#[derive(Clone, Debug)]
pub struct Selector {
    what: What,
    environment: Option<String>,
}

#[derive(Clone, Debug)]
enum What {
    Address(SecretAddress),
    Key(String),
    Folder(FolderAddress),
    Project(String),
    Path(String),
    Glob(String),
    All,
}

impl Selector {
    /// Selects one address: this version, this type and no other.
    pub fn address(address: &SecretAddress) -> Self {
        Self::new(What::Address(address.clone()))
    }

    /// Selects a key in all folders, with all its versions and types.
    pub fn key(key: impl Into<String>) -> Self {
        Self::new(What::Key(key.into()))
    }

    /// Selects one folder without its sub-folders; [`glob`](Self::glob) selects those too.
    pub fn folder(folder: &FolderAddress) -> Self {
        Self::new(What::Folder(folder.clone()))
    }

    /// Selects a project by the id, slug or tenant that its addresses name.
    pub fn project(project: impl Into<String>) -> Self {
        Self::new(What::Project(project.into()))
    }

    /// Selects one secret by folder and key, such as `/shared/db/PASSWORD`, in all projects.
    pub fn path(path: impl Into<String>) -> Self {
        Self::new(What::Path(path.into()))
    }

    /// Selects by a pattern over folder and key, such as `/shared/*` or `*_TOKEN`, in all projects.
    ///
    /// `*` stands for any text, `/` included; everything else stands for itself.
    pub fn glob(pattern: impl Into<String>) -> Self {
        Self::new(What::Glob(pattern.into()))
    }

    /// Selects everything.
    pub fn all() -> Self {
        Self::new(What::All)
    }

    /// Limits the selection to one environment; without this, all are meant.
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    fn new(what: What) -> Self {
        Self {
            what,
            environment: None,
        }
    }

    pub(crate) fn matches(&self, address: &SecretAddress) -> bool {
        let environment = self.environment.as_deref();
        environment.is_none_or(|environment| environment == address.environment())
            && match &self.what {
                What::Address(selected) => selected == address,
                What::Key(key) => key == address.key(),
                What::Folder(folder) => *folder == address.folder_address(),
                What::Project(project) => address.project() == Some(project),
                What::Path(selected) => *selected == path(address),
                What::Glob(pattern) => glob(pattern, &path(address)),
                What::All => true,
            }
    }
}

fn path(address: &SecretAddress) -> String {
    let folder = address.folder().trim_end_matches('/');
    format!("{folder}/{}", address.key())
}

/// Matches the literal pieces between the stars from left to right, each as early as it occurs.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*') {
        let Some(at) = text.find(piece) else {
            return false;
        };
        text = &text[at + piece.len()..];
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;

    fn address(environment: &str, folder: &str, key: &str) -> SecretAddress {
        SecretAddress::new("infisical", environment, &folder.parse().unwrap(), key)
    }

    #[test]
    fn a_star_crosses_folders_and_everything_else_is_literal() {
        for (pattern, text, expected) in [
            ("/shared/*", "/shared/db/PASSWORD", true),
            ("/shared/*", "/services/PASSWORD", false),
            ("*", "/A", true),
            ("**", "/A", true),
            ("*_TOKEN", "/mail/SMTP_TOKEN", true),
            ("*_TOKEN", "/mail/SMTP_TOKEN_2", false),
            ("/a*b*c", "/a/x/b/y/c", true),
            ("/a*b*c", "/a/x/c/y/b", false),
            ("/ab*ba", "/aba", false),
            ("/A", "/A", true),
            ("/A", "/AB", false),
            ("/a?c", "/abc", false),
            ("/ü*", "/über/K", true),
            ("", "/A", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn each_selector_means_what_it_names() {
        let one = address("prod", "/db", "KEY");
        let versioned = one.clone().with_version(NonZeroU64::MIN);
        let other_key = address("prod", "/db", "OTHER");
        let below = address("prod", "/db/deep", "KEY");
        let elsewhere = address("dev", "/db", "KEY").with_project("acme");
        let all = [&one, &versioned, &other_key, &below, &elsewhere];
        for (selector, expected) in [
            (Selector::address(&one), [true, false, false, false, false]),
            (Selector::key("KEY"), [true, true, false, true, true]),
            (
                Selector::key("KEY").environment("dev"),
                [false, false, false, false, true],
            ),
            (
                Selector::folder(&one.folder_address()),
                [true, true, true, false, false],
            ),
            (
                Selector::project("acme"),
                [false, false, false, false, true],
            ),
            (Selector::path("/db/KEY"), [true, true, false, false, true]),
            (Selector::path("/db/*"), [false; 5]),
            (Selector::glob("/db/*"), [true, true, true, true, true]),
            (
                Selector::glob("/db/*").environment("prod"),
                [true, true, true, true, false],
            ),
            (Selector::all(), [true; 5]),
        ] {
            let matched = all.map(|address| selector.matches(address));
            assert_eq!(matched, expected, "{selector:?}");
        }
    }

    #[test]
    fn the_root_folder_adds_no_second_slash() {
        assert!(Selector::glob("/KEY").matches(&address("prod", "/", "KEY")));
    }
}
