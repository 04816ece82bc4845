//! Which names a secret may have as a variable of a child process.

use env_fallback::{RESERVED_NAMES, RESERVED_PREFIXES};

/// Names by which an environment makes a program run other code than it was started for, beside those of the
/// loader, which are among [`RESERVED_PREFIXES`].
const DANGEROUS_NAMES: &[&str] = &[
    "BASH_ENV",
    "ENV",
    "GIT_SSH_COMMAND",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "NODE_OPTIONS",
    "PERL5LIB",
    "PERL5OPT",
    "PROMPT_COMMAND",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "RUBYLIB",
    "RUBYOPT",
    "_JAVA_OPTIONS",
];

/// Beginnings of the names of the stack's own settings and credentials, which must be known before any secret.
const BOOTSTRAP_PREFIXES: &[&str] = &["INFISICAL_", "KEYFOB_"];

/// Tells whether every shell and program can read a variable of this name.
pub(crate) fn is_valid(name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().all(is_word) && name.starts_with(|c: char| !c.is_ascii_digit())
}

/// Tells whether the name means something to programs, or to their interpreters and loaders.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED_NAMES.contains(&name)
        || DANGEROUS_NAMES.contains(&name)
        || RESERVED_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// Tells whether the name is one of the stack's own settings.
pub(crate) fn is_bootstrap(name: &str) -> bool {
    BOOTSTRAP_PREFIXES
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_word_that_begins_with_no_digit() {
        for name in ["A", "_", "db_host", "A1"] {
            assert!(is_valid(name), "{name}");
        }
        for name in ["", "1A", "A-B", "A B", "A=B", "Ä", "A\0"] {
            assert!(!is_valid(name), "{name}");
        }
    }

    #[test]
    fn names_that_change_what_a_program_runs_are_reserved() {
        for name in [
            "PATH",
            "LD_PRELOAD",
            "BASH_ENV",
            "NODE_OPTIONS",
            "INFISICAL_TOKEN",
        ] {
            assert!(is_reserved(name), "{name}");
        }
        assert!(!is_reserved("POSTGRES_DSN") && !is_reserved("MY_ENV"));
        assert!(is_bootstrap("INFISICAL_CLIENT_SECRET") && !is_bootstrap("LD_PRELOAD"));
    }
}
