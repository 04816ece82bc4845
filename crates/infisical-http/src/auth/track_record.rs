//! [`TrackRecord`]: what became of the requests that carried a token.

use std::fmt;

use tokio::sync::watch;

use crate::http::request::Operation;

/// Knows for each kind of request whether the server honoured the token, and how many are under way.
///
/// A refused token was either used up, or it is of no use for this kind of request. Which of the two shows
/// in what the server made of other requests of the kind, and those may still be under way: a server
/// refuses sooner than it answers.
pub(crate) struct TrackRecord(watch::Sender<Vec<Entry>>);

/// The record of one kind of request. Few kinds occur, so a list is searched for them.
#[derive(Debug)]
struct Entry {
    operation: Operation,
    honoured: bool,
    under_way: usize,
}

impl TrackRecord {
    /// Counts a request as under way, until what is returned is dropped.
    pub(crate) fn begin(&self, operation: Operation) -> UnderWay<'_> {
        self.change(operation, |entry| entry.under_way += 1);
        UnderWay(self, operation)
    }

    /// Notes that a request was answered by someone who honoured the token.
    pub(crate) fn honoured(&self, operation: Operation) {
        self.change(operation, |entry| entry.honoured = true);
    }

    /// Tells whether requests of a kind were ever honoured, when there is one that was or none under way.
    pub(crate) async fn verdict(&self, operation: Operation) -> bool {
        let known = |entries: &Vec<Entry>| match find(entries, operation) {
            Some(entry) if entry.honoured => Some(true),
            Some(entry) if entry.under_way > 0 => None,
            _ => Some(false),
        };
        let mut seen = self.0.subscribe();
        // The other end is this record, which outlives the wait.
        let entries = seen.wait_for(|entries| known(entries).is_some()).await;
        entries.is_ok_and(|entries| known(&entries) == Some(true))
    }

    fn change(&self, operation: Operation, change: impl FnOnce(&mut Entry)) {
        self.0.send_modify(|entries| {
            let known = entries
                .iter()
                .position(|entry| entry.operation == operation);
            let index = known.unwrap_or_else(|| {
                entries.push(Entry {
                    operation,
                    honoured: false,
                    under_way: 0,
                });
                entries.len() - 1
            });
            change(&mut entries[index]);
        });
    }
}

impl Default for TrackRecord {
    fn default() -> Self {
        Self(watch::Sender::new(Vec::new()))
    }
}

impl fmt::Debug for TrackRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TrackRecord")
            .field(&*self.0.borrow())
            .finish()
    }
}

/// A request under way.
pub(crate) struct UnderWay<'a>(&'a TrackRecord, Operation);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.change(self.1, |entry| entry.under_way -= 1);
    }
}

fn find(entries: &[Entry], operation: Operation) -> Option<&Entry> {
    entries.iter().find(|entry| entry.operation == operation)
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, poll};

    use super::*;

    #[tokio::test]
    async fn each_kind_of_request_has_a_record_of_its_own() {
        let record = TrackRecord::default();
        drop(record.begin(Operation::Get));
        record.honoured(Operation::Get);
        assert!(record.verdict(Operation::Get).await);
        assert!(!record.verdict(Operation::List).await);
    }

    #[tokio::test]
    async fn the_verdict_waits_for_requests_of_the_kind_that_are_under_way() {
        let record = TrackRecord::default();
        let (first, second) = (record.begin(Operation::List), record.begin(Operation::List));
        let other = record.begin(Operation::Get);
        let mut verdict = Box::pin(record.verdict(Operation::List));
        assert!(poll!(&mut verdict).is_pending());
        drop(first);
        assert!(poll!(&mut verdict).is_pending());
        drop(second);
        assert_eq!(verdict.now_or_never(), Some(false), "all ended");
        let again = record.begin(Operation::List);
        let mut verdict = Box::pin(record.verdict(Operation::List));
        assert!(poll!(&mut verdict).is_pending());
        record.honoured(Operation::List);
        assert_eq!(verdict.now_or_never(), Some(true), "one was honoured");
        drop((again, other));
    }
}
