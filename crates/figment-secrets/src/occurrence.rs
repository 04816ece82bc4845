//! [`Occurrence`]: a reference or template, and where in the tree it stands.

use figment::Figment;
use figment::value::{Dict, Tag, Value};
use secret_ref::{ConfigText, Part, Schemes, SecretRef};

use crate::finding::{Finding, Text};
use crate::key_path::{KeyPath, Trail};

/// Is one string of the configuration that refers to secrets.
#[derive(Debug)]
pub(crate) struct Occurrence {
    /// Which string of the tree it is, counted in the order of the walk.
    pub(crate) ordinal: usize,
    pub(crate) key: KeyPath,
    pub(crate) tag: Tag,
    pub(crate) parts: Vec<Part>,
}

/// Collects what a walk through the tree finds.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) occurrences: Vec<Occurrence>,
    pub(crate) problems: Vec<Finding>,
    pub(crate) warnings: Vec<Finding>,
}

impl Occurrence {
    pub(crate) fn references(&self) -> impl Iterator<Item = &SecretRef> {
        self.parts.iter().filter_map(|part| match part {
            Part::Reference(reference) => Some(reference),
            Part::Text(_) => None,
        })
    }
}

/// Reads every string of a tree. Keys are never touched, nor are values that are not strings.
pub(crate) fn search(figment: &Figment, tree: &Dict, schemes: &Schemes) -> Findings {
    let mut search = Search {
        figment,
        schemes,
        ordinal: 0,
        findings: Findings::default(),
    };
    search.dict(tree, Trail::Root);
    search.findings
}

struct Search<'a> {
    figment: &'a Figment,
    schemes: &'a Schemes,
    ordinal: usize,
    findings: Findings,
}

impl Search<'_> {
    fn dict(&mut self, dict: &Dict, here: Trail<'_>) {
        for (key, value) in dict {
            self.value(value, Trail::Key(&here, key));
        }
    }

    fn value(&mut self, value: &Value, here: Trail<'_>) {
        match value {
            Value::String(tag, text) => {
                self.string(*tag, text, here);
                self.ordinal += 1;
            }
            Value::Dict(_, dict) => self.dict(dict, here),
            Value::Array(_, elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.value(element, Trail::Index(&here, index));
                }
            }
            _ => {}
        }
    }

    fn string(&mut self, tag: Tag, text: &str, here: Trail<'_>) {
        let parts = match self.schemes.read(text) {
            Ok(ConfigText::Reference(reference)) => vec![Part::Reference(reference)],
            Ok(ConfigText::Template(template)) => template.parts().to_vec(),
            Ok(ConfigText::NearScheme {
                written,
                registered,
            }) => {
                let text = self.text(tag, text, here);
                let key = &text.key;
                tracing::warn!(%key, written, registered, "probably a misspelt reference, used as it is");
                let warning = Finding::near_scheme(text, &written, &registered);
                return self.findings.warnings.push(warning);
            }
            Ok(_) => return,
            Err(error) => {
                let problem = Finding::broken(self.text(tag, text, here), &error);
                return self.findings.problems.push(problem);
            }
        };
        let (ordinal, key) = (self.ordinal, here.to_path());
        self.findings.occurrences.push(Occurrence {
            ordinal,
            key,
            tag,
            parts,
        });
    }

    fn text<'t>(&self, tag: Tag, text: &'t str, here: Trail<'_>) -> Text<'t>
    where
        Self: 't,
    {
        Text {
            figment: self.figment,
            ordinal: self.ordinal,
            tag,
            key: here.to_path(),
            text,
        }
    }
}
