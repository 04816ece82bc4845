//! `keyfob render`: the resolved configuration as TOML, values included.

use std::path::{Path, PathBuf};

use keyfob::figment::value::{Dict, Num, Value};
use keyfob::{ResolveSecrets, Stack};

use crate::arguments::RenderArguments;
use crate::config_files;
use crate::failure::Failure;
use crate::{output, private_file};

/// How figment holds a date or time of TOML's: a table with this one key.
const DATETIME: &str = "$__toml_private_datetime";

pub(crate) async fn run(arguments: RenderArguments) -> Result<(), Failure> {
    if let Some(output) = &arguments.output {
        keep_apart(output, &arguments.files.files)?;
    }
    let figment = config_files::figment(&arguments.files)?;
    let stack = Stack::from_env()?;
    let resolved = figment.resolve_secrets(&stack).await;
    stack.shutdown().await;
    let resolved = resolved?;
    output::diagnose(resolved.warnings());
    let tree: Dict = resolved
        .extract()
        .map_err(|error| Failure::unresolved(error.to_string()))?;
    let text = toml::to_string_pretty(&table("", tree)?)
        .map_err(|_| Failure::unresolved("the configuration cannot be written as TOML"))?;
    match &arguments.output {
        None => output::raw(text.as_bytes()),
        Some(path) => private_file::replace(path, text.as_bytes())
            .map_err(|error| Failure::broken(&format!("cannot write {}", path.display()), &error)),
    }
}

/// Refuses to replace the references of a configuration file by their values.
fn keep_apart(output: &Path, files: &[PathBuf]) -> Result<(), Failure> {
    let Ok(output) = output.canonicalize() else {
        return Ok(());
    };
    let same = files
        .iter()
        .find(|file| file.canonicalize().is_ok_and(|file| file == output));
    match same {
        None => Ok(()),
        Some(file) => Err(Failure::usage(format!(
            "{} would lose its references: choose another --output",
            file.display()
        ))),
    }
}

fn table(path: &str, dict: Dict) -> Result<toml::Table, Failure> {
    let mut table = toml::Table::new();
    for (key, value) in dict {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        // TOML has no null: a key without a value is left out.
        if !matches!(value, Value::Empty(..)) {
            table.insert(key, convert(&path, value)?);
        }
    }
    Ok(table)
}

fn convert(path: &str, value: Value) -> Result<toml::Value, Failure> {
    Ok(match value {
        Value::String(_, text) => toml::Value::String(text),
        Value::Char(_, character) => toml::Value::String(character.to_string()),
        Value::Bool(_, bool) => toml::Value::Boolean(bool),
        Value::Num(_, number) => self::number(path, number)?,
        Value::Empty(..) => {
            let message = format!("{path}: TOML has no null, and an array cannot leave one out");
            return Err(Failure::unresolved(message));
        }
        Value::Dict(_, dict) => match datetime(&dict) {
            Some(datetime) => toml::Value::Datetime(datetime),
            None => toml::Value::Table(table(path, dict)?),
        },
        Value::Array(_, items) => {
            let item = |(index, item)| convert(&format!("{path}.{index}"), item);
            toml::Value::Array(
                items
                    .into_iter()
                    .enumerate()
                    .map(item)
                    .collect::<Result<_, _>>()?,
            )
        }
    })
}

fn datetime(dict: &Dict) -> Option<toml::value::Datetime> {
    let text = dict.get(DATETIME).filter(|_| dict.len() == 1)?;
    text.as_str()?.parse().ok()
}

fn number(path: &str, number: Num) -> Result<toml::Value, Failure> {
    match number {
        Num::F32(float) => return Ok(toml::Value::Float(float.into())),
        Num::F64(float) => return Ok(toml::Value::Float(float)),
        _ => {}
    }
    let signed = number
        .to_i128()
        .and_then(|integer| i64::try_from(integer).ok());
    let unsigned = number
        .to_u128()
        .and_then(|integer| i64::try_from(integer).ok());
    signed
        .or(unsigned)
        .map(toml::Value::Integer)
        .ok_or_else(|| {
            Failure::unresolved(format!(
                "{path}: TOML holds no integer beyond 64 bits with a sign"
            ))
        })
}
