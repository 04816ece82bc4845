//! No type of the HTTP library is public.

use super::{Findings, Tree};

const LIBRARY: &str = "reqwest";
const CRATE: &str = "infisical-http";

/// Reports public items of the client whose signature names the library. A type that was imported under
/// its bare name is not seen.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    for source in tree
        .crate_sources()
        .filter(|source| source.crate_name() == Some(CRATE))
    {
        let code = &source.production;
        for offset in code.words("pub") {
            let rest = &code.as_str()[offset + "pub".len()..];
            // `pub(crate)` and `pub(super)` are not public.
            if rest.starts_with('(') {
                continue;
            }
            let signature = &rest[..rest.find(['{', ';', '}']).unwrap_or(rest.len())];
            if signature.contains(LIBRARY) {
                findings.problem_at(
                    &source.path,
                    code.line(offset),
                    format!("a public item names {LIBRARY}"),
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
        problems_in(check, &[("crates/infisical-http/src/client.rs", text)]).len()
    }

    #[test]
    fn public_signatures_and_fields_are_searched() {
        assert_eq!(
            problems("pub fn f(\n  client: reqwest::Client,\n) -> X { y }"),
            1
        );
        assert_eq!(problems("pub struct X { pub client: reqwest::Client }"), 1);
        assert_eq!(problems("pub use reqwest;"), 1);
    }

    #[test]
    fn bodies_and_private_items_are_not() {
        assert_eq!(problems("pub fn f() { reqwest::get() }"), 0);
        assert_eq!(problems("pub(crate) fn f(client: reqwest::Client) {}"), 0);
        assert_eq!(problems("struct X { client: reqwest::Client }"), 0);
    }
}
