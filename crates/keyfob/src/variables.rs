//! [`Variables`]: the environment as a layer, from settings.

use env_fallback::{
    Dotenv, EnvConfig, EnvSource, Environment, FallbackPolicy, Override, VariableNames,
};
use secret_ref::SecretRef;
use secret_source::SecretAddress;

use crate::settings::{Fault, Settings};
use crate::{INFISICAL, StackBuilder};

/// Holds what variables there are, and which one stands for which secret.
pub(crate) struct Variables {
    environment: Environment,
    dotenv: Option<Dotenv>,
    mapped: VariableNames,
    dotenv_after_refusal: bool,
}

impl Variables {
    /// Reads the `.env` file and completes the explicit map.
    pub(crate) fn of(builder: &StackBuilder, settings: &Settings) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut mapped = VariableNames::new();
        for (variable, reference) in &settings.env_map {
            match address(reference, settings) {
                Some(address) => mapped = mapped.variable(variable, address),
                None => faults.push(without_environment(variable)),
            }
        }
        let dotenv = settings.dotenv.as_ref().map(Dotenv::read).transpose();
        match dotenv {
            Ok(dotenv) if faults.is_empty() => Ok(Self {
                environment: builder.environment.clone(),
                dotenv,
                mapped,
                dotenv_after_refusal: builder.dotenv_after_refusal,
            }),
            Ok(_) => Err(faults),
            Err(error) => {
                faults.push(
                    Fault::new("dotenv", error.to_string())
                        .at("KEYFOB_DOTENV")
                        .hint_at("correct the file or its path"),
                );
                Err(faults)
            }
        }
    }

    /// Makes the source of a stack that has no other.
    pub(crate) fn source(self, settings: &Settings) -> EnvSource {
        let names = self.infisical_names(settings);
        let source = EnvSource::new(self.environment, names);
        match &self.dotenv {
            Some(dotenv) => source.with_dotenv(dotenv),
            None => source,
        }
    }

    /// Makes the layer around the source of a scheme.
    ///
    /// Bare names and the `.env` file belong to Infisical's secrets; those of other sources have
    /// names that begin with their scheme, so that no variable answers for two of them.
    pub(crate) fn layer(&self, scheme: &str, settings: &Settings) -> EnvConfig {
        let config = EnvConfig::new(self.environment.clone()).log_names(settings.log_names);
        if scheme != INFISICAL {
            let overrides = match settings.env_override {
                Override::Bare => Override::Qualified,
                other => other,
            };
            let prefix = format!("{}{scheme}_", settings.env_prefix);
            return config
                .names(self.mapped.clone().prefix(prefix))
                .overrides(overrides)
                .fallback(FallbackPolicy::Off);
        }
        let config = config
            .names(self.infisical_names(settings))
            .overrides(settings.env_override)
            .fallback(settings.fallback)
            .dotenv_after_refusal(self.dotenv_after_refusal);
        match &self.dotenv {
            Some(dotenv) => config.dotenv(dotenv.clone()),
            None => config,
        }
    }

    /// Makes the layer around a tenant's source: only variables of the explicit map answer.
    ///
    /// A name made of tenant, folder and key is a name made of another folder and key as well, so that one
    /// variable could answer for two tenants; without a project of its own the layer covers none.
    pub(crate) fn tenant_layer(&self, settings: &Settings) -> EnvConfig {
        EnvConfig::new(self.environment.clone())
            .log_names(settings.log_names)
            .names(self.mapped.clone())
            .overrides(settings.env_override)
            .fallback(settings.fallback)
    }

    fn infisical_names(&self, settings: &Settings) -> VariableNames {
        let names = self.mapped.clone().prefix(&settings.env_prefix);
        match &settings.project {
            Some(project) => names.project(project),
            None => names,
        }
    }
}

fn address(reference: &SecretRef, settings: &Settings) -> Option<SecretAddress> {
    let environment = reference
        .environment()
        .or(settings.environment.as_deref())?;
    let address = SecretAddress::new(
        reference.scheme(),
        environment,
        reference.folder(),
        reference.key(),
    );
    // As the resolver completes it: the default project is not named in an address.
    Some(match reference.project() {
        Some(project)
            if reference.scheme() != INFISICAL || Some(project) != settings.project.as_deref() =>
        {
            address.with_project(project)
        }
        _ => address,
    })
}

fn without_environment(variable: &str) -> Fault {
    let message =
        format!("the reference of `{variable}` names no environment, and no default is set");
    Fault::new("env_map", message)
        .at("KEYFOB_ENV_MAP")
        .hint_at("write `infisical://environment/…`, or set INFISICAL_ENVIRONMENT")
}
