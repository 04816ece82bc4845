//! The laws that every source obeys.

use std::time::Duration;

use secret_cache::{CacheConfig, CacheExt, StalePolicy, TokioClock};
use secret_source::{MemorySource, Origin, SecretSource};
use secret_testkit::{Fixture, laws};

use crate::scene::{SECOND, Scene, folder};

#[tokio::test]
async fn the_laws_hold_with_and_without_caching_and_under_each_policy() {
    let fixture = Fixture::example("memory", "dev");
    for ttl in [Duration::ZERO, SECOND * 300] {
        for policy in [StalePolicy::IfError, StalePolicy::WhileRevalidate] {
            let memory = MemorySource::new();
            for (address, value) in fixture.values() {
                memory.set(address, value);
            }
            let config = CacheConfig::new()
                .ttl(ttl)
                .stale_policy(policy)
                .clock(TokioClock::new());
            let cached = memory.cached(config);
            laws::all(&cached, &fixture).await;
            laws::all(&cached, &fixture).await;
        }
    }
}

#[tokio::test]
async fn lists_pass_through_and_are_not_kept() {
    let scene = Scene::new();
    for _ in 0..2 {
        scene.cached.list(&folder("/db")).await.unwrap_err();
        let beneath = scene.cached.list_recursive(&folder("/db")).await;
        beneath.unwrap_err();
    }
    assert_eq!(scene.source.lists().len(), 2);
    assert_eq!(scene.source.recursive_lists().len(), 2);
    assert_eq!(scene.handle.stats().entries, 0);
}

#[tokio::test]
async fn the_origin_nests_and_debug_shows_no_value() {
    let scene = Scene::new();
    scene.get("PASSWORD").await.unwrap();
    assert_eq!(
        scene.cached.origin(),
        Origin::over("cache", &Origin::new("script"))
    );
    assert!(!format!("{:?} {:?}", scene.cached, scene.handle).contains("PASSWORD@1"));
}
