//! A server that goes down after a load, and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use infisical_fake::Fake;
use infisical_http::Infisical;
use keyfob::{ErrorKind, ExposeSecret, Freshness, LogNames, SecretString};
use secret_breaker::{BreakerConfig, BreakerExt};
use secret_cache::{CacheConfig, CacheExt, Clock};
use secret_source::{FolderAddress, SecretAddress, SecretSource, SourceExt};
use secret_testkit::LogCollector;

use crate::bench::serve;

/// A clock that stands still until it is moved.
#[derive(Clone, Debug, Default)]
struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// Composes the layers by hand, from the inside out, with a clock that only the test moves.
fn layers(server: &Fake, clock: &ManualClock) -> Arc<dyn SecretSource> {
    let infisical = Infisical::builder(&server.url())
        .universal_auth(
            server.client_id(),
            SecretString::from(server.client_secret()),
        )
        .project(server.project_id())
        .retries(0)
        .log_names(LogNames::Full)
        .build()
        .unwrap();
    infisical
        .with_breaker(BreakerConfig::default())
        .cached(CacheConfig::new().clock(clock.clone()))
        .shared()
}

fn address() -> SecretAddress {
    FolderAddress::new("infisical", "dev", &"/db".parse().unwrap()).secret("KEY")
}

#[tokio::test]
async fn values_are_served_stale_with_a_warning_until_the_window_ends() {
    let server = serve(&[("/db", "KEY", "value")]).await;
    let clock = ManualClock::default();
    let source = layers(&server, &clock);
    let logs = LogCollector::new();
    let _installed = logs.install();

    assert_eq!(
        source.lookup(&address()).await.unwrap().freshness(),
        Freshness::Fresh
    );
    server.go_down();

    clock.advance(301);
    let stale = source.lookup(&address()).await.unwrap();
    assert_eq!(stale.value().expose_secret(), "value");
    assert_eq!(
        stale.freshness(),
        Freshness::Stale {
            age: Duration::from_secs(301)
        }
    );
    let warned = logs
        .events()
        .iter()
        .any(|event| event.level().as_str() == "WARN" && event.message().contains("stale"));
    assert!(warned, "{}", logs.text());

    clock.advance(598);
    assert!(
        source
            .lookup(&address())
            .await
            .unwrap()
            .freshness()
            .is_stale()
    );

    clock.advance(2);
    let error = source.lookup(&address()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);

    server.come_back().unwrap();
    assert_eq!(
        source.lookup(&address()).await.unwrap().freshness(),
        Freshness::Fresh
    );
}
