//! Names that mean something to every program, and therefore no secret.

/// Names of variables that never answer for a secret, unless one is mapped to them.
///
/// The first twelve are those that Infisical's own command line refuses to set; the rest are what
/// shells, desktops, containers, TLS and HTTP libraries set or read. `USER` in the environment is who
/// runs the program, not the user of a database.
pub const RESERVED_NAMES: &[&str] = &[
    "HOME",
    "PATH",
    "PS1",
    "PS2",
    "PWD",
    "EDITOR",
    "XAUTHORITY",
    "USER",
    "TERM",
    "TERMINFO",
    "SHELL",
    "MAIL",
    "ALL_PROXY",
    "APPDATA",
    "COLORTERM",
    "COLUMNS",
    "COMSPEC",
    "CURL_CA_BUNDLE",
    "DISPLAY",
    "HOST",
    "HOSTNAME",
    "HOSTTYPE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "IFS",
    "LANG",
    "LANGUAGE",
    "LINES",
    "LOGNAME",
    "MANPATH",
    "NO_COLOR",
    "NO_PROXY",
    "OLDPWD",
    "OSTYPE",
    "PAGER",
    "PATHEXT",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "SHLVL",
    "SSH_AGENT_PID",
    "SSH_AUTH_SOCK",
    "SSH_CLIENT",
    "SSH_CONNECTION",
    "SSH_TTY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "TZ",
    "UID",
    "USERDOMAIN",
    "USERNAME",
    "USERPROFILE",
    "VISUAL",
    "WINDIR",
];

/// Beginnings of names that never answer for a secret, unless one is mapped to them.
///
/// `XDG_` and `LC_` are those that Infisical's own command line refuses; a loader's variables follow,
/// and last the settings and credentials of the stack itself, which must be known before any secret.
pub const RESERVED_PREFIXES: &[&str] = &["XDG_", "LC_", "LD_", "DYLD_", "INFISICAL_", "KEYFOB_"];

pub(crate) fn is_reserved(variable: &str) -> bool {
    RESERVED_NAMES.contains(&variable)
        || RESERVED_PREFIXES
            .iter()
            .any(|prefix| variable.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_reserved_whole_and_prefixes_at_the_beginning() {
        for name in [
            "PATH",
            "USER",
            "XDG_DATA_HOME",
            "LC_ALL",
            "INFISICAL_CLIENT_SECRET",
        ] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["DB_USER", "PATHS", "MY_XDG_", "POSTGRES_DSN", ""] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
