//! What a person reads, and what a program gets, of each mistake in a configuration.
#![cfg(all(feature = "json", feature = "toml", feature = "yaml"))]
#![allow(
    clippy::unwrap_used,
    clippy::result_large_err,
    reason = "tests fail by panicking, and closures of figment's Jail return its error"
)]

mod mistakes;

use figment::providers::{Env, Format, Json, Serialized, Toml, Yaml};
use figment::{Figment, Jail};
use figment_secrets::{Diagnostics, ResolveError, ResolveSecrets};
use futures_executor::block_on;
use mistakes::{MISTAKES, Mistake, resolver};

fn resolve(figment: Figment) -> ResolveError {
    block_on(figment.resolve_secrets(&resolver())).unwrap_err()
}

/// Puts the mistake into its file and resolves it.
fn report(mistake: &Mistake) -> ResolveError {
    let mut error = None;
    Jail::expect_with(|jail| {
        jail.create_file(mistake.file, mistake.text)?;
        let figment = match mistake.file.rsplit_once('.').unwrap().1 {
            "json" => Figment::from(Json::file(mistake.file)),
            "yaml" => Figment::from(Yaml::file(mistake.file)),
            _ => Figment::from(Toml::file(mistake.file)),
        };
        error = Some(resolve(figment));
        Ok(())
    });
    error.unwrap()
}

fn plain(error: &ResolveError) -> String {
    Diagnostics::of(&error.all()).to_string()
}

#[test]
fn each_mistake_has_a_report_for_people_and_one_for_programs() {
    for mistake in MISTAKES {
        let error = report(mistake);
        let found = error.all();
        let json = serde_json::to_string_pretty(&found).unwrap();
        let shown = format!("{}\n\n{}\n\n{json}", mistake.text.trim(), plain(&error));
        insta::assert_snapshot!(mistake.name, shown);
        assert!(
            found.iter().any(|problem| problem.code == mistake.name),
            "{}: {error}",
            mistake.name
        );
    }
}

#[test]
fn there_are_as_many_mistakes_as_names_for_them() {
    let mut names: Vec<_> = MISTAKES.iter().map(|mistake| mistake.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), MISTAKES.len());
    assert!(names.len() >= 25);
}

#[test]
fn colours_change_nothing_of_the_text() {
    for mistake in MISTAKES {
        let error = report(mistake);
        let coloured = Diagnostics::of(&error.all()).coloured(true).to_string();
        assert_ne!(coloured, plain(&error));
        assert_eq!(without_colours(&coloured), plain(&error));
    }
}

#[test]
fn a_terminal_gets_colours() {
    let error = report(&MISTAKES[0]);
    let coloured = Diagnostics::of(error.problems()).coloured(true).to_string();
    insta::assert_snapshot!(coloured.replace('\u{1b}', "\\e"));
}

/// Removes what ECMA-48 calls control sequences.
fn without_colours(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('m').unwrap().1)
}

#[test]
fn ten_problems_of_two_files_come_in_the_order_of_their_lines() {
    Jail::expect_with(|jail| {
        // The keys are in no alphabetical order, since figment would sort them.
        let lines = |prefix: &str| -> String {
            ["e", "b", "d", "a", "c"]
                .map(|key| format!("{prefix}{key} = 'infisical:///{prefix}{key}'\n"))
                .concat()
        };
        jail.create_file("one.toml", &lines("z"))?;
        jail.create_file("two.toml", &lines("m"))?;
        let figment = Figment::from(Toml::file("one.toml")).merge(Toml::file("two.toml"));
        let error = resolve(figment);
        let places: Vec<_> = error
            .problems()
            .iter()
            .map(|problem| {
                let (file, key) = (problem.file.clone().unwrap(), problem.key.clone().unwrap());
                format!(
                    "{file}:{}:{} {key}",
                    problem.line.unwrap(),
                    problem.column.unwrap()
                )
            })
            .collect();
        let expected = [
            "two.toml:1:7 me",
            "two.toml:2:7 mb",
            "two.toml:3:7 md",
            "two.toml:4:7 ma",
            "two.toml:5:7 mc",
            "one.toml:1:7 ze",
            "one.toml:2:7 zb",
            "one.toml:3:7 zd",
            "one.toml:4:7 za",
            "one.toml:5:7 zc",
        ];
        assert_eq!(places, expected);
        Ok(())
    });
}

#[test]
fn a_source_that_is_down_is_one_report_that_names_the_keys() {
    let keys: String = (0..8)
        .map(|number| format!("k{number} = 'infisical:///down/K{number}'\n"))
        .collect();
    let error = resolve(Figment::from(Toml::string(&keys)));
    assert_eq!(error.problems().len(), 8);
    insta::assert_snapshot!(plain(&error));
}

/// Where the first problem of a configuration is said to be.
fn place(figment: Figment) -> Option<(String, usize, usize)> {
    let error = resolve(figment);
    let problem = &error.problems()[0];
    Some((problem.file.clone()?, problem.line?, problem.column?))
}

fn at(file: &str, line: usize, column: usize) -> Option<(String, usize, usize)> {
    Some((file.to_owned(), line, column))
}

#[test]
fn the_file_that_won_is_named_and_its_line() {
    Jail::expect_with(|jail| {
        jail.create_file("base.toml", "[db]\npw = 'infisical:///db/A'\n")?;
        jail.create_file(
            "site.yaml",
            "# ünïcode\ndb: {user: x, pw: \"infisical:///db/B\"}\n",
        )?;
        let figment = || Figment::from(Toml::file("base.toml"));
        assert_eq!(place(figment()), at("base.toml", 2, 7));
        assert_eq!(
            place(figment().merge(Yaml::file("site.yaml"))),
            at("site.yaml", 2, 20)
        );
        assert_eq!(
            place(figment().join(Yaml::file("site.yaml"))),
            at("base.toml", 2, 7)
        );
        Ok(())
    });
}

#[test]
fn every_way_to_write_a_text_has_its_place() {
    Jail::expect_with(|jail| {
        let cases = [
            (
                "a.toml",
                "x = 1\n[[t]]\nn = 1\n[[t]]\n  n = 'infisical:///A'\n",
                5,
                8,
            ),
            (
                "b.toml",
                "a.'b.c' = \"\"\"\nuser:${infisical:///A}\"\"\"\n",
                2,
                8,
            ),
            ("c.toml", "l = [\n 1,\n  'infisical:///A',\n]\n", 3, 4),
            (
                "d.toml",
                "k = '${infisical:///db/POSTGRES_DSN}${infisical:///A}${infisical:///db/POSTGRES_DSN}'",
                1,
                39,
            ),
            ("e.yaml", "base: &b\n  k: infisical:///A\nuse: *b\n", 2, 6),
            (
                "f.yaml",
                "base: &b {k: infisical:///A}\nuse:\n  <<: *b\n",
                1,
                14,
            ),
            ("g.yaml", "- k: |\n    x\n    ${infisical:///A}\n", 3, 7),
            (
                "h.json",
                "{\"ü\": 1, \"k\": 2,\n \"k\": \"infisical:///A\"}",
                2,
                8,
            ),
            (
                "i.json",
                "{\"a\": [{\"k\": \"infisical:\\/\\/\\/A\"}]}",
                1,
                14,
            ),
        ];
        for (file, text, line, column) in cases {
            jail.create_file(file, text)?;
            let figment = match file.rsplit_once('.').unwrap().1 {
                "toml" => Figment::from(Toml::file(file)),
                "json" => Figment::from(Json::file(file)),
                // A list is no configuration by itself.
                _ if text.starts_with('-') => {
                    jail.create_file(file, &format!("list:\n{text}"))?;
                    assert_eq!(
                        place(Figment::from(Yaml::file(file))),
                        at(file, line + 1, column)
                    );
                    continue;
                }
                _ => Figment::from(Yaml::file(file)),
            };
            assert_eq!(place(figment), at(file, line, column), "{text}");
        }
        Ok(())
    });
}

#[test]
fn profiles_and_joined_arrays_do_not_hide_a_place() {
    Jail::expect_with(|jail| {
        jail.create_file(
            "app.toml",
            "[default]\nk = 'infisical:///A'\n[release]\nk = 'infisical:///B'\n",
        )?;
        let nested = || Figment::from(Toml::file("app.toml").nested());
        assert_eq!(place(nested()), at("app.toml", 2, 6));
        assert_eq!(place(nested().select("release")), at("app.toml", 4, 6));
        jail.create_file("one.toml", "l = ['x:y']\n")?;
        jail.create_file("two.toml", "\nl = ['infisical:///A']\n")?;
        let joined = Figment::from(Toml::file("one.toml")).admerge(Toml::file("two.toml"));
        assert_eq!(place(joined), at("two.toml", 2, 7));
        Ok(())
    });
}

#[test]
fn a_place_that_is_not_sure_is_not_told() {
    Jail::expect_with(|jail| {
        jail.create_file("app.toml", "k = 'infisical:///A'\n")?;
        let figment = Figment::from(Toml::file("app.toml"));
        // Somebody edits the file after figment has read it.
        jail.create_file("app.toml", "\n\nk = 'infisical:///C'\n")?;
        assert_eq!(place(figment), None);
        assert_eq!(
            place(Figment::from(Toml::string("k = 'infisical:///A'"))),
            None
        );
        Ok(())
    });
}

#[test]
fn other_values_of_the_line_are_not_shown() {
    Jail::expect_with(|jail| {
        let canary = secret_testkit::Canary::named("password in the same line");
        let value = canary.value();
        for (file, text) in [
            (
                "a.toml",
                format!(
                    "db = {{ pw = '{value}', dsn = 'x{value}${{infisical:///A}}{value}', x = '{value}' }} # {value}"
                ),
            ),
            (
                "b.json",
                format!("{{\"pw\": \"{value}\", \"dsn\": \"infisical:///A?{value}x\"}}")
                    .replace(&format!("?{value}x"), ""),
            ),
            (
                "c.yaml",
                format!("db: {{pw: {value}, dsn: \"x:{value}${{infisical:///A}}\"}}"),
            ),
        ] {
            jail.create_file(file, &text)?;
            let figment = match file.rsplit_once('.').unwrap().1 {
                "toml" => Figment::from(Toml::file(file)),
                "json" => Figment::from(Json::file(file)),
                _ => Figment::from(Yaml::file(file)),
            };
            let error = resolve(figment);
            assert!(error.problems()[0].line.is_some(), "{file}: {error}");
            let shown = format!(
                "{error} {error:?} {:?} {}",
                error.problems(),
                serde_json::to_string(error.problems()).unwrap()
            );
            secret_testkit::assert_no_leak(&shown, [&canary]);
        }
        Ok(())
    });
}

#[test]
fn environment_and_code_are_named_as_figment_names_them() {
    Jail::expect_with(|jail| {
        jail.set_env("APP_DB", "{pw=infisical:///A}");
        let error = resolve(Figment::from(Env::prefixed("APP_")));
        insta::assert_snapshot!("environment", plain(&error));
        let error = resolve(Figment::from(Serialized::default("pw", "infisical:///A")));
        let place = error.problems()[0].place.clone().unwrap();
        assert!(place.contains("diagnostics.rs:"), "{place}");
        assert!(error.problems()[0].file.is_none());
        Ok(())
    });
}

#[test]
fn no_name_moves_a_cursor() {
    let figment = Figment::from(Serialized::default(
        "k\u{1b}[2J",
        "infisical:///db/\u{1b}[31m",
    ));
    let error = resolve(figment);
    for text in [plain(&error), error.problems()[0].to_string()] {
        assert!(
            !text.contains(|c: char| c.is_control() && c != '\n'),
            "{text:?}"
        );
    }
}
