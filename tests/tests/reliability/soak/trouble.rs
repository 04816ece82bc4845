//! [`trouble`]: what goes wrong, at random.

use std::time::Duration;

use fastrand::Rng;
use infisical_fake::{Fake, Fault, Route};
use tokio::time::{Instant, sleep};

use super::truth::Truth;
use crate::scene::Keys;

/// Counts what was done to a server, and how often it was asked meanwhile.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Troubles {
    pub(super) count: u64,
    pub(super) requests: u64,
}

/// Switches faults on and off, takes the server down, ends its tokens, and rotates values, until a moment.
pub(super) async fn trouble(
    server: &Fake,
    truth: &Truth,
    keys: Keys,
    mut rng: Rng,
    until: Instant,
) -> Troubles {
    let mut troubles = Troubles::default();
    // However short the run, it sees values go stale: chance alone gives four seconds too few outages for that.
    pause(&mut rng, 300..400).await;
    outage(server, &mut rng, 500..700).await;
    while Instant::now() < until {
        for _ in 0..rng.usize(4..10) {
            truth.rotate(server, rng.usize(..keys.len()));
        }
        match rng.u8(..16) {
            0 => outage(server, &mut rng, 20..400).await,
            1 => server.expire_tokens(),
            2 => server.revoke_tokens(),
            3..=8 => {
                let fault = fault(&mut rng);
                server.script(if rng.u8(..4) == 0 {
                    fault.always()
                } else {
                    fault.times(rng.u64(1..20))
                });
            }
            _ => server.clear_faults(),
        }
        troubles.count += 1;
        troubles.requests += server.counts().total;
        // With the counts the server forgets its log of requests, which is none of the memory that is measured.
        server.reset_counts();
        pause(&mut rng, 10..150).await;
        // Else one that always applies would hide all that come after it.
        if rng.u8(..3) > 0 {
            server.clear_faults();
            pause(&mut rng, 10..150).await;
        }
    }
    put_right(server);
    troubles
}

/// Ends all that is wrong with the server.
pub(super) fn put_right(server: &Fake) {
    server.clear_faults();
    server.come_back().unwrap();
}

async fn outage(server: &Fake, rng: &mut Rng, milliseconds: std::ops::Range<u64>) {
    server.go_down();
    pause(rng, milliseconds).await;
    server.come_back().unwrap();
}

async fn pause(rng: &mut Rng, milliseconds: std::ops::Range<u64>) {
    sleep(Duration::from_millis(rng.u64(milliseconds))).await;
}

fn fault(rng: &mut Rng) -> Fault {
    let fault = match rng.u8(..20) {
        0 => Fault::status(500),
        // These two keep everyone from asking for a second, so they are rare.
        1 => Fault::status(503).retry_after(1),
        2 => Fault::rate_limit(1),
        3..5 => Fault::html(502),
        5..7 => Fault::drop_connection(),
        7..9 => Fault::reset_mid_body(),
        9..11 => Fault::truncated_json(),
        11 => Fault::body_of("{}"),
        12..14 => Fault::hang(),
        14..17 => Fault::slow_body(Duration::from_micros(rng.u64(10..1_000))),
        _ => Fault::delay(Duration::from_millis(rng.u64(1..300))),
    };
    // Logins are rarer, and their failures keep everything else from being tried.
    match rng.u8(..16) {
        0 => fault.on(Route::Login),
        1..8 => fault.on(Route::Get),
        _ => fault.on(Route::List),
    }
}
