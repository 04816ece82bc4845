//! Runs [`keyfob_fuzz::snapshot`] on what libFuzzer invents or, without it, on files.

#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| keyfob_fuzz::snapshot::run(data));

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    keyfob_fuzz::replay(keyfob_fuzz::snapshot::run)
}
