//! [`Dependency`]: one entry of a contract.

use std::collections::BTreeMap;

use saphyr::{MarkedYaml, Marker};
use secret_source::suggest;

use crate::contract::Reading;
use crate::requirement::VariableTurn;
use crate::transports::Transports;
use crate::variable;

/// The fields of a dependency.
const FIELDS: [&str; 3] = ["type", "env_var", "required"];

/// The types that name one variable each, which is kept in the folder [`ENVIRONMENT_FOLDER`].
const ENVIRONMENT: [&str; 2] = ["environment", "env"];

const ENVIRONMENT_FOLDER: &str = "env";

/// The type whose credentials must be known before any secret.
const BOOTSTRAP: &str = "infisical";

/// Says which keys of which transport a service depends on.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) transport: String,
    pub(crate) keys: Vec<String>,
    pub(crate) required: bool,
    pub(crate) position: Position,
}

/// A place in the file, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position {
    pub(crate) line: usize,
    /// In characters.
    pub(crate) column: usize,
}

/// What an entry comes to.
pub(crate) enum Entry {
    Needed(Dependency),
    /// It needs no secret of Infisical.
    Skipped(String),
}

impl Dependency {
    /// Says when the variable of a key is asked. What a reserved one holds is only meant where it is asked for by
    /// its name: `HOST` is this machine, not that of a database.
    pub(crate) fn variable_turn(&self, key: &str) -> VariableTurn {
        match (
            variable::is_reserved(key),
            self.transport == ENVIRONMENT_FOLDER,
        ) {
            (false, _) => VariableTurn::First,
            (true, true) => VariableTurn::Last,
            (true, false) => VariableTurn::Never,
        }
    }
}

impl Position {
    pub(crate) fn of(node: &MarkedYaml<'_>) -> Self {
        Self::of_marker(node.span.start)
    }

    pub(crate) fn of_marker(marker: Marker) -> Self {
        Self {
            line: marker.line(),
            column: marker.col() + 1,
        }
    }
}

impl Entry {
    /// Reads one entry; `None` where it has a fault, which is noted.
    pub(crate) fn read(
        item: &MarkedYaml<'_>,
        transports: &Transports,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let position = Position::of(item);
        let Some(table) = item.data.as_mapping() else {
            let hint = "write `- type: …`, with its other fields beneath";
            reading.fault(position, "a dependency is a table", hint);
            return None;
        };
        let mut fields = BTreeMap::new();
        for (name, value) in table {
            match name.data.as_str() {
                Some(name) if FIELDS.contains(&name) => drop(fields.insert(name, value)),
                Some(other) => {
                    if let Some(near) = suggest(other, FIELDS) {
                        let message =
                            format!("`{}` is no field of a dependency", other.escape_debug());
                        reading.fault(
                            Position::of(name),
                            message,
                            format!("did you mean `{near}`?"),
                        );
                    }
                }
                None => {}
            }
        }
        let required = fields.get("required").copied();
        let required = match required.map(|value| (value, value.data.as_bool())) {
            None => true,
            Some((_, Some(required))) => required,
            Some((value, None)) => {
                let hint = "write `true` or `false`";
                reading.fault(Position::of(value), "`required` is no boolean", hint);
                true
            }
        };
        let Some(kind) = fields.get("type") else {
            reading.fault(position, "the dependency has no `type`", types(transports));
            return None;
        };
        let Some(name) = kind.data.as_str() else {
            reading.fault(Position::of(kind), "`type` is no text", types(transports));
            return None;
        };
        let variable = fields.get("env_var").copied();
        if ENVIRONMENT.contains(&name) {
            return Self::environment(variable, required, position, reading);
        }
        if let Some(variable) = variable {
            let hint = "use `type: environment` for a variable of its own";
            let message = format!(
                "`env_var` is no field of the type `{}`",
                name.escape_debug()
            );
            reading.fault(Position::of(variable), message, hint);
        }
        if name == BOOTSTRAP {
            return Some(Self::Skipped(name.to_owned()));
        }
        let Some(keys) = transports.keys(name) else {
            let message = format!("`{}` is no transport that is known", name.escape_debug());
            let known = transports.names().chain(ENVIRONMENT).chain([BOOTSTRAP]);
            let hint = match suggest(name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => types(transports),
            };
            reading.fault(Position::of(kind), message, hint);
            return None;
        };
        Some(Self::Needed(Dependency {
            transport: name.to_owned(),
            keys: keys.to_vec(),
            required,
            position,
        }))
    }

    /// Reads the rest of an entry that names one variable.
    fn environment(
        variable: Option<&MarkedYaml<'_>>,
        required: bool,
        position: Position,
        reading: &mut Reading<'_>,
    ) -> Option<Self> {
        let hint = "write `env_var:` and the name of one variable: letters, digits and `_`";
        let Some(node) = variable else {
            reading.fault(position, "the dependency has no `env_var`", hint);
            return None;
        };
        let name = node.data.as_str().unwrap_or_default();
        if !variable::is_valid(name) {
            let message = format!("`{}` is no name of a variable", name.escape_debug());
            reading.fault(Position::of(node), message, hint);
            return None;
        }
        if variable::is_bootstrap(name) {
            return Some(Self::Skipped(name.to_owned()));
        }
        Some(Self::Needed(Dependency {
            transport: ENVIRONMENT_FOLDER.to_owned(),
            keys: vec![name.to_owned()],
            required,
            position,
        }))
    }
}

fn types(transports: &Transports) -> String {
    let known = transports.names().chain(ENVIRONMENT);
    let known: Vec<_> = known.map(|name| format!("`{name}`")).collect();
    format!("known types: {}", known.join(", "))
}
