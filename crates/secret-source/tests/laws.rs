//! The laws of every source, for the source in memory, alone and behind a router.

use std::sync::Arc;

use secret_source::{MemorySource, Router, SecretStore};
use secret_testkit::{Fixture, laws};

fn memory(fixture: &Fixture) -> MemorySource {
    let source = MemorySource::new();
    for (address, value) in fixture.values() {
        source.set(address, value);
    }
    source
}

#[tokio::test(start_paused = true)]
async fn the_source_in_memory_obeys_the_laws() {
    let fixture = Fixture::example("memory", "dev");
    laws::all(&memory(&fixture), &fixture).await;
}

#[tokio::test(start_paused = true)]
async fn the_source_in_memory_obeys_the_laws_of_stores_also_behind_a_pointer() {
    let fixture = Fixture::example("memory", "dev");
    laws::of_stores(&memory(&fixture), &fixture).await;
    let store: Arc<dyn SecretStore> = Arc::new(memory(&fixture));
    laws::of_stores(&store, &fixture).await;
}

#[tokio::test(start_paused = true)]
async fn a_router_obeys_the_laws_for_each_of_its_sources() {
    let (one, other) = (
        Fixture::example("one", "dev"),
        Fixture::example("other", "dev"),
    );
    let router = Router::builder()
        .scheme("one", memory(&one))
        .scheme("other", memory(&other))
        .tenant("one", "acme", MemorySource::new())
        .build();
    laws::all(&router, &one).await;
    laws::all(&router, &other).await;
}

#[tokio::test(start_paused = true)]
async fn a_router_of_stores_obeys_the_laws_of_both_and_writes_where_it_reads() {
    let (one, tenants) = (
        Fixture::example("one", "dev"),
        Fixture::example("one", "prod"),
    );
    let own: Arc<dyn SecretStore> = Arc::new(memory(&one));
    let router = Router::of_stores()
        .scheme("one", Arc::clone(&own))
        .tenant("one", "acme", memory(&tenants))
        .build();
    laws::all(&router, &one).await;
    laws::of_stores(&router, &one).await;
    laws::of_stores(&own, &one).await;
}
