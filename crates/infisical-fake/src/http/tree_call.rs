//! Which call about folders or imports a request is.

/// Names a call that shows or changes the tree of folders, or what a folder imports.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum TreeCall {
    ListFolders,
    CreateFolder,
    ShowFolder(String),
    RenameFolder(String),
    /// By id or by name.
    DeleteFolder(String),
    ListImports,
    CreateImport,
    ChangeImport(String),
    DeleteImport(String),
}

impl TreeCall {
    /// Finds the call of a method and of the segments after the version.
    pub(crate) fn of(method: &str, segments: &[&str]) -> Option<Self> {
        Some(match (method, segments) {
            ("GET", ["folders"]) => Self::ListFolders,
            ("POST", ["folders"]) => Self::CreateFolder,
            ("GET", ["folders", id]) => Self::ShowFolder((*id).to_owned()),
            ("PATCH", ["folders", id]) => Self::RenameFolder((*id).to_owned()),
            ("DELETE", ["folders", id]) => Self::DeleteFolder((*id).to_owned()),
            ("GET", ["secret-imports"]) => Self::ListImports,
            ("POST", ["secret-imports"]) => Self::CreateImport,
            ("PATCH", ["secret-imports", id]) => Self::ChangeImport((*id).to_owned()),
            ("DELETE", ["secret-imports", id]) => Self::DeleteImport((*id).to_owned()),
            _ => return None,
        })
    }
}
