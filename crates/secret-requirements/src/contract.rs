//! [`Contract`]: a file that declares what a service depends on.

use std::fs;
use std::path::Path;

use saphyr::{LoadableYamlNode, MarkedYaml};
use secret_ref::{FolderRef, ParseError, SecretRef, encoded_segment};
use secret_source::{Resolver, suggest};

use crate::contract_error::{ContractError, ContractFault};
use crate::dependency::{Dependency, Entry, Position};
use crate::requirement::{Candidate, Requirement, WantedBy};
use crate::transports::Transports;

/// The section of a contract that is read; all others are left alone.
const SECTION: &str = "dependencies";

/// Declares what a service depends on, as read from a YAML file.
///
/// Its section `dependencies` is a list of tables:
///
/// ```yaml
/// dependencies:
///   - type: db                  # each key of the transport `db`
///   - type: environment         # one variable
///     env_var: API_TOKEN
///     required: false           # the default is true
/// ```
///
/// A field that is nearly one of these is taken for a slip; other fields, and other sections, are left alone.
#[derive(Clone, Debug)]
pub struct Contract {
    file: String,
    dependencies: Vec<Dependency>,
    skipped: Vec<String>,
    root: Result<FolderRef, ParseError>,
}

impl Contract {
    /// Parses the text of a contract; `file` is what errors call it.
    ///
    /// # Errors
    ///
    /// Reports at once everything that is wrong within `dependencies`, each with its line and column.
    ///
    /// # Examples
    ///
    /// ```
    /// use secret_requirements::{Contract, Transports};
    ///
    /// let text = "dependencies:\n  - type: kafak\n";
    /// let error = Contract::parse("contract.yaml", text, &Transports::default()).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "contract.yaml:2:11: `kafak` is no transport that is known\n  hint: did you mean `kafka`?",
    /// );
    /// ```
    pub fn parse(file: &str, text: &str, transports: &Transports) -> Result<Self, ContractError> {
        let mut reading = Reading {
            file,
            faults: Vec::new(),
        };
        let entries = reading.entries(text, transports);
        if !reading.faults.is_empty() {
            let place = |fault: &ContractFault| (fault.line, fault.column);
            reading.faults.sort_by_key(place);
            return Err(ContractError::new(reading.faults));
        }
        let mut contract = Self {
            file: file.to_owned(),
            dependencies: Vec::new(),
            skipped: Vec::new(),
            root: FolderRef::parse("infisical:///"),
        };
        for entry in entries {
            match entry {
                Entry::Needed(dependency) => contract.dependencies.push(dependency),
                Entry::Skipped(name) => contract.skipped.push(name),
            }
        }
        Ok(contract)
    }

    /// Reads a contract from a file.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read, and as [`parse`](Self::parse) does.
    pub fn read(path: impl AsRef<Path>, transports: &Transports) -> Result<Self, ContractError> {
        let path = path.as_ref();
        let file = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&file, &text, transports),
            Err(error) => Err(ContractError::new(vec![ContractFault {
                file,
                line: None,
                column: None,
                message: format!("cannot be read: {error}"),
                hint: "check the path, and that it is a text in UTF-8".to_owned(),
            }])),
        }
    }

    /// Says in which folder `shared` and `services` are, such as `infisical://prod/`; the default is the root
    /// folder of the default environment.
    #[must_use]
    pub fn within(mut self, root: &str) -> Self {
        self.root = FolderRef::parse(root);
        self
    }

    /// Returns the dependencies that need no secret of Infisical: the type `infisical`, and variables that are
    /// settings of the stack itself.
    pub fn skipped(&self) -> &[String] {
        &self.skipped
    }

    pub(crate) fn requirements(
        &self,
        service: &str,
        resolver: &Resolver,
    ) -> Result<Vec<Requirement>, ContractError> {
        let mut faults = Vec::new();
        let mut found = Vec::new();
        for dependency in &self.dependencies {
            for key in &dependency.keys {
                match self.requirement(service, dependency, key, resolver) {
                    Ok(requirement) => found.push(requirement),
                    Err(fault) => faults.push(fault),
                }
            }
        }
        // What is wrong with a folder is wrong with each key in it.
        faults.dedup();
        match faults.is_empty() {
            true => Ok(found),
            false => Err(ContractError::new(faults)),
        }
    }

    fn requirement(
        &self,
        service: &str,
        dependency: &Dependency,
        key: &str,
        resolver: &Resolver,
    ) -> Result<Requirement, ContractFault> {
        let fault = |message: String, hint: &str| ContractFault {
            file: self.file.clone(),
            line: Some(dependency.position.line),
            column: Some(dependency.position.column),
            message,
            hint: hint.to_owned(),
        };
        let malformed = |error: &ParseError| {
            let message = format!("{}: `{}`", error.kind(), error.input().escape_debug());
            fault(message, error.hint())
        };
        let root = self.root.as_ref().map_err(&malformed)?;
        let transport = dependency.transport.as_str();
        let candidate = |folders: &[&str]| {
            let path: String = folders
                .iter()
                .map(|name| format!("{}/", encoded_segment(name)))
                .collect();
            let folder = FolderRef::parse(&format!("{root}{path}"));
            let folder = folder.map_err(|error| malformed(&error))?;
            let address = resolver.folder(&folder).map_err(|error| {
                let hint = error.hint().unwrap_or("correct the names");
                fault(error.message().to_owned(), hint)
            })?;
            let text = format!("{folder}{}", encoded_segment(key));
            let reference = SecretRef::parse(&text).map_err(|error| malformed(&error))?;
            Ok(Candidate::new(address.secret(reference.key())))
        };
        Ok(Requirement {
            variable: key.to_owned(),
            candidates: vec![
                candidate(&["services", service, transport])?,
                candidate(&["shared", transport])?,
            ],
            required: dependency.required,
            wanted_by: vec![WantedBy::Contract {
                file: self.file.clone(),
                line: dependency.position.line,
            }],
            variable_turn: dependency.variable_turn(key),
        })
    }
}

/// Reads the text of a contract, and notes what is wrong on the way.
pub(crate) struct Reading<'f> {
    file: &'f str,
    faults: Vec<ContractFault>,
}

impl Reading<'_> {
    pub(crate) fn fault(
        &mut self,
        position: Position,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.faults.push(ContractFault {
            file: self.file.to_owned(),
            line: Some(position.line),
            column: Some(position.column),
            message: message.into(),
            hint: hint.into(),
        });
    }

    fn entries(&mut self, text: &str, transports: &Transports) -> Vec<Entry> {
        let documents = match MarkedYaml::load_from_str(text) {
            Ok(documents) => documents,
            Err(error) => {
                let position = Position::of_marker(*error.marker());
                let message = format!("is no YAML: {}", error.info());
                self.fault(position, message, "correct the syntax there");
                return Vec::new();
            }
        };
        let Some(contract) = documents.first() else {
            return Vec::new();
        };
        if let Some(second) = documents.get(1) {
            let hint = "keep one contract in a file";
            self.fault(Position::of(second), "a second document begins", hint);
        }
        let Some(sections) = contract.data.as_mapping() else {
            if !contract.data.is_null() {
                let hint = "write `dependencies:` and a list beneath it";
                self.fault(
                    Position::of(contract),
                    "a contract is a table of sections",
                    hint,
                );
            }
            return Vec::new();
        };
        let mut list = None;
        for (name, section) in sections {
            match name.data.as_str() {
                Some(SECTION) => list = Some(section),
                Some(other) if suggest(other, [SECTION]).is_some() => {
                    let message = format!("`{}` is no section that is known", other.escape_debug());
                    let hint = format!("did you mean `{SECTION}`?");
                    self.fault(Position::of(name), message, hint);
                }
                _ => {}
            }
        }
        let Some(list) = list.filter(|list| !list.data.is_null()) else {
            return Vec::new();
        };
        let Some(items) = list.data.as_sequence() else {
            let hint = "begin each dependency with `- type: …`";
            self.fault(Position::of(list), "`dependencies` is no list", hint);
            return Vec::new();
        };
        let read = |item| Entry::read(item, transports, self);
        items.iter().flat_map(read).collect()
    }
}
