//! References, folders and pointers, from any text.

use secret_ref::{ConfigText, FolderPath, FolderRef, JsonPointer, ParseError, Schemes, SecretRef};

use crate::violation::violation;

/// Checks the laws of `secret-ref` on a text; what is no text is none.
///
/// # Panics
///
/// Panics where a law is broken.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let found = violation(text);
    match SecretRef::parse(text) {
        Ok(reference) => {
            assert_eq!(found, None, "accepted: {text:?}");
            survives(&reference, SecretRef::parse);
            // A folder with a key would be taken for two things.
            assert!(FolderRef::parse(text).is_err());
            let read = Schemes::new([reference.scheme()]).and_then(|known| known.read(text));
            assert_eq!(read.as_ref(), Ok(&ConfigText::Reference(reference)));
        }
        Err(error) => {
            assert!(found.is_some(), "refused: {text:?}: {error}");
            check(&error, text);
        }
    }
    match FolderRef::parse(text) {
        Ok(folder) => survives(&folder, FolderRef::parse),
        Err(error) => check(&error, text),
    }
    match FolderPath::parse(text) {
        Ok(path) => assert_eq!(FolderPath::parse(path.as_str()), Ok(path)),
        Err(error) => check(&error, text),
    }
    match JsonPointer::parse(text) {
        Ok(pointer) => assert_eq!(pointer.to_string(), text),
        Err(error) => check(&error, text),
    }
    if let Err(error) = Schemes::new([text]) {
        check(&error, text);
    }
}

/// Checks that the canonical form means the same, and is its own canonical form.
fn survives<T>(parsed: &T, parse: fn(&str) -> Result<T, ParseError>)
where
    T: std::fmt::Debug + std::fmt::Display + PartialEq,
{
    let canonical = parsed.to_string();
    let again = parse(&canonical);
    assert_eq!(again.as_ref(), Ok(parsed), "{canonical:?}");
    assert_eq!(again.map(|again| again.to_string()), Ok(canonical));
}

/// Checks that an error points into its input, says what to do, and breaks no line of a log.
pub(crate) fn check(error: &ParseError, text: &str) {
    assert_eq!(error.input(), text);
    assert!(text.get(error.span()).is_some(), "{:?}", error.span());
    assert!(!error.hint().is_empty());
    assert!(!error.hint().contains(char::is_control), "{error:?}");
    assert!(!error.to_string().contains(char::is_control), "{error:?}");
}
