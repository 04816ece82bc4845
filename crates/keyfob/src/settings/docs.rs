//! The generated texts: `docs/settings.md` and `.env.example`.

use super::table::{self, Setting};

const HEAD: &str = "\
# Settings

<!-- Generated from the table in crates/keyfob/src/settings/table.rs: run `cargo xtask settings`. -->

`Stack::from_env()` and the binary read these variables. Each setting is also a method of the builder,
under its name, and a key of the figment section that `Stack::from_figment` reads. What the builder
says comes first, then the environment, then the section, then the default.

Durations are whole seconds (`90`) or have a unit (`90s`, `5m`, `200ms`, `1h`). Booleans are `true` or
`false`, `1` or `0`, `yes` or `no`, `on` or `off`. A blank value counts as unset. Each variable has a
variant that ends in `_FILE` and names a file to read the value from. Spellings of one setting that
are set to different values are an error, and all errors are reported together.

| setting | variables | default | allowed |
|---|---|---|---|
";

const TRUTH: &str = "
## When Infisical is used

| `INFISICAL_ENABLED` | address | credentials | result |
|---|---|---|---|
| false | any | any | the environment alone answers, which is said once in the log |
| unset | no | no | the environment alone answers, which is said once in the log |
| unset | yes | yes | Infisical is used |
| unset | yes | no | an error that lists the missing credentials |
| unset | no | yes | an error that names the variable: credentials are sent to no guessed host |
| true | incomplete | incomplete | an error that lists all that is missing |

## What each setting is for
";

/// Returns the text of `docs/settings.md`.
pub fn markdown() -> String {
    let rows = table::all().map(row);
    let details =
        table::all().map(|setting| format!("\n- **`{}`**: {}", setting.name, setting.doc));
    let mut text = HEAD.to_owned();
    text.extend(rows);
    text.push_str(TRUTH);
    text.extend(details);
    text.push('\n');
    text
}

/// Returns the text of `.env.example`.
pub fn env_example() -> String {
    let head = "# Generated from the table in crates/keyfob/src/settings/table.rs: run `cargo xtask settings`.\n\
                # Every setting is optional; docs/settings.md explains them.\n";
    std::iter::once(head.to_owned())
        .chain(table::all().map(example))
        .collect()
}

fn row(setting: &Setting) -> String {
    let variables: Vec<_> = setting
        .variables
        .iter()
        .map(|variable| format!("`{variable}`"))
        .collect();
    let default = setting
        .default
        .map_or("none".to_owned(), |default| format!("`{default}`"));
    format!(
        "| `{}` | {} | {default} | {} |\n",
        setting.name,
        variables.join(", "),
        setting.form.bounds()
    )
}

fn example(setting: &Setting) -> String {
    let variable = setting.variables.first().copied().unwrap_or_default();
    let bounds = setting.form.bounds();
    format!(
        "\n# {}\n# Allowed: {bounds}.\n# {variable}={}\n",
        setting.doc,
        setting.default.unwrap_or_default()
    )
}
