//! Near names, for hints.

/// How many edits a misspelling may be away.
const FARTHEST: usize = 2;

/// Finds the candidate that `word` was probably meant to be.
///
/// Near is one or two edits away (a letter added, left out, replaced, or swapped with its neighbour), with more than
/// half of the candidate kept: `s3` is not a misspelling of `kv`. Case is ignored. A word that is a candidate already
/// is not misspelt, and of equally near candidates the first wins.
///
/// # Examples
///
/// ```
/// use secret_ref::near;
///
/// assert_eq!(near("POSTGRES_DNS", ["POSTGRES_DSN", "POSTGRES_POOL_MAX"]), Some("POSTGRES_DSN"));
/// assert_eq!(near("REDIS_URL", ["POSTGRES_DSN"]), None);
/// ```
#[must_use]
pub fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = word.to_lowercase();
    let length = written.chars().count();
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        .filter_map(|candidate| {
            let candidate_length = candidate.chars().count();
            // The distance is quadratic, and never less than the difference of lengths, nor than the letters
            // that do not occur at all.
            let occurs = |letter: char| {
                candidate
                    .chars()
                    .any(|c| c.to_lowercase().any(|c| c == letter))
            };
            let strange = written.chars().filter(|letter| !occurs(*letter)).count();
            if length.abs_diff(candidate_length) > FARTHEST || strange > FARTHEST {
                return None;
            }
            let distance = strsim::osa_distance(&written, &candidate.to_lowercase());
            let is_near = distance <= FARTHEST && distance * 2 < candidate_length;
            is_near.then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn two_edits_are_near_and_three_are_not() {
        assert_eq!(near("infiscial", ["infisical"]), Some("infisical"));
        assert_eq!(near("infiscl", ["infisical"]), Some("infisical"));
        assert_eq!(near("infisc", ["infisical"]), None);
    }

    #[test]
    fn neighbours_that_changed_places_are_one_edit() {
        assert_eq!(near("nifisiacl", ["infisical"]), Some("infisical"));
        assert_eq!(near("wat", ["wta"]), Some("wta"));
    }

    #[test]
    fn a_short_word_needs_more_than_half_of_its_letters() {
        assert_eq!(near("s3", ["kv"]), None);
        assert_eq!(near("aw", ["aws"]), Some("aws"));
        assert_eq!(near("a", ["aws"]), None);
    }

    #[test]
    fn the_nearest_wins_and_the_first_of_equals() {
        assert_eq!(near("vault", ["fault", "vaults"]), Some("fault"));
        assert_eq!(near("vaultx", ["fault", "vault"]), Some("vault"));
    }

    #[test]
    fn another_case_is_near_and_the_word_itself_is_not() {
        assert_eq!(near("OPTIONAL", ["optional"]), Some("optional"));
        assert_eq!(near("optional", ["optional"]), None);
    }
}
