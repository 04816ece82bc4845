//! Which names a server takes for what they are.

use secret_ref::SecretType;
use secret_source::{SecretAddress, SecretError};

use crate::http::request::fits_in_a_path;
use crate::write::trim::is_white_space;

/// The longest name that a server's database holds.
const LONGEST_NAME: usize = 500;

/// Refuses an address that no server can write to, or would write to under another name.
pub(crate) fn check(address: &SecretAddress) -> Result<(), SecretError> {
    if address.version().is_some() {
        return Err(
            SecretError::unsupported("Infisical writes the current version only")
                .with_hint("leave the version out of the address"),
        );
    }
    if address.secret_type() != SecretType::Shared {
        return Err(
            SecretError::unsupported("a machine identity cannot write personal values")
                .with_hint("personal values belong to people, who set them in Infisical's pages"),
        );
    }
    let name = address.key();
    if name.is_empty()
        || name.contains(['/', ':'])
        || name.starts_with(is_white_space)
        || name.ends_with(is_white_space)
        || name.chars().count() > LONGEST_NAME
    {
        return Err(SecretError::invalid("Infisical takes no secret of this name").with_hint(
            "a name has up to 500 characters, neither `/` nor `:`, and no white space at its ends",
        ));
    }
    Ok(())
}

/// Refuses the name of a folder that a server would refuse, or answer with a failure of its own.
pub(crate) fn check_folder(name: &str) -> Result<(), SecretError> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if name.chars().all(allowed) {
        return Ok(());
    }
    Err(
        SecretError::invalid(format!("Infisical makes no folder named `{name}`"))
            .with_hint("folders are named with letters, digits, `-` and `_`"),
    )
}

/// Tells whether the route of a single secret leads to the secret of this name.
///
/// In the current API some names are those of other routes beside it.
pub(crate) fn has_a_route(name: &str) -> bool {
    fits_in_a_path(name) && !matches!(name, "batch" | "move" | "duplicate" | "id")
}

#[cfg(test)]
mod tests {
    use secret_ref::FolderPath;
    use secret_source::ErrorKind;

    use super::*;

    fn address(name: &str) -> SecretAddress {
        SecretAddress::new("infisical", "dev", &FolderPath::root(), name)
    }

    #[test]
    fn names_that_would_become_others_are_refused() {
        for name in ["", "a/b", "a:b", " a", "a\t", &"n".repeat(501)] {
            let error = check(&address(name)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{name:?}");
        }
        for name in ["A", "a b", "ü", "a.b", &"n".repeat(500)] {
            assert!(check(&address(name)).is_ok(), "{name:?}");
        }
    }

    #[test]
    fn a_secret_named_like_a_route_is_not_sent_to_it() {
        assert!(!has_a_route("batch") && !has_a_route(&"n".repeat(101)));
        assert!(has_a_route("BATCH"));
    }
}
