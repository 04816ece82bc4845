//! [`Call`]: one request, spelled out for one dialect.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use reqwest::header::HeaderValue;
use secrecy::SecretString;
use secret_ref::SecretType;
use secret_source::{FolderAddress, SecretAddress};

use crate::dialect::Dialect;

/// Everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The longest name that a path may hold: Fastify's `maxParamLength`, which no release raises.
const LONGEST_NAME: usize = 100;

/// Says what a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Login,
    List,
    /// A recursive list.
    Tree,
    Get,
    Folders,
    Project,
    Revoke,
    Create,
    Update,
    Delete,
    CreateFolder,
}

impl Operation {
    /// Tells whether this lists the secrets of a folder, or of a tree of them.
    pub(crate) fn lists_secrets(self) -> bool {
        matches!(self, Self::List | Self::Tree)
    }

    /// Tells whether this reads secrets, or the folders they are in, and changes nothing.
    pub(crate) fn reads_secrets(self) -> bool {
        self.lists_secrets() || matches!(self, Self::Get | Self::Folders)
    }
}

/// One request to the server, complete but for the token.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    /// The path with its parameters unfilled, for the log.
    pub(crate) route: &'static str,
    /// The path and the query.
    pub(crate) target: String,
    /// The JSON body; a read has none.
    pub(crate) body: Option<SecretString>,
    /// The folder that is read, for the log.
    pub(crate) folder: Option<FolderAddress>,
    /// Not to be repeated after a failure: the answer is of use but not needed.
    pub(crate) once: bool,
    /// The `ETag` of an earlier answer, which "not modified" may stand for.
    pub(crate) if_none_match: Option<HeaderValue>,
}

impl Call {
    /// Lists a folder with the values, and the secrets it imports.
    pub(crate) fn list(
        dialect: Dialect,
        project: &str,
        folder: &FolderAddress,
        values: Values,
    ) -> Self {
        let switches = Switches {
            values: Some(values),
            imports: true,
            recursive: false,
        };
        Self::list_with(dialect, project, folder, folder.path(), switches)
    }

    /// Lists a folder and all below it with the values, and without imports: in a recursive list no
    /// import says which folder it belongs to.
    pub(crate) fn tree(
        dialect: Dialect,
        project: &str,
        folder: &FolderAddress,
        values: Values,
    ) -> Self {
        let switches = Switches {
            values: Some(values),
            imports: false,
            recursive: true,
        };
        Self::list_with(dialect, project, folder, folder.path(), switches)
    }

    /// Lists the root of a folder's environment without values: it exists in every real environment.
    pub(crate) fn probe(dialect: Dialect, project: &str, folder: &FolderAddress) -> Self {
        let switches = Switches {
            values: None,
            imports: false,
            recursive: false,
        };
        Self::list_with(dialect, project, folder, "/", switches)
    }

    /// Looks up one secret by name.
    pub(crate) fn get(dialect: Dialect, project: &str, address: &SecretAddress) -> Self {
        let (route, base) = match dialect {
            Dialect::V4 => ("GET /api/v4/secrets/{name}", "/api/v4/secrets"),
            Dialect::V3 => ("GET /api/v3/secrets/raw/{name}", "/api/v3/secrets/raw"),
        };
        let mut query = Query::of(dialect, project, address.environment(), address.folder());
        query.switches(Switches {
            values: Some(Values::Expanded),
            imports: true,
            recursive: false,
        });
        query.pair(
            "type",
            match address.secret_type() {
                SecretType::Personal => "personal",
                _ => "shared",
            },
        );
        if let Some(version) = address.version() {
            query.pair("version", &version.to_string());
        }
        Self {
            operation: Operation::Get,
            route,
            target: format!("{base}/{}?{}", encode(address.key()), query.0),
            body: None,
            folder: Some(address.folder_address()),
            once: false,
            if_none_match: None,
        }
    }

    /// Lists the folders in one, to tell whether a folder exists; this call is the same on all servers.
    pub(crate) fn folders(project: &str, folder: &FolderAddress) -> Self {
        let mut query = Query(String::new());
        query.pair("workspaceId", project);
        query.pair("environment", folder.environment());
        query.pair("path", folder.path());
        Self {
            operation: Operation::Folders,
            route: "GET /api/v1/folders",
            target: format!("/api/v1/folders?{}", query.0),
            body: None,
            folder: Some(folder.clone()),
            once: true,
            if_none_match: None,
        }
    }

    /// Looks up a project by its slug; this call is the same on all servers.
    pub(crate) fn project(slug: &str) -> Self {
        Self {
            operation: Operation::Project,
            route: "GET /api/v2/workspace/{slug}",
            target: format!("/api/v2/workspace/{}", encode(slug)),
            body: None,
            folder: None,
            once: false,
            if_none_match: None,
        }
    }

    /// Returns the method, which follows from what the request is for.
    pub(crate) fn method(&self) -> Method {
        match self.operation {
            Operation::Update => Method::PATCH,
            Operation::Delete => Method::DELETE,
            _ if self.body.is_some() => Method::POST,
            _ => Method::GET,
        }
    }

    /// Sends a JSON body: a credential, or a value. The route begins with `POST`, or the target is set apart.
    pub(crate) fn post(operation: Operation, route: &'static str, body: SecretString) -> Self {
        let target = route.trim_start_matches("POST ").to_owned();
        Self {
            operation,
            route,
            target,
            body: Some(body),
            folder: None,
            once: false,
            if_none_match: None,
        }
    }

    fn list_with(
        dialect: Dialect,
        project: &str,
        folder: &FolderAddress,
        path: &str,
        switches: Switches,
    ) -> Self {
        let (route, base) = match dialect {
            Dialect::V4 => ("GET /api/v4/secrets", "/api/v4/secrets"),
            Dialect::V3 => ("GET /api/v3/secrets/raw", "/api/v3/secrets/raw"),
        };
        let mut query = Query::of(dialect, project, folder.environment(), path);
        query.switches(switches);
        query.pair(
            "recursive",
            if switches.recursive { "true" } else { "false" },
        );
        Self {
            operation: match switches.recursive {
                true => Operation::Tree,
                false => Operation::List,
            },
            route,
            target: format!("{base}?{}", query.0),
            body: None,
            folder: Some(folder.clone()),
            once: false,
            if_none_match: None,
        }
    }
}

/// Tells whether a name can stand in a path.
///
/// A name that is too long answers like a route that does not exist, and one of dots is folded away on
/// the way; both can only be found in a list.
pub(crate) fn fits_in_a_path(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && encode(name).len() <= LONGEST_NAME
}

pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Says whether the references in values are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    Expanded,
    /// As they are written, so that one that leads to what may not be read fails nothing.
    Stored,
}

/// What a read may leave out, or cover in one.
#[derive(Clone, Copy)]
struct Switches {
    values: Option<Values>,
    imports: bool,
    /// Of lists only.
    recursive: bool,
}

pub(crate) struct Query(pub(crate) String);

impl Query {
    pub(crate) fn of(dialect: Dialect, project: &str, environment: &str, folder: &str) -> Self {
        let mut query = Self(String::new());
        query.pair(
            match dialect {
                Dialect::V4 => "projectId",
                Dialect::V3 => "workspaceId",
            },
            project,
        );
        query.pair("environment", environment);
        query.pair("secretPath", folder);
        query
    }

    /// Writes every switch out, in the spelling of each generation.
    ///
    /// Defaults changed between releases, and so did the name of one switch; a server ignores the
    /// spelling that it does not know.
    fn switches(&mut self, switches: Switches) {
        let text = |on: bool| if on { "true" } else { "false" };
        let is_expanded = switches.values == Some(Values::Expanded);
        self.pair("viewSecretValue", text(switches.values.is_some()));
        self.pair("expandSecretReferences", text(is_expanded));
        self.pair("includeImports", text(switches.imports));
        self.pair("include_imports", text(switches.imports));
        self.pair("includePersonalOverrides", "false");
    }

    pub(crate) fn pair(&mut self, name: &str, value: &str) {
        let separator = if self.0.is_empty() { "" } else { "&" };
        // Writing to a String cannot fail.
        let _ = write!(
            self.0,
            "{separator}{name}={}",
            utf8_percent_encode(value, ENCODED)
        );
    }
}

#[cfg(test)]
mod tests {
    use secret_ref::FolderPath;

    use super::*;

    fn folder() -> FolderAddress {
        FolderAddress::new(
            "infisical",
            "prod",
            &FolderPath::parse("/shared/db").unwrap(),
        )
    }

    #[test]
    fn a_list_spells_every_switch_in_both_ways() {
        let call = Call::list(Dialect::V4, "p-1", &folder(), Values::Expanded);
        assert_eq!(
            call.target,
            "/api/v4/secrets?projectId=p-1&environment=prod&secretPath=%2Fshared%2Fdb\
             &viewSecretValue=true&expandSecretReferences=true&includeImports=true\
             &include_imports=true&includePersonalOverrides=false&recursive=false"
        );
        let call = Call::list(Dialect::V3, "p-1", &folder(), Values::Expanded);
        assert!(
            call.target
                .starts_with("/api/v3/secrets/raw?workspaceId=p-1&"),
            "{}",
            call.target
        );
    }

    #[test]
    fn a_probe_asks_for_no_value_and_no_import() {
        let target = Call::probe(Dialect::V4, "p-1", &folder()).target;
        for part in [
            "secretPath=%2F&",
            "viewSecretValue=false",
            "includeImports=false",
        ] {
            assert!(target.contains(part), "{target}");
        }
    }

    #[test]
    fn names_are_encoded_as_one_path_segment() {
        let address = folder().secret("a b/c?ü%").with_type(SecretType::Personal);
        let call = Call::get(
            Dialect::V4,
            "p",
            &address.with_version(3.try_into().unwrap()),
        );
        assert!(
            call.target
                .starts_with("/api/v4/secrets/a%20b%2Fc%3F%C3%BC%25?"),
            "{}",
            call.target
        );
        assert!(
            call.target.ends_with("&type=personal&version=3"),
            "{}",
            call.target
        );
    }

    #[test]
    fn long_names_and_dots_do_not_fit_in_a_path() {
        assert!(fits_in_a_path(&"N".repeat(100)));
        assert!(!fits_in_a_path(&"N".repeat(101)));
        assert!(!fits_in_a_path(&"ü".repeat(20)));
        assert!(!fits_in_a_path(".."));
    }
}
