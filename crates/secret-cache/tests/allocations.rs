//! A cache hit allocates nothing. A binary of its own, since the counting allocator is global.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use secret_cache::{CacheConfig, CacheExt};
use secret_source::{MemorySource, SecretAddress, SecretSource};

#[test]
fn a_hit_allocates_nothing() {
    let memory = MemorySource::new()
        .with("infisical://prod/db/PASSWORD", "hunter2")
        .unwrap();
    let cached = memory.cached(CacheConfig::new());
    let address = SecretAddress::new("infisical", "prod", &"/db".parse().unwrap(), "PASSWORD");
    let loaded = futures_executor::block_on(cached.get(&address));
    assert!(loaded.is_ok());
    // The first read of a thread sets up its slot in the snapshot.
    assert!(cached.peek(&address).is_some());

    let allocated = allocation_counter::measure(|| {
        for _ in 0..1_000 {
            assert!(cached.peek(&address).is_some());
        }
    });
    assert_eq!(allocated.count_total, 0, "{allocated:?}");
}
