//! No statics with state.

use super::{Findings, Tree};

/// Parts of type names that make a static mutable, or filled at run time.
const STATE: &[&str] = &[
    "Atomic", "Cell", "LazyLock", "Lazy", "LocalKey", "Mutex", "Once", "OnceLock", "RwLock",
    "ArcSwap",
];

/// Reports statics of the libraries whose type can change, and thread locals.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    for source in tree.crate_sources() {
        let code = &source.production;
        for offset in code.words("thread_local") {
            findings.problem_at(
                &source.path,
                code.line(offset),
                "thread_local! is a static with state",
            );
        }
        for offset in code.words("static") {
            // `&'static str` is a lifetime.
            if code.as_str()[..offset].ends_with('\'') {
                continue;
            }
            let rest = &code.as_str()[offset..];
            let declaration = &rest[..rest.find(['=', ';']).unwrap_or(rest.len())];
            if declaration.starts_with("static mut ")
                || STATE.iter().any(|part| declaration.contains(part))
            {
                let name = declaration.split(':').next().unwrap_or_default();
                findings.problem_at(
                    &source.path,
                    code.line(offset),
                    format!("{} holds state", name.trim()),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::problems_in;

    fn problems(text: &str) -> usize {
        problems_in(check, &[("crates/secret-cache/src/lib.rs", text)]).len()
    }

    #[test]
    fn state_is_reported() {
        assert_eq!(problems("static mut X: u8 = 0;"), 1);
        assert_eq!(problems("static COUNT: AtomicU64 = AtomicU64::new(0);"), 1);
        assert_eq!(
            problems("pub static ALL: std::sync::OnceLock<Vec<u8>> = OnceLock::new();"),
            1
        );
        assert_eq!(problems("thread_local! { static X: u8 = 0; }"), 1);
    }

    #[test]
    fn constants_tables_and_lifetimes_are_not() {
        assert_eq!(problems("static NAMES: &[&str] = &[]; const X: u8 = 0;"), 0);
        assert_eq!(problems("fn f() -> &'static Mutex<u8> { x }"), 0);
        assert_eq!(problems("struct S { cell: OnceLock<u8> }"), 0);
        assert_eq!(
            problems("#[cfg(test)] mod tests { static X: Mutex<u8> = Mutex::new(0); }"),
            0
        );
    }
}
