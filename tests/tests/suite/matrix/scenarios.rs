//! The scenarios, and the outcomes that were checked by hand against what servers of each era were seen or
//! documented to do.

use infisical_fake::{Fake, SecretSeed, Seed};
use secret_ref::SecretType;

use super::scenario::{Project, Scenario};

/// 101 characters, one more than a path parameter of the server may have.
const LONG: &str = "A_NAME_OF_ONE_HUNDRED_AND_ONE_CHARACTERS_IS_LONGER_THAN_WHAT_THE_ROUTER_TAKES_FOR_A_PARAMETER_OF_PATH";

/// What is unlike in October 2024: an unknown folder, and one of an unknown environment, lists as an empty one,
/// which the client asks about once more; and a version is ignored, which the client notices and reports as
/// unsupported.
pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "a plain value",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a missing secret",
        seed: |seed| seed.secret("dev", "/app", "OTHER", "value"),
        expected: "no secret",
        ..Scenario::NEW
    },
    Scenario {
        name: "a missing folder",
        expected: "no folder",
        ..Scenario::NEW
    },
    Scenario {
        name: "a missing folder beside others",
        seed: |seed| seed.secret("dev", "/", "OTHER", "value"),
        expected: "no folder",
        ..Scenario::NEW
    },
    Scenario {
        name: "an empty folder",
        seed: |seed| seed.folder("dev", "/app"),
        expected: "no secret",
        ..Scenario::NEW
    },
    Scenario {
        name: "a wrong environment",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        environment: "nowhere",
        expected: "invalid",
        ..Scenario::NEW
    },
    Scenario {
        name: "a wrong project",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        project: Project::Unknown,
        expected: "invalid",
        ..Scenario::NEW
    },
    Scenario {
        name: "the project by its slug",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        project: Project::Slug,
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a folder written with a slash at its end",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        folder: "/app/",
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a value in a tree",
        seed: |seed| tree(seed).secret("dev", "/app", "KEY", "value"),
        in_tree: true,
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a missing secret in a tree",
        seed: |seed| tree(seed).secret("dev", "/app", "OTHER", "value"),
        in_tree: true,
        expected: "no secret",
        ..Scenario::NEW
    },
    Scenario {
        name: "an import in a tree",
        seed: |seed| {
            tree(seed)
                .secret("prod", "/lib", "KEY", "imported")
                .import("dev", "/app", "prod", "/lib")
        },
        in_tree: true,
        expected: "\"imported\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a denied folder of a tree",
        seed: |seed| tree(seed).secret("dev", "/app", "KEY", "value"),
        edit: Some(|server| server.deny("dev", "/app")),
        in_tree: true,
        expected: "denied",
        ..Scenario::NEW
    },
    Scenario {
        name: "two rows of one key",
        seed: |seed| {
            let first = SecretSeed::new("KEY", "first");
            let second = SecretSeed::new("KEY", "second").beside_another();
            seed.entry("dev", "/app", first)
                .entry("dev", "/app", second)
        },
        expected: "\"first\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "an import",
        seed: |seed| {
            seed.secret("prod", "/lib", "KEY", "imported")
                .import("dev", "/app", "prod", "/lib")
        },
        expected: "\"imported\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "an own secret over an import",
        seed: |seed| {
            seed.secret("dev", "/app", "KEY", "value")
                .secret("dev", "/lib", "KEY", "imported")
                .import("dev", "/app", "dev", "/lib")
        },
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "two imports of one key",
        seed: |seed| {
            seed.secret("dev", "/one", "KEY", "first")
                .secret("dev", "/two", "KEY", "last")
                .import("dev", "/app", "dev", "/one")
                .import("dev", "/app", "dev", "/two")
        },
        expected: "\"last\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "an import of an import",
        seed: |seed| {
            seed.secret("dev", "/far", "KEY", "far")
                .import("dev", "/lib", "dev", "/far")
                .import("dev", "/app", "dev", "/lib")
        },
        expected: "\"far\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "an import of a missing folder, then another",
        seed: |seed| {
            seed.import("dev", "/app", "dev", "/gone")
                .secret("dev", "/lib", "KEY", "imported")
                .import("dev", "/app", "dev", "/lib")
        },
        expected: "\"imported\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "an import listed twice",
        seed: |seed| {
            seed.secret("dev", "/lib", "KEY", "imported")
                .import("dev", "/app", "dev", "/lib")
                .import("dev", "/app", "dev", "/lib")
        },
        expected: "\"imported\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "an import of a denied folder",
        seed: |seed| {
            seed.secret("dev", "/lib", "KEY", "imported")
                .import("dev", "/app", "dev", "/lib")
        },
        edit: Some(|server| server.deny("dev", "/lib")),
        expected: "no secret",
        ..Scenario::NEW
    },
    Scenario {
        name: "a cycle of imports",
        seed: |seed| {
            seed.import("dev", "/app", "dev", "/lib")
                .import("dev", "/lib", "dev", "/app")
        },
        expected: "no secret",
        ..Scenario::NEW
    },
    Scenario {
        name: "an import of a hidden value",
        seed: |seed| {
            seed.entry("dev", "/lib", SecretSeed::new("KEY", "value").hidden())
                .import("dev", "/app", "dev", "/lib")
        },
        expected: "no secret",
        ..Scenario::NEW
    },
    Scenario {
        name: "a reference in its folder",
        seed: |seed| {
            seed.secret("dev", "/app", "KEY", "<${OTHER}>")
                .secret("dev", "/app", "OTHER", "there")
        },
        expected: "\"<there>\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a reference to another folder",
        seed: |seed| {
            seed.secret("dev", "/app", "KEY", "<${prod.lib.OTHER}>")
                .secret("prod", "/lib", "OTHER", "there")
        },
        expected: "\"<there>\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a reference of two hops",
        seed: |seed| {
            seed.secret("dev", "/app", "KEY", "<${prod.lib.NEXT}>")
                .secret("prod", "/lib", "NEXT", "${LAST}")
                .secret("prod", "/lib", "LAST", "there")
        },
        expected: "\"<there>\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a reference to nothing",
        seed: |seed| seed.secret("dev", "/app", "KEY", "<${NOTHING}>"),
        expected: "\"<${NOTHING}>\", unexpanded",
        ..Scenario::NEW
    },
    Scenario {
        name: "a reference into a missing folder",
        seed: |seed| seed.secret("dev", "/app", "KEY", "<${dev.gone.OTHER}>"),
        expected: "\"<${dev.gone.OTHER}>\", unexpanded",
        ..Scenario::NEW
    },
    Scenario {
        name: "a reference into a denied folder",
        seed: |seed| {
            seed.secret("dev", "/app", "KEY", "<${dev.vault.OTHER}>")
                .secret("dev", "/vault", "OTHER", "there")
        },
        edit: Some(|server| server.deny("dev", "/vault")),
        expected: "denied",
        ..Scenario::NEW
    },
    Scenario {
        name: "a value beside such a reference",
        seed: |seed| {
            seed.secret("dev", "/app", "KEY", "value")
                .secret("dev", "/app", "ANOTHER", "<${dev.vault.OTHER}>")
                .secret("dev", "/vault", "OTHER", "there")
        },
        edit: Some(|server| server.deny("dev", "/vault")),
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a hidden value",
        seed: |seed| seed.entry("dev", "/app", SecretSeed::new("KEY", "value").hidden()),
        expected: "denied",
        ..Scenario::NEW
    },
    Scenario {
        name: "a hidden own value over an import",
        seed: |seed| {
            seed.entry("dev", "/app", SecretSeed::new("KEY", "value").hidden())
                .secret("dev", "/lib", "KEY", "imported")
                .import("dev", "/app", "dev", "/lib")
        },
        expected: "denied",
        ..Scenario::NEW
    },
    Scenario {
        name: "a denied folder",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        edit: Some(|server| server.deny("dev", "/app")),
        expected: "denied",
        ..Scenario::NEW
    },
    Scenario {
        name: "a reference to an imported secret",
        seed: |seed| {
            seed.secret("dev", "/app", "KEY", "<${OTHER}>")
                .secret("dev", "/lib", "OTHER", "imported")
                .import("dev", "/app", "dev", "/lib")
        },
        expected: "\"<${OTHER}>\", unexpanded",
        except: &[("v4b", "\"<imported>\"")],
        ..Scenario::NEW
    },
    Scenario {
        name: "an import whose reference is here too",
        seed: |seed| {
            seed.secret("dev", "/lib", "KEY", "<${OTHER}>")
                .secret("dev", "/lib", "OTHER", "there")
                .secret("dev", "/app", "OTHER", "here")
                .import("dev", "/app", "dev", "/lib")
        },
        expected: "\"<there>\"",
        except: &[("v4b", "\"<here>\"")],
        ..Scenario::NEW
    },
    Scenario {
        name: "a personal value, as its user",
        seed: |seed| {
            let secret = SecretSeed::new("KEY", "shared").personal("own");
            seed.entry("dev", "/app", secret)
        },
        is_user: true,
        secret_type: SecretType::Personal,
        expected: "\"own\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a shared value, as a user who has another",
        seed: |seed| {
            let secret = SecretSeed::new("KEY", "shared").personal("own");
            seed.entry("dev", "/app", secret)
        },
        is_user: true,
        expected: "\"shared\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a personal value, as an identity",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        secret_type: SecretType::Personal,
        expected: "no secret",
        ..Scenario::NEW
    },
    Scenario {
        name: "version 2 of 2",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        version: Some(2),
        edit: Some(|server| server.set("dev", "/app", "KEY", "second")),
        expected: "\"second\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "version 1 of 2",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        version: Some(1),
        edit: Some(|server| server.set("dev", "/app", "KEY", "second")),
        expected: "\"value\"",
        except: &[("v2024", "unsupported")],
        ..Scenario::NEW
    },
    Scenario {
        name: "version 3 of 2",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        version: Some(3),
        edit: Some(|server| server.set("dev", "/app", "KEY", "second")),
        expected: "no secret",
        except: &[("v2024", "unsupported")],
        ..Scenario::NEW
    },
    Scenario {
        name: "a token that has expired",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        edit: Some(Fake::expire_tokens),
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a token that was revoked",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        edit: Some(Fake::revoke_tokens),
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a value that changed",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        edit: Some(|server| server.set("dev", "/app", "KEY", "second")),
        expected: "\"second\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a secret that was removed",
        seed: |seed| seed.secret("dev", "/app", "KEY", "value"),
        edit: Some(|server| server.remove("dev", "/app", "KEY")),
        expected: "no secret",
        ..Scenario::NEW
    },
    Scenario {
        name: "a name with spaces",
        seed: |seed| seed.secret("dev", "/app", "a name with spaces", "value"),
        key: "a name with spaces",
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a name with slashes",
        seed: |seed| seed.secret("dev", "/app", "a/name%2Fwith/slashes", "value"),
        key: "a/name%2Fwith/slashes",
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a name with a question mark and a hash",
        seed: |seed| seed.secret("dev", "/app", "why?#not&so=1", "value"),
        key: "why?#not&so=1",
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a name with letters of other scripts",
        seed: |seed| seed.secret("dev", "/app", "ключ_密钥", "value"),
        key: "ключ_密钥",
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a name that differs in case",
        seed: |seed| seed.secret("dev", "/app", "key", "value"),
        expected: "no secret",
        ..Scenario::NEW
    },
    Scenario {
        name: "a name of 101 characters",
        seed: |seed| seed.secret("dev", "/app", LONG, "value"),
        key: LONG,
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a folder with a dash and an underscore",
        seed: |seed| seed.secret("dev", "/my-app/sub_1", "KEY", "value"),
        folder: "/my-app/sub_1",
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "the root folder",
        seed: |seed| seed.secret("dev", "/", "KEY", "value"),
        folder: "/",
        expected: "\"value\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "an empty value",
        seed: |seed| seed.secret("dev", "/app", "KEY", ""),
        expected: "\"\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a value of several lines",
        seed: |seed| {
            seed.secret(
                "dev",
                "/app",
                "KEY",
                "-----BEGIN-----\nMIIB\n-----END-----\n",
            )
        },
        expected: "\"-----BEGIN-----\\nMIIB\\n-----END-----\\n\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a value of other scripts",
        seed: |seed| seed.secret("dev", "/app", "KEY", "пароль 密码 🔑"),
        expected: "\"пароль 密码 🔑\"",
        ..Scenario::NEW
    },
    Scenario {
        name: "a value of 200 kB",
        seed: |seed| seed.secret("dev", "/app", "KEY", &"x".repeat(200_000)),
        expected: "200000 bytes",
        ..Scenario::NEW
    },
];

/// Fills the folders that are asked for beside the one that matters.
fn tree(seed: Seed) -> Seed {
    (0..12).fold(seed, |seed, number| {
        seed.secret("dev", &format!("/app/{number}"), "X", "x")
    })
}
