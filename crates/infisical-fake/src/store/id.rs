//! Ids, tokens and dates that look like a server's and come from arithmetic.

use std::fmt::Write as _;

/// Gives the id of a thing by its name, in the shape of a version 4 UUID.
pub(crate) fn uuid(name: &str) -> String {
    let high = mix(hash(name));
    let low = mix(high ^ hash("low half"));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0x0fff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff,
    )
}

/// Gives `length` lower-case hexadecimal digits that depend on `name` only.
pub(crate) fn hex(name: &str, length: usize) -> String {
    let mut digits = String::with_capacity(length + 16);
    let mut word = hash(name);
    while digits.len() < length {
        word = mix(word);
        // Writing into a `String` cannot fail.
        let _ = write!(digits, "{word:016x}");
    }
    digits.truncate(length);
    digits
}

/// Gives a server's `reqId`: `req-` and 14 alphanumeric characters.
pub(crate) fn request_id(number: u64) -> String {
    format!("req-{}", hex(&format!("request {number}"), 14))
}

/// Gives the date `seconds` after the fake's epoch, in the servers' form (RFC 3339, milliseconds, `Z`).
///
/// It stays within one month, since nothing needs more.
pub(crate) fn timestamp(seconds: u64) -> String {
    let (day, second) = (seconds / 86_400 % 28, seconds % 86_400);
    format!(
        "2026-01-{:02}T{:02}:{:02}:{:02}.000Z",
        day + 1,
        second / 3_600,
        second / 60 % 60,
        second % 60,
    )
}

/// Hashes a name (FNV-1a, 64 bit), the same on every machine and run.
pub(crate) fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Spreads a number over all 64 bits (the finaliser of SplitMix64).
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_shape_of_a_uuid_and_depends_on_its_name_only() {
        let id = uuid("folder dev /shared");
        assert_eq!(id, uuid("folder dev /shared"));
        assert_ne!(id, uuid("folder dev /other"));
        let groups: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!(id.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&id.as_bytes()[19]));
    }

    #[test]
    fn a_date_counts_seconds_from_the_epoch() {
        assert_eq!(timestamp(0), "2026-01-01T00:00:00.000Z");
        assert_eq!(timestamp(90_061), "2026-01-02T01:01:01.000Z");
    }
}
