//! A seed with the kinds of secret people have. Every value is invented, and none opens anything.

use crate::seeds::secret_seed::SecretSeed;
use crate::seeds::seed::Seed;

/// Gives about 25 secrets in three environments of the project `example-project`.
pub(crate) fn seed() -> Seed {
    let mut seed = Seed::new()
        .project("example-project")
        .project_name("Example project");
    for environment in ["dev", "staging", "prod"] {
        seed = shared(seed, environment);
        seed = services(seed, environment);
    }
    oddities(seed)
}

/// What several services use: database, broker, cache and token keys.
fn shared(seed: Seed, environment: &str) -> Seed {
    let host = |name: &str| format!("{name}.{environment}.example.internal");
    let password = format!("q7Hk2vTz9LmX4sRb-{environment}");
    let dsn = format!("postgres://shop:{password}@{}:5432/shop", host("db"));
    let brokers = format!(
        "{}:9092,{}:9092,{}:9092",
        host("kafka-1"),
        host("kafka-2"),
        host("kafka-3")
    );
    seed.secret(environment, "/shared/db", "POSTGRES_DSN", &dsn)
        .secret(environment, "/shared/db", "POSTGRES_HOST", &host("db"))
        .secret(environment, "/shared/db", "POSTGRES_PORT", "5432")
        .secret(environment, "/shared/db", "POSTGRES_USER", "shop")
        .entry(
            environment,
            "/shared/db",
            SecretSeed::new("POSTGRES_PASSWORD", &password).comment("rotated monthly"),
        )
        // A server-side reference: Infisical fills it in when asked to expand.
        .secret(
            environment,
            "/shared/db",
            "POSTGRES_URL",
            "postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@${POSTGRES_HOST}:${POSTGRES_PORT}/shop",
        )
        .secret(environment, "/shared/kafka", "KAFKA_BROKERS", &brokers)
        .secret(environment, "/shared/kafka", "KAFKA_SASL_USERNAME", "shop")
        .secret(
            environment,
            "/shared/kafka",
            "KAFKA_SASL_PASSWORD",
            &format!("Zp3wNc8yGd5fVj1K-{environment}"),
        )
        .secret(environment, "/shared/cache", "REDIS_URL", &format!("redis://{}:6379/0", host("redis")))
        .secret(environment, "/shared/auth", "JWT_ISSUER", &format!("https://{}", host("auth")))
        .secret(environment, "/shared/auth", "JWT_PRIVATE_KEY", PRIVATE_KEY)
        .secret(environment, "/shared/auth", "JWT_PUBLIC_KEY", PUBLIC_KEY)
}

/// What single services use: API keys, tokens, credential documents.
fn services(seed: Seed, environment: &str) -> Seed {
    let credentials = format!(
        r#"{{"type":"service_account","project_id":"shop-{environment}","client_email":"uploader@shop-{environment}.example","port":8443,"private_key_id":"invented-key-id"}}"#
    );
    seed.secret(environment, "/services/api/http", "LISTEN_PORT", "8080")
        .secret(
            environment,
            "/services/api/http",
            "SESSION_KEY",
            &format!("e4d1c7f09a2b48d6b35f7081c9ae26d4-{environment}"),
        )
        .secret(
            environment,
            "/services/api/http",
            "DEBUG",
            if environment == "prod" {
                "false"
            } else {
                "true"
            },
        )
        .import(
            environment,
            "/services/api/http",
            environment,
            "/shared/cache",
        )
        .secret(
            environment,
            "/services/api/oauth",
            "OAUTH_CLIENT_ID",
            "shop-web",
        )
        .secret(
            environment,
            "/services/api/oauth",
            "OAUTH_REFRESH_TOKEN",
            &format!("1//0gTq6YwLr2KbXn9PzHs4VmJc7Df-{environment}"),
        )
        .secret(
            environment,
            "/services/api/payment",
            "PAYMENT_API_KEY",
            &format!("sk-test-51Rf8uWq3ZtBn6Ky0Xe9-{environment}"),
        )
        .secret(
            environment,
            "/services/api/storage",
            "STORAGE_CREDENTIALS",
            &credentials,
        )
        // Seeded and never filled in, as happens.
        .secret(environment, "/services/api/mail", "SMTP_PASSWORD", "")
}

/// Values that are easily mistaken for something else; in `dev` only.
fn oddities(seed: Seed) -> Seed {
    seed.secret("dev", "/examples", "GREETING", "Grüße, 世界 👋")
        // Not a reference of Infisical's: its names hold no spaces.
        .secret(
            "dev",
            "/examples",
            "MAIL_TEMPLATE",
            "Dear ${ first name }, your total is $5.",
        )
        .secret(
            "dev",
            "/examples",
            "LOOKS_LIKE_A_REFERENCE",
            "infisical://prod/shared/db/POSTGRES_DSN",
        )
        .secret("dev", "/examples", "LEADING_ZEROS", "00123")
}

// A throw-away 2048-bit RSA pair, made with `openssl genpkey` for this file and used nowhere.
const PRIVATE_KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQCz439vFGxA1/x8
l3pgvFSXj2fBJnnIcOb2m+tcmWJBWlIDdjb9eLSq+yCnvKHurY/Eu56lDAVje4Zh
Aw96yEwAICcISfsTqV3dSAT6IqptQDCdnbqj9lmCkye4MGZ7LcFlwuirN3gtw9ib
0BEe6ZW0cOR+f5NprXqOJSxYwSpdeW/61bGrC/+huEpd1Y9TMjdR+bceYgLdystD
KvrRrbREu/VGeqUlHa7q48nNJ8RU6WZN4/4ExUmlHUSrzG+WBFQkI9kSwkhYC3mS
poUKSNmWXqYTxIBDRtLEfu3PMSqcYVKvZQFkrVGeRWKo43sytIT2eCBh08mudfYT
+CSwM1MTAgMBAAECggEABJXTbTrpiXuX6XsY+PdD9rsGi4NWDlhmYrnVtX4JZZ4O
Qh1UyIA3prYQ/oWN4R4WcI7Ru+ZDCuaepcFktx385fHr3Me5+SXTiSzpR5DzpCZD
NvlKxRwl6vCiTg0Zx6ECcXwW3ypiS1RXJJ2Ymh+dG8TW5iyNTt/HpHDpIPgHgutm
7My4qoYf7bU8I5wRUq8ey1EMLF9YjmWPdm28bP39y3o+mE7YyYLHqi6n2dfVyxjD
OV2E9JeysoJAz1KZvIkHH0xdNmsKvOMEQqJsossEZw0T1GysMbjG88h90QAJFmt0
WE14Ovmju/duOpmhPGzf2g9iS2+kbjrfsTeNp7G//QKBgQD8E1oAJtDjYfAsS07P
hZEiOjtKJHXqKn/13ny7hwHpsXsqCF1PlPTnGRE2WD4LA0CCaWclabxL8KyIix8O
6kBLab1ctdJrLvDoHNGd7L4hU3IsOY9JsLdPn0l/hwgU5YgaEv2r6zP6SU3U1feQ
I81xjN7pKEO/x5k2uApS+re6hQKBgQC2sHHkDPWyTdr9h/V7HBnEpcB+/r8hF3+S
gJ4ttbonEJqCXYoMfGFNTdPMAVX47VnD67rJHEag9VkpnIPWppdqOF80clpFOf+m
ldUDvUdqBKG1nl1E6tXnIU883F+go9bhwb9yN4VWx36I/e3b4NW3Zbsuq6pDshk3
L0vbLBxmtwKBgQC3fvLGJ3tp+pJV/CALqsRCsTcVusLnSjbJ6ULNU/MNhfgNWfdr
Bhjc3X+NGuFXLO/ZvxapwnWipjlCUFu0hMt22itRgL4C7jHKFah1mK+zHMaA8Qmg
b/aRDHf5UHeOlqPjry1f56B3ssLoizVihN15qj1eZsQiqA6dKY3CZ+Y07QKBgQCM
nRScTilSm0BCQkJ9Bm0DAf0/Aj8Ebny/u4WEc0qbxNjYHL0jzRxrjsrFTAXrOm0M
MsWrA7uNKir9rz1+mu0SUd9dk+LNQ831X3/8h9SO0o/RJdpuMD6Bzw6ZLpngIBtF
2oXLmNZlq9lGAgTxZ4W3ynKfgnvj7RIheqLtSG930wKBgQDv2yIYnk/3OxYvXYvc
z/7oVh5PYNUpWqseFhH9J8lkPYBkjV24lWb+Cb5Or5r+vW7hEGkrPjDxoUQtYxao
N10TJfxNVZ2E66wy00O1PhCJLizDK2nFEzOicHVV/vOr4xD/JRxKamtzBS4j0pBr
cPh19o0tvFW4k54WB4V4X9lPHA==
-----END PRIVATE KEY-----
";

const PUBLIC_KEY: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAs+N/bxRsQNf8fJd6YLxU
l49nwSZ5yHDm9pvrXJliQVpSA3Y2/Xi0qvsgp7yh7q2PxLuepQwFY3uGYQMPeshM
ACAnCEn7E6ld3UgE+iKqbUAwnZ26o/ZZgpMnuDBmey3BZcLoqzd4LcPYm9ARHumV
tHDkfn+Taa16jiUsWMEqXXlv+tWxqwv/obhKXdWPUzI3Ufm3HmIC3crLQyr60a20
RLv1RnqlJR2u6uPJzSfEVOlmTeP+BMVJpR1Eq8xvlgRUJCPZEsJIWAt5kqaFCkjZ
ll6mE8SAQ0bSxH7tzzEqnGFSr2UBZK1RnkViqON7MrSE9nggYdPJrnX2E/gksDNT
EwIDAQAB
-----END PUBLIC KEY-----
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_has_its_secrets_in_three_environments() {
        let projects = seed().into_projects();
        let counts: Vec<(&str, usize)> = projects[0]
            .environments
            .iter()
            .map(|environment| {
                let folders = environment.folders.values();
                (
                    environment.slug.as_str(),
                    folders.map(|folder| folder.secrets.len()).sum(),
                )
            })
            .collect();
        assert_eq!(counts, [("dev", 25), ("staging", 21), ("prod", 21)]);
    }
}
