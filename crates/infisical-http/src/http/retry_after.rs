//! How long a server asks to be left alone.

use std::time::{Duration, SystemTime};

/// The longest pause that is believed: a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads a `Retry-After` header: seconds, or an HTTP date (RFC 9110, 10.2.3).
pub(crate) fn from_header(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default().min(LONGEST))
}

/// Reads an `x-ratelimit-reset` header: the seconds until the window ends, as Infisical's rate limiter
/// (`@fastify/rate-limit`) counts them.
pub(crate) fn from_reset(text: &str) -> Option<Duration> {
    let seconds = text.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST))
}

/// Reads the pause out of a message such as `Rate limit exceeded. Please try again in 35 seconds`.
///
/// Some servers say it there only.
pub(crate) fn from_message(message: &str) -> Option<Duration> {
    let mut words = message.split_whitespace();
    while let Some(word) = words.next() {
        if word != "in" {
            continue;
        }
        let mut rest = words.clone();
        let Some(number) = rest.next().and_then(|number| number.parse::<u64>().ok()) else {
            continue;
        };
        let seconds = match rest.next()?.trim_end_matches(|c: char| !c.is_alphabetic()) {
            "second" | "seconds" => number,
            "minute" | "minutes" => number.saturating_mul(60),
            _ => continue,
        };
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_header_holds_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + 784_111_777 * SECOND;
        for (text, expected) in [
            ("60", Some(60)),
            (" 0 ", Some(0)),
            ("99999999999", Some(86_400)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sun, 06 Nov 1994 08:49:27 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(
                from_header(text, now),
                expected.map(|s: u32| s * SECOND),
                "{text}"
            );
        }
    }

    #[test]
    fn a_message_may_say_it_instead() {
        for (text, expected) in [
            (
                "Rate limit exceeded. Please try again in 35 seconds",
                Some(35),
            ),
            ("try again in 1 second.", Some(1)),
            ("Rate limit exceeded, retry in 1 minute", Some(60)),
            ("retry in a while", None),
            ("wait in line, then again in 2 seconds", Some(2)),
            ("in", None),
            ("", None),
        ] {
            assert_eq!(
                from_message(text),
                expected.map(|s: u32| s * SECOND),
                "{text}"
            );
        }
    }
}
