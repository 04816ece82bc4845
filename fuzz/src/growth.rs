//! Whether work grows with its input or faster, told by counting.

use allocation_counter::measure;

/// How often the input is repeated. Linear work grows at most twice as much, where vectors double; quadratic
/// work grows by the square.
const TIMES: usize = 12;

/// The longest input that is worth it: a fuzzer's time is spent better on many short ones.
const LONGEST: usize = 256;

/// Checks that `work` on a text repeated allocates no more than linear work would.
///
/// Bytes that were allocated are counted, not time, so that the verdict is the same on every machine. Work that
/// allocates nothing is not seen; libFuzzer's own limit on an input's time is for that.
pub(crate) fn assert_linear(text: &str, separator: &str, work: impl Fn(&str)) {
    if text.len() > LONGEST {
        return;
    }
    let bytes = |text: &str| measure(|| work(text)).bytes_total;
    let repeated = [text; TIMES].join(separator);
    let (once, often) = (bytes(text), bytes(&repeated));
    let most = (2 * TIMES as u64 + 4) * once + 8192;
    assert!(
        often <= most,
        "{TIMES} times the input allocates {often} bytes, and {once} once"
    );
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use env_fallback::Dotenv;
    use secret_ref::{Schemes, Template};

    use super::*;

    fn allocate(bytes: usize) {
        drop(std::hint::black_box(Vec::<u8>::with_capacity(bytes)));
    }

    /// Work that is done anew at each piece takes minutes here, and work that is done once about a second.
    #[test]
    fn a_long_text_of_any_piece_is_gone_over_once() {
        let whole: fn(&str) = |text| drop(Schemes::default().read(text));
        let template: fn(&str) = |text| drop(text.parse::<Template>());
        let dotenv: fn(&str) = |text| drop(Dotenv::parse(".env", text));
        for (work, piece, length) in [
            (whole, "{", 1 << 17),
            (whole, "$", 1 << 17),
            (whole, "{ ", 1 << 17),
            (whole, "{infisical:a", 1 << 21),
            (whole, "${infiscial:a", 1 << 17),
            (whole, "$${a://", 1 << 17),
            (template, "${", 1 << 17),
            (template, "$${infisical://", 1 << 17),
            (template, "${infisical://d/K}$", 1 << 17),
            (dotenv, "#", 1 << 17),
            (dotenv, "A=1\n", 1 << 17),
            (dotenv, "A='\n'\n", 1 << 17),
            (dotenv, "A=\"\\\\\\\"", 1 << 17),
            (dotenv, "A= #", 1 << 17),
        ] {
            let text = piece.repeat(length / piece.len());
            let start = Instant::now();
            work(&text);
            let took = start.elapsed();
            assert!(took < Duration::from_secs(20), "{piece:?}: {took:?}");
        }
    }

    #[test]
    fn linear_work_passes() {
        assert_linear(&"x".repeat(200), "", |text| allocate(100 * text.len()));
    }

    #[test]
    #[should_panic(expected = "12 times the input allocates")]
    fn quadratic_work_does_not() {
        assert_linear(&"x".repeat(200), "", |text| {
            allocate(text.len() * text.len())
        });
    }
}
