//! Who leaves when there is no room.

use crate::scene::{SECOND, STALE, Scene, TTL, pass};

fn kept(scene: &Scene, keys: &[&str]) -> Vec<bool> {
    keys.iter().map(|key| scene.has_fresh(key)).collect()
}

#[tokio::test(start_paused = true)]
async fn the_least_recently_used_entry_leaves_first() {
    let scene = Scene::with(|config| config.entries(3));
    for key in ["A", "B", "C"] {
        scene.get(key).await.unwrap();
        pass(SECOND).await;
    }
    scene.get("A").await.unwrap();
    scene.get("D").await.unwrap();
    assert_eq!(
        kept(&scene, &["B", "A", "C", "D"]),
        [false, true, true, true]
    );
    assert_eq!(scene.handle.stats().evictions, 1);
    assert_eq!(scene.handle.stats().entries, 3);
}

#[tokio::test(start_paused = true)]
async fn reads_count_in_the_order_they_were_made() {
    let scene = Scene::with(|config| config.entries(3));
    scene.get_many(&["A", "B", "C"]).await;
    for key in ["B", "C", "A"] {
        pass(SECOND).await;
        assert!(scene.has_fresh(key));
    }
    scene.get("D").await.unwrap();
    scene.get("E").await.unwrap();
    assert_eq!(
        kept(&scene, &["B", "C", "A", "D", "E"]),
        [false, false, true, true, true]
    );
}

#[tokio::test(start_paused = true)]
async fn a_read_before_a_write_does_not_count_as_later_than_the_write() {
    let scene = Scene::with(|config| config.entries(2));
    scene.get("A").await.unwrap();
    assert!(scene.has_fresh("A"));
    pass(SECOND).await;
    scene.get("B").await.unwrap();
    pass(SECOND).await;
    scene.get("C").await.unwrap();
    assert_eq!(kept(&scene, &["A", "B", "C"]), [false, true, true]);
}

#[tokio::test(start_paused = true)]
async fn a_stale_entry_leaves_before_a_fresh_one_that_was_used_less() {
    let scene = Scene::with(|config| config.entries(2));
    scene.get("OLD").await.unwrap();
    pass(TTL - SECOND * 40).await;
    scene.get("NEW").await.unwrap();
    pass(SECOND).await;
    assert!(scene.has_fresh("OLD"), "used later than the other");
    pass(SECOND * 39).await;
    scene.get("NEWEST").await.unwrap();
    assert_eq!(kept(&scene, &["OLD", "NEW", "NEWEST"]), [false, true, true]);
}

#[tokio::test(start_paused = true)]
async fn what_is_past_its_window_leaves_with_the_next_write_and_is_no_eviction() {
    let scene = Scene::new();
    scene.get("A").await.unwrap();
    pass(TTL + STALE).await;
    assert_eq!(scene.handle.stats().entries, 0);
    scene.get("B").await.unwrap();
    assert_eq!(scene.handle.stats().entries, 1);
    assert_eq!(scene.handle.stats().evictions, 0);
}

#[tokio::test(start_paused = true)]
async fn a_batch_larger_than_the_cache_is_answered_whole_and_kept_in_part() {
    let scene = Scene::with(|config| config.entries(2));
    let answers = scene.get_many(&["A", "B", "C"]).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(kept(&scene, &["A", "B", "C"]), [false, true, true]);
}
