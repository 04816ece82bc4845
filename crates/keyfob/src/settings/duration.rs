//! Durations as people write them: `90`, `90s`, `5m`, `200ms`, `1h`.

use std::time::Duration;

/// Says how to write a duration, for hints.
pub(crate) const HOW: &str = "write whole seconds (`90`) or a unit: `90s`, `5m`, `200ms`, `1h`";

/// Reads whole seconds, or a whole number with the unit `ms`, `s`, `m` or `h`.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let seconds = |factor: u64| number.checked_mul(factor).map(Duration::from_secs);
    match unit.trim_start() {
        "ms" => Some(Duration::from_millis(number)),
        "" | "s" => seconds(1),
        "m" => seconds(60),
        "h" => seconds(3600),
        _ => None,
    }
}

/// Prints a duration so that [`parse`] reads it back, in whole milliseconds rounded up.
///
/// Rounding up keeps what is over zero over zero.
pub(crate) fn print(duration: Duration) -> String {
    let millis = duration.as_nanos().div_ceil(1_000_000);
    match millis % 1000 {
        0 => format!("{}s", millis / 1000),
        _ => format!("{millis}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_units_are_read() {
        for (text, millis) in [
            ("90", 90_000),
            ("90s", 90_000),
            ("5m", 300_000),
            ("200ms", 200),
            ("1h", 3_600_000),
            ("0", 0),
            ("2 s", 2000),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "s",
            "-1",
            "+1",
            "1.5",
            "1d",
            "1S",
            "0x10",
            "1 2",
            "s1",
            "99999999999999999999",
            "9999999999999999999h",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_printed_reads_back_and_never_becomes_shorter() {
        for duration in [
            Duration::ZERO,
            Duration::from_millis(1500),
            Duration::from_secs(7),
        ] {
            assert_eq!(parse(&print(duration)), Some(duration));
        }
        assert_eq!(print(Duration::from_nanos(1)), "1ms");
    }
}
