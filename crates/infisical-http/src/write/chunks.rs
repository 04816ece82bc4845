//! How much goes into one request.

use secret_source::Entry;

use crate::write::body::length_in_a_batch;

/// How many secrets one request writes or deletes.
pub(crate) const MOST_ENTRIES: usize = 100;

/// How many bytes of entries one request holds; half of what a server reads.
const MOST_BYTES: usize = 512 * 1024;

/// Splits entries into batches, in order; one that is large has a batch of its own.
pub(crate) fn chunks(entries: &[(usize, Entry)]) -> Vec<&[(usize, Entry)]> {
    let mut chunks = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, (_, entry)) in entries.iter().enumerate() {
        let length = length_in_a_batch(entry);
        let is_full = index - start == MOST_ENTRIES || bytes + length > MOST_BYTES;
        if is_full && index > start {
            chunks.push(&entries[start..index]);
            (start, bytes) = (index, 0);
        }
        bytes += length;
    }
    if start < entries.len() {
        chunks.push(&entries[start..]);
    }
    chunks
}

#[cfg(test)]
mod tests {
    use secret_ref::FolderPath;
    use secret_source::FolderAddress;

    use super::*;

    fn lengths(sizes: &[usize]) -> Vec<usize> {
        let folder = FolderAddress::new("infisical", "dev", &FolderPath::root());
        let entry = |size: &usize| (0, Entry::new(folder.secret("K"), "x".repeat(*size)));
        let entries: Vec<_> = sizes.iter().map(entry).collect();
        chunks(&entries).iter().map(|chunk| chunk.len()).collect()
    }

    #[test]
    fn a_batch_is_bounded_in_entries_and_in_bytes() {
        assert_eq!(lengths(&[]), [0; 0]);
        assert_eq!(lengths(&[1; 201]), [100, 100, 1]);
        assert_eq!(lengths(&[300_000, 300_000, 1]), [1, 2]);
        assert_eq!(lengths(&[1, 900_000, 1]), [1, 1, 1]);
    }
}
