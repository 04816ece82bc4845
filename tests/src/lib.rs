//! Tests that cross crates live in `tests/`. Here the snippets of README and book are compiled.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
