//! `keyfob render`: the resolved configuration as TOML, values included.

use keyfob::figment::value::{Dict, Num, Value};
use keyfob::{ResolveSecrets, Stack};

use crate::arguments::RenderArguments;
use crate::config_files;
use crate::failure::Failure;
use crate::{output, private_file};

pub(crate) async fn run(arguments: RenderArguments) -> Result<(), Failure> {
    let figment = config_files::figment(&arguments.files)?;
    let stack = Stack::from_env()?;
    let resolved = figment.resolve_secrets(&stack).await;
    stack.shutdown().await;
    let resolved = resolved.map_err(|error| Failure::unresolved(error.to_string()))?;
    let tree: Dict = resolved
        .extract()
        .map_err(|error| Failure::unresolved(error.to_string()))?;
    let table = table(tree)?;
    let text = toml::to_string_pretty(&table)
        .map_err(|_| Failure::unresolved("the configuration cannot be written as TOML"))?;
    match &arguments.output {
        None => output::raw(text.as_bytes()),
        Some(path) => private_file::replace(path, text.as_bytes())
            .map_err(|error| Failure::broken(&format!("cannot write {}", path.display()), &error)),
    }
}

fn table(dict: Dict) -> Result<toml::Table, Failure> {
    let mut table = toml::Table::new();
    for (key, value) in dict {
        if let Some(value) = convert(&key, value)? {
            table.insert(key, value);
        }
    }
    Ok(table)
}

/// Converts a value; `None` where it is null, which TOML leaves out.
fn convert(key: &str, value: Value) -> Result<Option<toml::Value>, Failure> {
    Ok(Some(match value {
        Value::String(_, text) => toml::Value::String(text),
        Value::Char(_, character) => toml::Value::String(character.to_string()),
        Value::Bool(_, bool) => toml::Value::Boolean(bool),
        Value::Num(_, number) => self::number(key, number)?,
        Value::Empty(..) => return Ok(None),
        Value::Dict(_, dict) => toml::Value::Table(table(dict)?),
        Value::Array(_, items) => {
            let items = items
                .into_iter()
                .map(|item| convert(key, item))
                .collect::<Result<Vec<_>, _>>()?;
            toml::Value::Array(items.into_iter().flatten().collect())
        }
    }))
}

fn number(key: &str, number: Num) -> Result<toml::Value, Failure> {
    if let Num::F32(_) | Num::F64(_) = number {
        return Ok(toml::Value::Float(number.to_f64().unwrap_or_default()));
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
                "{key}: TOML holds no integer beyond 64 bits with a sign"
            ))
        })
}
