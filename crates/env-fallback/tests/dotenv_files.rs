//! What `.env` files mean, with a shell as the reference where both agree.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use env_fallback::{Dotenv, DotenvErrorKind};
use proptest::prelude::*;
use secret_source::ExposeSecret;
use secret_testkit::{Canary, LogCollector, assert_no_leak};

fn value(text: &str, name: &str) -> String {
    let dotenv = Dotenv::parse(".env", text).unwrap();
    dotenv.value(name).unwrap().expose_secret().to_owned()
}

#[test]
fn values_are_what_is_written() {
    for (written, expected) in [
        ("A=plain", "plain"),
        ("A=", ""),
        ("A=   ", ""),
        ("A = spaced ", "spaced"),
        ("  export A=exported", "exported"),
        ("export\tA=tab", "tab"),
        ("A=two words", "two words"),
        ("A=$2b$12$KIXabc/def.ghi", "$2b$12$KIXabc/def.ghi"),
        ("A=${HOME}$(id)`id`", "${HOME}$(id)`id`"),
        ("A=\"${HOME}$(id)\"", "${HOME}$(id)"),
        ("A=a#b", "a#b"),
        ("A=#b", "#b"),
        ("A=a #b", "a"),
        ("A=a\t# b # c", "a"),
        ("A= # nothing but a comment", ""),
        ("A='a #b'", "a #b"),
        ("A=\"a #b\" # comment", "a #b"),
        ("A=''", ""),
        ("A=\"\"", ""),
        ("A=' spaces kept '", " spaces kept "),
        ("A='no \\n escapes \\'", "no \\n escapes \\"),
        (
            "A=\"a\\nb\\tc\\\"d\\\\e\\$f\\`g\\xh\"",
            "a\nb\tc\"d\\e$f`g\\xh",
        ),
        ("A=\"joined \\\nline\"", "joined line"),
        ("A=back\\slash\\", "back\\slash\\"),
        ("A=in\"side'quotes", "in\"side'quotes"),
        ("A=x=y==", "x=y=="),
        ("A='first\nsecond\n'", "first\nsecond\n"),
        ("A=\"first\nsecond\"", "first\nsecond"),
        ("A='windows\r\nends'\r\n", "windows\nends"),
        ("A=\"windows\r\nends\"\r\n", "windows\nends"),
        ("A=windows\r\n", "windows"),
        (
            "\u{feff}A=after a byte order mark",
            "after a byte order mark",
        ),
        ("A=größe ü", "größe ü"),
        (
            "# A=commented\n\n   # indented\nA=after comments",
            "after comments",
        ),
        ("exported=x\nA=y", "y"),
    ] {
        assert_eq!(value(written, "A"), expected, "{written:?}");
        assert_eq!(
            value(
                &format!("B=1\n{}\nC=\"3\"", written.trim_start_matches('\u{feff}')),
                "C"
            ),
            "3",
            "{written:?}"
        );
    }
}

#[test]
fn a_key_of_many_lines_keeps_its_lines_and_those_after_it_their_numbers() {
    let pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----";
    for quote in ["'", "\""] {
        let text = format!("KEY={quote}{pem}{quote}\nAFTER=x\nBAD LINE");
        let error = Dotenv::parse(".env", &text).unwrap_err();
        assert_eq!(error.line(), Some(5));
        assert_eq!(value(text.strip_suffix("\nBAD LINE").unwrap(), "KEY"), pem);
    }
}

#[test]
fn what_is_wrong_is_said_by_line_and_never_quoted() {
    let canary = Canary::named("written in a bad line");
    for (written, kind, line) in [
        ("A=1\n@", DotenvErrorKind::NoAssignment, 2),
        ("A=1\n\nexport @", DotenvErrorKind::NoAssignment, 3),
        ("1A=@", DotenvErrorKind::BadName, 1),
        ("=@", DotenvErrorKind::BadName, 1),
        ("A B=@", DotenvErrorKind::BadName, 1),
        ("@ =x", DotenvErrorKind::BadName, 1),
        ("A=1\nB='@\n\n", DotenvErrorKind::OpenSingleQuote, 2),
        ("A=1\nB=\"@\\\"\n\nC=2", DotenvErrorKind::OpenDoubleQuote, 2),
        ("A='x'@", DotenvErrorKind::TextAfterQuote, 1),
        ("A='x\n' @", DotenvErrorKind::TextAfterQuote, 2),
        ("A='@''b'", DotenvErrorKind::TextAfterQuote, 1),
    ] {
        let text = written.replace('@', &format!("!{}", canary.value()));
        let error = Dotenv::parse("/app/.env", &text).unwrap_err();
        assert_eq!(
            (error.kind(), error.line()),
            (kind, Some(line)),
            "{written:?}"
        );
        assert!(
            error
                .to_string()
                .starts_with(&format!("line {line} of /app/.env: ")),
            "{error}"
        );
        assert_no_leak(&format!("{error} {error:?} {}", error.hint()), [&canary]);
    }
}

#[test]
fn the_last_of_equal_names_counts_and_a_warning_names_both_lines() {
    let logs = LogCollector::new();
    let _installed = logs.install();
    let canary = Canary::named("duplicate");
    let text = format!("A=first\nB=x\nA={}\n", canary.value());
    assert_eq!(value(&text, "A"), canary.value());
    let events = logs.events();
    assert_eq!(events.len(), 1, "{}", logs.text());
    assert_eq!(
        (
            events[0].level().as_str(),
            events[0].field("line"),
            events[0].field("former")
        ),
        ("WARN", Some("3"), Some("1"))
    );
    logs.assert_no_leak([&canary]);
}

#[test]
fn a_file_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".env");
    let missing = Dotenv::read(&path).unwrap_err();
    assert_eq!(
        (missing.kind(), missing.line()),
        (DotenvErrorKind::Unreadable, None)
    );
    std::fs::write(&path, "A=1").unwrap();
    let dotenv = Dotenv::read(&path).unwrap();
    std::fs::write(&path, "A=2").unwrap();
    assert_eq!(dotenv.value("A").unwrap().expose_secret(), "1");
    assert_eq!(dotenv.names().collect::<Vec<_>>(), ["A"]);
    std::fs::write(&path, b"A=1\nB=\xff\n").unwrap();
    let error = Dotenv::read(&path).unwrap_err();
    assert_eq!(
        (error.kind(), error.line()),
        (DotenvErrorKind::NotText, Some(2))
    );
    std::fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
    assert_eq!(
        Dotenv::read(&path).unwrap_err().kind(),
        DotenvErrorKind::Unreadable
    );
}

/// Lets a shell source a text and print the variable `A`.
#[cfg(unix)]
fn according_to_a_shell(text: &str) -> String {
    use std::process::{Command, Stdio};

    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    let output = Command::new("/bin/sh")
        .args(["-c", ". \"$0\"; printf %s \"$A\""])
        .arg(file.path())
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "the shell refused {text:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[cfg(unix)]
fn a_shell_reads_the_same_where_both_know_the_syntax() {
    for written in [
        "A=plain",
        "export A=plain",
        "  A=plain",
        "A=",
        "A=a#b",
        "A=a #b",
        "A='single $HOME \\ \"x\" #y'",
        "A='two\nlines'",
        "A=\"double \\$HOME \\\\ \\\" 'x' #y \\` \\x\"",
        "A=\"two\nlines\"",
        "A=\"joined \\\nline\"",
        "A=\"x\" # comment",
        "A='x' # it's a comment",
        "# comment with 'quote\nA=x",
        "A=first\nA=last",
        "A=''",
        "A=1 # a comment ends here \\\nB=2",
    ] {
        assert_eq!(
            value(written, "A"),
            according_to_a_shell(written),
            "{written:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_comes_back_from_single_quotes(text in "[^'\0\r]*") {
        prop_assert_eq!(value(&format!("A='{text}'\nB=2"), "A"), text);
    }

    #[test]
    fn any_text_comes_back_from_double_quotes(text in "[^\0\r]*") {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        prop_assert_eq!(value(&format!("A=\"{escaped}\" # comment\nB=2"), "A"), text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[ \t\r\nA='\"\\\\#$x\u{e9}\u{feff}]{0,40}|.{0,60}") {
        let _ = Dotenv::parse(".env", &text);
    }

    #[test]
    #[cfg(unix)]
    fn a_shell_reads_any_quoted_text_the_same(text in "[ -~\n]{0,60}") {
        let single = format!("A='{}'", text.replace('\'', "_"));
        prop_assert_eq!(value(&single, "A"), according_to_a_shell(&single));
        let mut double = text;
        for special in ["\\", "\"", "$", "`"] {
            double = double.replace(special, &format!("\\{special}"));
        }
        let double = format!("A=\"{double}\"");
        prop_assert_eq!(value(&double, "A"), according_to_a_shell(&double));
    }
}
