//! An outage does not multiply the traffic.

use std::time::Duration;

use infisical_fake::{Era, Fault, Route};
use secret_source::{ErrorKind, SecretSource};

use crate::support::{address, builder, fake};

#[tokio::test]
async fn a_hundred_look_ups_during_an_outage_cost_at_most_a_hundred_and_twenty_requests() {
    let fake = fake(Era::V4b).await;
    let infisical = builder(&fake).retry_delay(Duration::ZERO).build().unwrap();
    infisical
        .get(&address("/shared/db", "KEY_1"))
        .await
        .unwrap();
    let before = fake.counts().total;
    fake.script(Fault::status(503).on(Route::Get).always());
    let look_ups = 100;
    for number in 0..look_ups {
        let key = address("/shared/db", &format!("KEY_{}", number % 10));
        let error = infisical.get(&key).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
    }
    let requests = fake.counts().total - before;
    assert!(requests * 5 <= look_ups * 6, "{requests} requests");
    assert!(requests > look_ups, "the first of them were repeated");

    // When the server is back, look-ups are repeated again as the budget allows.
    fake.clear_faults();
    for _ in 0..100 {
        infisical
            .get(&address("/shared/db", "KEY_1"))
            .await
            .unwrap();
    }
    fake.script(Fault::status(503).on(Route::Get).times(3));
    infisical
        .get(&address("/shared/db", "KEY_1"))
        .await
        .unwrap();
}
