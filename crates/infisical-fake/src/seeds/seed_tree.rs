//! Reading a seed from a tree of tables.

use serde_json::{Map, Value};

use crate::seeds::seed::Seed;
use crate::seeds::seed_error::{SeedError, SeedErrorKind};

/// Reads JSON text; `serde_json`'s message gives line and column and quotes nothing of the text.
pub(crate) fn from_json(text: &str) -> Result<Seed, SeedError> {
    let tree: Value = serde_json::from_str(text).map_err(|error| {
        SeedError::new(
            SeedErrorKind::Syntax,
            String::new(),
            format!("no JSON: {error}"),
            "write a tree of project, environment, folder, key and value",
        )
    })?;
    from_value(&tree)
}

/// Reads project, environment, folder, key and value, each level a table of the next.
pub(crate) fn from_value(tree: &Value) -> Result<Seed, SeedError> {
    let mut seed = Seed::new();
    for (slug, environments) in table(tree, &[], "projects")? {
        name(slug, &[slug])?;
        seed.turn_to(slug);
        for (environment, folders) in table(environments, &[slug], "environments")? {
            name(environment, &[slug, environment])?;
            seed.turn_to(slug).environment_or_new(environment);
            for (folder, secrets) in table(folders, &[slug, environment], "folders")? {
                path(folder, &[slug, environment, folder])?;
                let place = [slug.as_str(), environment, folder];
                for (key, value) in table(secrets, &place, "keys")? {
                    let place = [slug.as_str(), environment, folder, key];
                    name(key, &place)?;
                    let text = text(value, &place)?;
                    seed.turn_to(slug)
                        .folder_or_new(environment, folder)
                        .set(key, text);
                }
                seed.turn_to(slug).folder_or_new(environment, folder);
            }
        }
    }
    Ok(seed)
}

fn table<'a>(
    value: &'a Value,
    place: &[&str],
    of: &str,
) -> Result<&'a Map<String, Value>, SeedError> {
    value.as_object().ok_or_else(|| {
        SeedError::new(
            SeedErrorKind::NotATable,
            location(place),
            format!("expected a table of {of}, found {}", kind_of(value)),
            "the levels are project, environment, folder, key and value",
        )
    })
}

fn text<'a>(value: &'a Value, place: &[&str]) -> Result<&'a str, SeedError> {
    value.as_str().ok_or_else(|| {
        SeedError::new(
            SeedErrorKind::NotText,
            location(place),
            format!("the value is {} and must be text", kind_of(value)),
            "secrets are text: write the value in quotes",
        )
    })
}

fn name(text: &str, place: &[&str]) -> Result<(), SeedError> {
    if !text.trim().is_empty() {
        return Ok(());
    }
    Err(SeedError::new(
        SeedErrorKind::BadName,
        location(place),
        "the name is empty".to_owned(),
        "give every project, environment and key a name",
    ))
}

fn path(text: &str, place: &[&str]) -> Result<(), SeedError> {
    let well_formed = text == "/"
        || text.strip_prefix('/').is_some_and(|rest| {
            rest.split('/')
                .all(|segment| !matches!(segment, "" | "." | ".."))
        });
    if well_formed {
        return Ok(());
    }
    Err(SeedError::new(
        SeedErrorKind::BadName,
        location(place),
        "the folder is not an absolute path".to_owned(),
        "write `/shared/db`: a `/` first, none at the end, no empty, `.` or `..` segment",
    ))
}

fn location(place: &[&str]) -> String {
    place.join(" > ")
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> SeedError {
        from_json(text).unwrap_err()
    }

    #[test]
    fn a_tree_names_project_environment_folder_key_and_value() {
        let text = r#"{"shop":{"dev":{"/a/b":{"K":"v"},"/empty":{}}}}"#;
        let projects = from_json(text).unwrap().into_projects();
        assert_eq!(projects[0].slug, "shop");
        let folder = projects[0].locate("dev", "/a/b").unwrap().folder;
        assert_eq!(folder.secret("K").unwrap().value(), "v");
        assert!(projects[0].locate("dev", "/empty").is_some());
        assert!(projects[0].environment("prod").is_none());
    }

    #[test]
    fn a_mistake_in_a_tree_is_reported_with_its_place_and_without_its_value() {
        let error = error_of(r#"{"shop":{"dev":{"/":{"PIN":993311}}}}"#);
        assert_eq!(error.kind(), SeedErrorKind::NotText);
        assert_eq!(error.location(), "shop > dev > / > PIN");
        assert!(!format!("{error:?}{error}").contains("993311"));

        let error = error_of(r#"{"shop":{"dev":"text"}}"#);
        assert_eq!(error.kind(), SeedErrorKind::NotATable);
        assert_eq!(
            error.to_string(),
            "seed, at shop > dev: expected a table of folders, found text"
        );

        for folder in ["shared", "/shared/", "//", "/a//b", "/a/../b", ""] {
            let error = error_of(&format!(r#"{{"shop":{{"dev":{{"{folder}":{{}}}}}}}}"#));
            assert_eq!(error.kind(), SeedErrorKind::BadName, "{folder}");
        }
        assert_eq!(error_of("{").kind(), SeedErrorKind::Syntax);
        assert_eq!(error_of(r#"{"":{}}"#).kind(), SeedErrorKind::BadName);
    }
}
