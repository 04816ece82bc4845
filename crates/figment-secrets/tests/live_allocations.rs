//! Reading what is current allocates nothing.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use figment::Figment;
use figment::providers::{Format, Toml};
use figment_secrets::Watched;
use secret_source::{MemorySource, Resolver};

#[derive(serde::Deserialize)]
struct Config {
    password: String,
}

#[tokio::test]
async fn reading_a_part_or_the_whole_allocates_nothing() {
    let source = MemorySource::new()
        .with("infisical://dev/PASSWORD", "correct horse")
        .unwrap();
    let resolver = Resolver::builder(source).build().unwrap();
    let layers = || Figment::from(Toml::string("password = 'infisical://dev/PASSWORD'"));
    let watched = Watched::<Config>::builder(layers)
        .start(&resolver)
        .await
        .unwrap();
    let part = watched.project(|config| config.password.clone());
    // The first read on a thread prepares the thread.
    assert_eq!(
        (part.get().len(), watched.current().password.len()),
        (13, 13)
    );
    let counted = allocation_counter::measure(|| {
        for _ in 0..100 {
            assert_eq!(part.get().len(), 13);
            assert_eq!(watched.current().password.len(), 13);
        }
    });
    assert_eq!(counted.count_total, 0);
}
