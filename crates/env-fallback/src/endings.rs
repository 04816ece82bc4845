//! [`Endings`]: rules out, in a few nanoseconds, that any variable is meant.

use crate::name_bytes;

/// Remembers the last two characters of names, five bits of each.
///
/// Every name of a secret's variable ends with its key, so the key alone tells for most secrets that no
/// variable can be meant, and the whole name need not be looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Endings([u64; 16]);

impl Endings {
    pub(crate) fn add(&mut self, name: &str) {
        if let Some((word, bit)) = place(name_bytes::existing(name)) {
            self.0[word] |= bit;
        }
    }

    /// Tells whether a name may end with this key; `false` is certain.
    pub(crate) fn may_end_with(&self, key: &str) -> bool {
        // A key of one character leaves open what stands before it.
        place(name_bytes::key(key)).is_none_or(|(word, bit)| self.0[word] & bit != 0)
    }
}

fn place(mut name: impl Iterator<Item = u8>) -> Option<(usize, u64)> {
    let (last, before) = (name.next()?, name.next()?);
    let place = usize::from(last & 31) << 5 | usize::from(before & 31);
    Some((place / 64, 1 << (place % 64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_never_ruled_out_and_most_else_is() {
        let mut endings = Endings::default();
        endings.add("SHARED_DB_POSTGRES_DSN");
        endings.add("X");
        for key in ["POSTGRES_DSN", "dsn", "X", "Y", "é"] {
            assert!(endings.may_end_with(key), "{key}");
        }
        for key in ["POSTGRES_PASSWORD", "AX", "né"] {
            assert!(!endings.may_end_with(key), "{key}");
        }
    }
}
