//! Keys as bytes, in hexadecimal and in base64.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secret_cache::SnapshotError;
use zeroize::Zeroizing;

use crate::cipher::Key;
use crate::fault;

/// Reads a key as it stands in a file or a keyring.
pub(super) fn key_of_bytes(bytes: &[u8]) -> Result<Key, SnapshotError> {
    if let Ok(key) = <[u8; 32]>::try_from(bytes) {
        // By chance that happens once in ten to the fourteenth power.
        if bytes.iter().all(|byte| byte.is_ascii_graphic()) {
            return Err(fault::key(
                "the snapshot's key is 32 letters, which have less in them than 32 bytes",
            ));
        }
        return Ok(Key::new(key));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| fault::key("the snapshot's key is neither 32 bytes nor a text"))?;
    key_of_text(text)
}

/// Reads a key in hexadecimal or base64, with white space around it.
pub(super) fn key_of_text(text: &str) -> Result<Key, SnapshotError> {
    let text = text.trim();
    hexadecimal(text).or_else(|| base64(text)).ok_or_else(|| {
        fault::key("the snapshot's key is not one of 32 bytes in hexadecimal or base64")
    })
}

fn hexadecimal(text: &str) -> Option<Key> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let mut key = Key::default();
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(key)
}

fn base64(text: &str) -> Option<Key> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [&STANDARD, &URL_SAFE].into_iter().find_map(|alphabet| {
        // Room for what 44 characters hold, so that nothing is moved.
        let mut bytes = Zeroizing::new(vec![0; 64]);
        let engine = GeneralPurpose::new(alphabet, config);
        let length = engine.decode_slice(text, &mut bytes[..]).ok()?;
        <[u8; 32]>::try_from(&bytes[..length]).ok().map(Key::new)
    })
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    const KEY: [u8; 32] = [
        0xfb, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
        23, 24, 25, 26, 27, 28, 29, 0xfe,
    ];

    #[test]
    fn a_key_is_read_from_bytes_hexadecimal_and_base64() {
        let hexadecimal: String = KEY.iter().map(|byte| format!("{byte:02X}")).collect();
        for text in [
            hexadecimal.clone(),
            hexadecimal.to_lowercase() + "\n",
            BASE64_STANDARD.encode(KEY) + "\r\n",
            BASE64_URL_SAFE_NO_PAD.encode(KEY),
        ] {
            assert_eq!(*key_of_text(&text).unwrap(), KEY);
            assert_eq!(*key_of_bytes(text.as_bytes()).unwrap(), KEY);
        }
        assert_eq!(*key_of_bytes(&KEY).unwrap(), KEY);
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_shown() {
        let short = "hunter2hunter2hunter2hunter2hunt";
        for bytes in [
            b"".as_slice(),
            &KEY[..31],
            &[KEY.as_slice(), b"\n"].concat(),
            short.as_bytes(),
            BASE64_STANDARD.encode([KEY, KEY].concat()).as_bytes(),
            &[b'g'; 64],
        ] {
            let error = key_of_bytes(bytes).unwrap_err();
            assert_eq!(error.kind().as_str(), "key");
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }
}
