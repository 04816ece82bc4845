//! Inputs that are kept in files.

use std::{env, fs, io};

/// Runs a target on the files that the command line names, such as a finding of the fuzzer.
///
/// # Errors
///
/// Fails where a file cannot be read.
///
/// # Panics
///
/// Panics where the target does, which is the finding.
pub fn replay(run: fn(&[u8])) -> io::Result<()> {
    env::args_os()
        .skip(1)
        .try_for_each(|path| fs::read(path).map(|data| run(&data)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Runs a target on its whole corpus; a panic is preceded by the name of the file.
    fn holds_for_the_corpus(target: &str, run: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(target);
        let mut paths: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        assert!(paths.len() >= 20, "{} files for {target}", paths.len());
        for path in paths {
            println!("{}", path.display());
            run(&fs::read(path).unwrap());
        }
    }

    #[test]
    fn every_answer_of_the_corpus_is_judged_and_none_is_shown() {
        holds_for_the_corpus("answer", crate::answer::run);
    }

    #[test]
    fn every_dotenv_file_of_the_corpus_means_what_a_second_reading_says() {
        holds_for_the_corpus("dotenv", crate::dotenv::run);
    }

    #[test]
    fn no_row_of_the_lists_of_the_corpus_is_lost_or_misread() {
        holds_for_the_corpus("list", crate::list::run);
    }

    #[test]
    fn every_reference_of_the_corpus_keeps_the_laws() {
        holds_for_the_corpus("reference", crate::reference::run);
    }

    #[test]
    fn every_snapshot_of_the_corpus_is_used_or_refused_as_a_whole() {
        holds_for_the_corpus("snapshot", crate::snapshot::run);
    }

    #[test]
    fn every_template_of_the_corpus_keeps_the_laws() {
        holds_for_the_corpus("template", crate::template::run);
    }

    /// Targets must take whatever a fuzzer invents, however far from their format.
    #[test]
    fn no_target_minds_bytes_that_are_no_text() {
        for run in [
            crate::answer::run,
            crate::dotenv::run,
            crate::list::run,
            crate::reference::run,
            crate::snapshot::run,
            crate::template::run,
        ] {
            for data in [
                &b""[..],
                b"\xff",
                b"\0\0\0\0",
                b"\n\n\xf0\x28\n",
                &[0xfe; 300],
            ] {
                run(data);
            }
        }
    }
}
