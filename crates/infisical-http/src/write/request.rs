//! The calls that write, spelled out for each dialect.

use secret_source::FolderAddress;

use crate::dialect::Dialect;
use crate::http::request::{Call, Operation, Query, encode};
use crate::write::body::Body;

impl Call {
    /// Creates, updates or deletes the secret `key` of a folder.
    pub(crate) fn write_one(
        operation: Operation,
        dialect: Dialect,
        folder: &FolderAddress,
        key: &str,
        body: &Body,
    ) -> Self {
        let base = match dialect {
            Dialect::V4 => "/api/v4/secrets",
            Dialect::V3 => "/api/v3/secrets/raw",
        };
        let route = match (operation, dialect) {
            (Operation::Update, Dialect::V4) => "PATCH /api/v4/secrets/{name}",
            (Operation::Update, Dialect::V3) => "PATCH /api/v3/secrets/raw/{name}",
            (Operation::Delete, Dialect::V4) => "DELETE /api/v4/secrets/{name}",
            (Operation::Delete, Dialect::V3) => "DELETE /api/v3/secrets/raw/{name}",
            (_, Dialect::V4) => "POST /api/v4/secrets/{name}",
            (_, Dialect::V3) => "POST /api/v3/secrets/raw/{name}",
        };
        let mut call = Self::post(operation, route, body.in_dialect(dialect));
        call.target = format!("{base}/{}", encode(key));
        call.folder = Some(folder.clone());
        call
    }

    /// Creates, updates or deletes the secrets of a folder that the body names.
    pub(crate) fn write_many(
        operation: Operation,
        dialect: Dialect,
        folder: &FolderAddress,
        body: &Body,
    ) -> Self {
        let target = match dialect {
            Dialect::V4 => "/api/v4/secrets/batch",
            Dialect::V3 => "/api/v3/secrets/batch/raw",
        };
        let route = match (operation, dialect) {
            (Operation::Update, Dialect::V4) => "PATCH /api/v4/secrets/batch",
            (Operation::Update, Dialect::V3) => "PATCH /api/v3/secrets/batch/raw",
            (Operation::Delete, Dialect::V4) => "DELETE /api/v4/secrets/batch",
            (Operation::Delete, Dialect::V3) => "DELETE /api/v3/secrets/batch/raw",
            (_, Dialect::V4) => "POST /api/v4/secrets/batch",
            (_, Dialect::V3) => "POST /api/v3/secrets/batch/raw",
        };
        let mut call = Self::post(operation, route, body.in_dialect(dialect));
        call.target = target.to_owned();
        call.folder = Some(folder.clone());
        call
    }

    /// Creates a folder.
    pub(crate) fn create_folder(dialect: Dialect, folder: &FolderAddress, body: &Body) -> Self {
        let route = match dialect {
            Dialect::V4 => "POST /api/v2/folders",
            Dialect::V3 => "POST /api/v1/folders",
        };
        let mut call = Self::post(Operation::CreateFolder, route, body.in_dialect(dialect));
        call.folder = Some(folder.clone());
        call
    }

    /// Lists a folder as it is stored: no reference followed, nothing imported.
    pub(crate) fn list_as_stored(dialect: Dialect, project: &str, folder: &FolderAddress) -> Self {
        let base = match dialect {
            Dialect::V4 => "/api/v4/secrets",
            Dialect::V3 => "/api/v3/secrets/raw",
        };
        let mut query = Query::of(dialect, project, folder.environment(), folder.path());
        query.pair("viewSecretValue", "true");
        for switch in [
            "expandSecretReferences",
            "includeImports",
            "include_imports",
            "includePersonalOverrides",
            "recursive",
        ] {
            query.pair(switch, "false");
        }
        // The same call as for a probe, but for what it asks for.
        let mut call = Self::probe(dialect, project, folder);
        call.target = format!("{base}?{}", query.0);
        call
    }
}
