//! [`Application`]: an application's configuration, once with references and once with the values written in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use infisical_fake::{Fake, Seed};
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{ResolveSecrets, SecretString, Stack};
use serde::Deserialize;
use tokio::runtime::{Builder, Runtime};

use crate::scene::stack_of;

/// The references of one folder of the server.
const IN_A_FOLDER: usize = 5;

/// Is a configuration in tables of ten fields each. Of two tables, five fields are references: two
/// passwords, two tokens, and by turns a template or a number. All layers of a stack are around their
/// server, and all values are in its cache.
pub(crate) struct Application {
    referring: String,
    plain: String,
    stack: Stack,
    runtime: Runtime,
    _server: Fake,
}

/// What the application makes of its configuration.
pub(crate) type Config = BTreeMap<String, Table>;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "extracting is what costs")]
pub(crate) struct Table {
    host: String,
    port: u16,
    user: String,
    password: SecretString,
    token: String,
    dsn: String,
    pool: u32,
    ratio: f64,
    is_enabled: bool,
    tags: Vec<String>,
}

/// Writes one configuration in both ways, and notes the secrets.
#[derive(Default)]
struct Writer {
    referring: String,
    plain: String,
    secrets: Vec<(String, String, String)>,
}

impl Writer {
    fn line(&mut self, line: &str) {
        for text in [&mut self.referring, &mut self.plain] {
            let _ = writeln!(text, "{line}");
        }
    }

    /// Writes a field with a reference, of which `around` makes what stands in the file.
    fn secret(&mut self, field: &str, value: &str, around: impl Fn(&str, bool) -> String) {
        let number = self.secrets.len();
        let (folder, key) = (
            format!("/services/f{}", number / IN_A_FOLDER),
            format!("{}_{number}", field.to_uppercase()),
        );
        let reference = format!("infisical://dev{folder}/{key}");
        let _ = writeln!(self.referring, "{field} = {}", around(&reference, true));
        let _ = writeln!(self.plain, "{field} = {}", around(value, false));
        self.secrets.push((folder, key, value.to_owned()));
    }

    fn table(&mut self, number: usize) {
        self.line(&format!("[table{number}]\nhost = 'db{number}.internal.example'\nport = 5432\nuser = 'app'\nratio = 0.75\nis_enabled = true\ntags = ['a', 'b']"));
        let text = |text: &str, _| format!("'{text}'");
        self.secret("password", "correct horse battery staple", text);
        self.secret("token", "st.0123456789abcdef.0123456789", text);
        let (dsn, pool) = ("dsn = 'postgres://app@db/app'", "pool = 16");
        match number % 4 {
            0 => {
                let dsn = |text: &str, is_reference| match is_reference {
                    true => format!("'postgres://app:${{{text}}}@db/app'"),
                    false => format!("'postgres://app:{text}@db/app'"),
                };
                self.secret("dsn", "correct%20horse", dsn);
                self.line(pool);
            }
            2 => {
                self.line(dsn);
                let number = |text: &str, is_reference| match is_reference {
                    true => format!("'{text}'"),
                    false => text.to_owned(),
                };
                self.secret("pool", "24", number);
            }
            _ => {
                self.line(dsn);
                self.line(pool);
            }
        }
    }
}

impl Application {
    /// Sets up a configuration with a number of references, and four times as many fields.
    pub(crate) fn new(references: usize) -> Self {
        let mut writer = Writer::default();
        (0..references * 2 / 5).for_each(|number| writer.table(number));
        assert_eq!(writer.secrets.len(), references);
        let seed = Seed::new().project("application");
        let seed = writer
            .secrets
            .iter()
            .fold(seed, |seed, (folder, key, value)| {
                seed.secret("dev", folder, key, value)
            });
        let server = Fake::builder().seed(seed).start_on_thread().unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let stack = {
            let _inside = runtime.enter();
            stack_of(&server).build().unwrap()
        };
        let application = Self {
            referring: writer.referring,
            plain: writer.plain,
            stack,
            runtime,
            _server: server,
        };
        // The cache is filled by the first.
        assert_eq!(application.resolved().len(), references * 2 / 5);
        assert_eq!(application.unresolved().len(), references * 2 / 5);
        application
    }

    /// Merges, resolves and extracts.
    pub(crate) fn resolved(&self) -> Config {
        let figment = Figment::new().merge(Toml::string(&self.referring));
        let resolved = self.runtime.block_on(figment.resolve_secrets(&self.stack));
        resolved.unwrap().extract().unwrap()
    }

    /// Merges and extracts the configuration that has the values in it, as figment does.
    pub(crate) fn unresolved(&self) -> Config {
        let figment = Figment::new().merge(Toml::string(&self.plain));
        figment.extract().unwrap()
    }
}
