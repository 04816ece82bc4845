//! The names of variables, byte by byte from the end, so that comparing them allocates nothing.

use secret_source::SecretAddress;

/// How many bytes of a name's end the index of variables compares first.
const TAIL: usize = 8;

/// Goes through the qualified name of an address, prefix + folder + key, from its end.
pub(crate) fn qualified<'a>(
    prefix: &'a str,
    address: &'a SecretAddress,
) -> impl Iterator<Item = u8> + Clone + 'a {
    let folder = address.folder().trim_start_matches('/');
    let separator = (!folder.is_empty()).then_some(b'_');
    let parts = reversed(address.key())
        .chain(separator)
        .chain(reversed(folder));
    parts.chain(reversed(prefix))
}

/// Goes through the bare name of an address, its key, from its end.
pub(crate) fn bare(address: &SecretAddress) -> impl Iterator<Item = u8> + Clone + '_ {
    key(address.key())
}

/// Goes through a key as the names of its variables end, from its end.
pub(crate) fn key(key: &str) -> impl Iterator<Item = u8> + Clone + '_ {
    reversed(key)
}

/// Goes through the name of a variable that exists, from its end.
pub(crate) fn existing(name: &str) -> impl Iterator<Item = u8> + Clone + '_ {
    name.bytes().rev()
}

/// Packs the end of a name, which most other names differ from.
pub(crate) fn tail(name: impl Iterator<Item = u8>) -> u64 {
    name.take(TAIL)
        .fold(0, |tail, byte| tail << 8 | u64::from(byte))
}

/// Spells a name in reading order.
pub(crate) fn spelled(name: impl Iterator<Item = u8>) -> String {
    let mut characters: Vec<_> = name.map(char::from).collect();
    characters.reverse();
    characters.into_iter().collect()
}

/// Upper-cases, and makes one `_` of every character that no portable name of a variable has.
fn reversed(text: &str) -> impl Iterator<Item = u8> + Clone + '_ {
    text.bytes().rev().filter_map(|byte| match byte {
        // The later bytes of a character in UTF-8; its first one becomes the `_`.
        0x80..=0xbf => None,
        byte if byte.is_ascii_alphanumeric() => Some(byte.to_ascii_uppercase()),
        _ => Some(b'_'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(folder: &str, key: &str) -> SecretAddress {
        SecretAddress::new("infisical", "prod", &folder.parse().unwrap(), key)
    }

    #[test]
    fn a_qualified_name_is_prefix_and_folder_and_key() {
        for (prefix, folder, key, name) in [
            ("", "/shared/db", "POSTGRES_DSN", "SHARED_DB_POSTGRES_DSN"),
            ("APP_", "/shared/db", "dsn", "APP_SHARED_DB_DSN"),
            ("app-", "/", "dsn", "APP_DSN"),
            ("", "/", "KEY", "KEY"),
            (
                "",
                "/pay ment/größe.v2",
                "api-key",
                "PAY_MENT_GR__E_V2_API_KEY",
            ),
        ] {
            assert_eq!(spelled(qualified(prefix, &address(folder, key))), name);
        }
    }

    #[test]
    fn a_bare_name_is_the_key() {
        assert_eq!(spelled(bare(&address("/a", "api-key"))), "API_KEY");
    }

    #[test]
    fn tails_are_equal_where_names_are() {
        let address = address("/db", "KEY");
        assert_eq!(tail(qualified("", &address)), tail(existing("DB_KEY")));
        assert_ne!(tail(bare(&address)), tail(existing("DB_KEY")));
    }
}
