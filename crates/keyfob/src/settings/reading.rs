//! [`Reading`]: the settings as they were found, layer by layer.

use std::collections::BTreeMap;

use env_fallback::Environment;
use figment::Figment;
use secrecy::ExposeSecret;
use secret_ref::Schemes;
use secret_source::suggest;
use serde::Serialize;

use super::auth_method::{AuthMethod, is_part_of_a_login};
use super::candidate::Candidate;
use super::fault::Fault;
use super::provenance::Provenance;
use super::section::{self, Section};
use super::table::{self, Setting};
use super::truth::{self, Given, Mode};
use super::{Settings, bootstrap, spelling, unknown};

/// Holds the layers that settings are read from, the first that has one winning: the builder, the
/// environment, the figment section.
#[derive(Debug)]
pub(crate) struct Inputs<'a> {
    pub(crate) built: &'a BTreeMap<&'static str, Candidate>,
    pub(crate) environment: &'a Environment,
    pub(crate) section: Option<&'a Figment>,
    pub(crate) schemes: &'a Schemes,
}

/// Holds what was read, and every fault that was found on the way.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) settings: Settings,
    pub(crate) effective: Vec<EffectiveSetting>,
    pub(crate) faults: Vec<Fault>,
    given: Vec<&'static str>,
}

/// Says what one setting is and where that came from; secret values are never shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EffectiveSetting {
    /// The name of the setting.
    pub name: &'static str,
    /// Its value, `(set)` for a secret one and `None` where it is unset.
    pub value: Option<String>,
    /// Where the value came from.
    pub from: Provenance,
}

impl Reading {
    /// Reads every setting of the table, and keeps going after a fault.
    pub(crate) fn of(inputs: &Inputs<'_>) -> Self {
        let (section, faults) = inputs.section.map(section::read).unwrap_or_default();
        let mut reading = Self {
            settings: Settings::blank(),
            effective: Vec::new(),
            faults,
            given: Vec::new(),
        };
        for setting in table::all() {
            reading.take(setting, inputs, &section);
        }
        if reading.settings.auth_method != Some(AuthMethod::Aws) {
            // The variable is not ours, and without this login it is nobody's business here.
            reading
                .faults
                .retain(|fault| fault.setting() != "aws_region");
        }
        if reading.settings.enabled == Some(false) {
            // Whatever else is set, Infisical is not asked, so none of it can be wrong.
            let concerns = |fault: &Fault| !table::is_about_the_server(fault.setting());
            reading.faults.retain(concerns);
        } else {
            reading.check_transport();
        }
        reading.check_environment();
        for (variable, meant) in unknown::misspelt(inputs.environment) {
            tracing::warn!(variable, "unknown variable: did you mean `{meant}`?");
        }
        reading
    }

    /// Decides what the stack answers from, or adds what stands in the way to the faults.
    pub(crate) fn mode(&mut self) -> Option<Mode> {
        // What is set and could not be read has no place, and is not missing as well.
        let place = |name: &&'static str| {
            let effective = self.effective.iter().find(|setting| setting.name == *name);
            effective
                .map(|setting| setting.from.to_string())
                .unwrap_or_default()
        };
        let of_login = self.given.iter().filter(|name| is_part_of_a_login(name));
        let given = Given {
            enabled: self.settings.enabled,
            method: self.settings.auth_method,
            address: self.given.contains(&"address"),
            login: of_login.map(|name| (*name, place(name))).collect(),
        };
        // A choice that could not be read decides nothing; its own fault is enough.
        let misread = |name| self.faults.iter().any(|fault| fault.setting() == name);
        if misread("enabled") || misread("auth_method") {
            return None;
        }
        truth::decide(&given)
            .map_err(|faults| self.faults.extend(faults))
            .ok()
    }

    fn take(&mut self, setting: &'static Setting, inputs: &Inputs<'_>, section: &Section) {
        let candidate = match find(setting, inputs, section) {
            Ok(candidate) => candidate,
            // Something is given, though not readable: it must not be called missing as well.
            Err(fault) => {
                self.given.push(setting.name);
                return self.faults.push(fault);
            }
        };
        let (text, from) = match &candidate {
            Some(candidate) => (Some(candidate.text.expose_secret()), candidate.from.clone()),
            None => (setting.default, Provenance::Default),
        };
        let shown = |text: &str| {
            if setting.form.is_secret() {
                "(set)".to_owned()
            } else {
                text.to_owned()
            }
        };
        let effective = EffectiveSetting {
            name: setting.name,
            value: text.map(shown),
            from,
        };
        if let Some(text) = text
            && let Err(fault) = self.store(setting, text, &effective.from, inputs.schemes)
        {
            self.faults.push(fault);
        }
        self.given.extend(candidate.map(|_| setting.name));
        self.effective.push(effective);
    }

    fn store(
        &mut self,
        setting: &Setting,
        text: &str,
        from: &Provenance,
        schemes: &Schemes,
    ) -> Result<(), Fault> {
        let plain = match setting.form.takes_references() {
            true => Ok(()),
            false => bootstrap::refuse_references(text, schemes),
        };
        plain
            .and_then(|()| setting.form.read(text, &mut self.settings))
            .map_err(|complaint| {
                let fault = Fault::new(setting.name, complaint.message).at(from.to_string());
                complaint.hint.into_iter().fold(fault, Fault::hint_at)
            })
    }

    fn check_transport(&mut self) {
        let Settings {
            address: Some(address),
            allow_http: false,
            ..
        } = &self.settings
        else {
            return;
        };
        if address.is_https() || address.is_loopback() {
            return;
        }
        let fault = Fault::new(
            "address",
            "credentials would go over plain HTTP to another machine",
        );
        self.faults.push(fault.at("INFISICAL_ALLOW_HTTP").hint_at(
            "use https, or set INFISICAL_ALLOW_HTTP=true where the network itself is trusted",
        ));
    }

    fn check_environment(&mut self) {
        let Settings {
            environment: Some(slug),
            environments: Some(allowed),
            ..
        } = &self.settings
        else {
            return;
        };
        if allowed.contains(slug) {
            return;
        }
        let fault = Fault::new(
            "environment",
            format!("`{slug}` is not among the allowed environments"),
        )
        .at("KEYFOB_ENVIRONMENTS");
        let near = suggest(slug, allowed.iter().map(String::as_str));
        self.faults.push(match near {
            Some(near) => fault.hint_at(format!("did you mean `{near}`?")),
            None => fault.hint_at(format!("allowed: {}", allowed.join(", "))),
        });
    }
}

fn find(
    setting: &Setting,
    inputs: &Inputs<'_>,
    section: &Section,
) -> Result<Option<Candidate>, Fault> {
    if let Some(built) = inputs.built.get(setting.name) {
        return Ok(Some(built.clone()));
    }
    let variable = spelling::read(setting, inputs.environment)?;
    Ok(variable.or_else(|| section.get(setting.name).cloned()))
}
