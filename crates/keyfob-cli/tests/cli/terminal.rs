//! Names from files reach a terminal, and must not command it.

use crate::bench::Bench;

/// A key that would clear the screen, and a profile that would change its title.
const CONFIGURATION: &str = r#"
"k\u001b[2Jey" = "infisical:///shared/db/NOPE"
near = "infiscial:///shared/db/PASSWORD"
"near\u001b[2J" = "infiscial:///shared/db/PASSWORD"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn no_command_sends_a_control_character_to_the_terminal() {
    let bench = Bench::start().await;
    bench.file("app.toml", CONFIGURATION);
    let profile = "\u{1b}]0;title\u{7}";
    for arguments in [
        &["check", "app.toml"][..],
        &["check", "app.toml", "--profile", profile],
        &["explain", "app.toml"],
        &["render", "app.toml", "--reveal"],
        &["get", "infisical:///shared/db/\u{1b}[2J"],
    ] {
        let ran = bench.run(arguments);
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!shown.is_empty(), "{arguments:?}");
        let command = shown.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(command, None, "{arguments:?}: {shown:?}");
    }
}
