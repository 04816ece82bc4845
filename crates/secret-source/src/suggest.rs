//! [`suggest`]: near names for hints.

/// How alike two names must be, from 0 (nothing in common) to 1 (equal), to be worth a hint.
const ALIKE: f64 = 0.8;

/// Returns the candidate that `name` was most likely meant to be, if one is near enough.
///
/// # Examples
///
/// ```
/// use secret_source::suggest;
///
/// assert_eq!(suggest("POSTGRES_DNS", ["POSTGRES_DSN", "REDIS_URL"]), Some("POSTGRES_DSN"));
/// assert_eq!(suggest("POSTGRES_DNS", ["REDIS_URL"]), None);
/// ```
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::normalized_damerau_levenshtein(&name, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(left, a), (right, b)| left.total_cmp(right).then_with(|| b.cmp(a)))
        .map(|(_, candidate)| candidate)
}
