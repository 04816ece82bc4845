//! `cargo xtask`: the checks a contributor and CI run.

fn main() {}
