//! Writes that were given up on: whichever was asked for last is what the file holds.

use std::fmt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use futures_util::future::poll_immediate;
use secret_cache::{Snapshot, SnapshotEntry, SnapshotError, SnapshotStore, SnapshotValue};
use secret_source::{Origin, Secret};

use crate::scene::{Scene, address, snapshot};

/// A value that a write waits for.
struct Slow {
    asked: Sender<()>,
    given: Mutex<Receiver<()>>,
}

impl SnapshotValue for Slow {
    fn reveal(&self) -> Result<Secret, SnapshotError> {
        self.asked.send(()).unwrap();
        self.given.lock().unwrap().recv().unwrap();
        Ok(Secret::new("withdrawn", Origin::new("infisical")))
    }
}

impl fmt::Debug for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slow")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_write_that_was_given_up_on_does_not_end_after_a_newer_one() {
    let scene = Scene::new();
    let store = scene.snapshot();
    let ((asked, is_asked), (give, given)) = (channel(), channel());
    let given = Mutex::new(given);
    let now = SystemTime::now();
    let slow = SnapshotEntry::new(address("OLD"), now, Slow { asked, given });
    let old = Arc::new(Snapshot::new(now, vec![slow]));

    let mut saving = Box::pin(store.save(&old));
    assert!(poll_immediate(&mut saving).await.is_none());
    is_asked.recv().unwrap();
    drop(saving);

    let newer = snapshot([]);
    let mut saving = Box::pin(store.save(&newer));
    // However often it is tried: it has to wait for the other.
    for _ in 0..1_000 {
        assert!(poll_immediate(&mut saving).await.is_none());
        assert!(!scene.path().exists());
        std::thread::yield_now();
    }
    give.send(()).unwrap();
    saving.await.unwrap();
    assert_eq!(scene.load().await, Ok(Some(0)), "what is newer counts");
}
