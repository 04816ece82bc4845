//! [`Leaf`]: a value of the resolved configuration that holds secrets.

use std::fmt;

use secret_source::{ExposeSecret, Origin, Secret};

use crate::key_path::KeyPath;

/// Is a string of the resolved configuration with at least one secret in it.
#[derive(Clone)]
pub(crate) struct Leaf {
    /// Where it stands now; an array index may differ from `key` where an element before it was left out.
    pub(crate) path: KeyPath,
    /// Where it was written, as masks and reports say.
    pub(crate) key: KeyPath,
    pub(crate) pieces: Vec<Piece>,
}

/// Is a part of a configuration string: written there, or fetched.
#[derive(Clone)]
pub(crate) enum Piece {
    Text(String),
    Secret(Secret),
}

/// Says what stands in the place of a secret.
///
/// What is said about a mask may be true of the secret by chance: that it is so long, or where it begins.
/// It is hardly true of two masks that have neither length nor beginning in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mask {
    /// What people see.
    Shown,
    /// Another one, for comparison.
    Other,
}

impl Mask {
    pub(crate) const BOTH: [Self; 2] = [Self::Shown, Self::Other];
}

impl Leaf {
    /// Writes out the text, secrets and all.
    pub(crate) fn text(&self) -> String {
        self.texts().collect()
    }

    /// Goes through the text, secrets and all, without a copy of it.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = u8> {
        self.texts().flat_map(str::bytes)
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Secret(secret) => secret.value().expose_secret(),
        })
    }

    /// Writes out the text with a mask in the place of each secret.
    pub(crate) fn masked(&self, mask: Mask) -> String {
        let mut number = 0;
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Secret(_) => {
                    number += 1;
                    text.push_str(&self.mask(number, mask));
                }
            }
        }
        text
    }

    /// Replaces in `text` every secret of this leaf that stands there literally by its mask.
    pub(crate) fn scrub(&self, mut text: String, mask: Mask) -> String {
        // The whole first: a value that happens to repeat the text around it would tear it apart.
        let whole = self.text();
        if !whole.is_empty() {
            text = text.replace(&whole, &self.masked(mask));
        }
        for (index, secret) in self.secrets().enumerate() {
            let value = secret.value().expose_secret();
            if !value.is_empty() {
                text = text.replace(value, &self.mask(index + 1, mask));
            }
        }
        text
    }

    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Secret(secret) => Some(secret),
            Piece::Text(_) => None,
        })
    }

    /// Returns the origins of the secrets, each once, in the order of their first appearance.
    pub(crate) fn origins(&self) -> Vec<Origin> {
        let mut origins: Vec<Origin> = Vec::new();
        for secret in self.secrets() {
            if !origins.contains(secret.origin()) {
                origins.push(secret.origin().clone());
            }
        }
        origins
    }

    /// Replaces the masks of this leaf in `text` by those that people see.
    pub(crate) fn with_shown_masks(&self, text: String, mask: Mask) -> String {
        let numbers = 1..=self.secrets().count();
        numbers.fold(text, |text, number| {
            text.replace(&self.mask(number, mask), &self.mask(number, Mask::Shown))
        })
    }

    /// Names this leaf as a whole, without the text around its secrets, in which someone may have written a password.
    pub(crate) fn label(&self) -> String {
        format!("<secret of {}>", self.key)
    }

    /// Replaces the masked text of this leaf in `text` by its label.
    pub(crate) fn labelled(&self, text: String) -> String {
        text.replace(&self.masked(Mask::Shown), &self.label())
    }

    fn mask(&self, number: usize, mask: Mask) -> String {
        let key = &self.key;
        match (mask, self.secrets().count()) {
            (Mask::Shown, 1) => format!("<secret of {key}>"),
            (Mask::Shown, _) => format!("<secret {number} of {key}>"),
            (Mask::Other, _) => format!("(not secret {number} of {key} either)"),
        }
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Leaf({})", self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(pieces: Vec<Piece>) -> Leaf {
        let path = KeyPath::dotted("db.dsn");
        Leaf {
            key: path.clone(),
            path,
            pieces,
        }
    }

    fn secret(value: &str) -> Piece {
        Piece::Secret(Secret::new(value, Origin::new("memory")))
    }

    #[test]
    fn the_secrets_of_one_text_have_masks_of_their_own() {
        let leaf = leaf(vec![
            secret("app"),
            Piece::Text(":".into()),
            secret("hunter2"),
        ]);
        assert_eq!(leaf.text(), "app:hunter2");
        assert_eq!(
            leaf.masked(Mask::Shown),
            "<secret 1 of db.dsn>:<secret 2 of db.dsn>"
        );
        assert_eq!(
            leaf.scrub("not app:hunter2".into(), Mask::Shown),
            "not <secret 1 of db.dsn>:<secret 2 of db.dsn>"
        );
    }

    #[test]
    fn an_empty_secret_is_nowhere_in_a_text() {
        assert_eq!(
            leaf(vec![secret("")]).scrub("text".into(), Mask::Shown),
            "text"
        );
    }

    #[test]
    fn debug_shows_the_key_only() {
        assert_eq!(
            format!("{:?}", leaf(vec![secret("hunter2")])),
            "Leaf(db.dsn)"
        );
    }
}
