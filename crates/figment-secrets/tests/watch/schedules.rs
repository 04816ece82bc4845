//! A watch under random schedules of good and bad changes and outages.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use fastrand::Rng;
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use figment_secrets::Watched;
use secret_source::{Missing, Origin, Resolver, Secret, SecretAddress, SecretError, SecretSource};
use serde::Deserialize;
use tokio::time::Instant;

const SCHEDULES: u64 = 200;
const EVENTS: usize = 40;
const INTERVAL: Duration = Duration::from_secs(10);

/// All three numbers must be the same, and change together.
#[derive(Debug, Deserialize)]
struct Config {
    user: u32,
    password: u32,
    plain: u32,
}

/// What is true outside.
#[derive(Clone, Debug)]
struct World {
    user: String,
    password: String,
    plain: u32,
    failure: Option<SecretError>,
    /// Validation panics.
    is_haunted: bool,
}

impl World {
    /// Returns the number of the configuration, if it is good as a whole.
    fn good(&self) -> Option<u32> {
        let is_good = self.failure.is_none() && !self.is_haunted;
        let plain = self.plain.to_string();
        (is_good && self.user == plain && self.password == plain).then_some(self.plain)
    }
}

/// Answers each address after a delay of its own, so that a batch may see the world before and after a change.
#[derive(Debug)]
struct Slow {
    world: Arc<Mutex<World>>,
    rng: Mutex<Rng>,
    latency: Duration,
}

#[async_trait]
impl SecretSource for Slow {
    fn origin(&self) -> Origin {
        Origin::new("slow")
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        let part = self.rng.lock().unwrap().f64();
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency.mul_f64(part)).await;
        }
        let world = self.world.lock().unwrap();
        match &world.failure {
            Some(error) => Err(error.clone()),
            None if address.key() == "USER" => Ok(Secret::new(world.user.as_str(), self.origin())),
            None => Ok(Secret::new(world.password.as_str(), self.origin())),
        }
    }
}

/// Changes the world at random; the next good configuration has the number `next`.
fn disturb(world: &mut World, next: &mut u32, rng: &mut Rng) {
    let mut become_good = |world: &mut World| {
        *next += 1;
        world.plain = *next;
        (world.user, world.password) = (next.to_string(), next.to_string());
    };
    match rng.u32(0..10) {
        0..=3 => become_good(world),
        4 => world.user = (world.plain + 1000).to_string(),
        5 => world.password = "no number".to_owned(),
        6 => {
            let failures = [
                SecretError::unavailable("down"),
                SecretError::denied("no"),
                SecretError::not_found(Missing::Secret),
                SecretError::unauthenticated("no"),
            ];
            world.failure = rng.choice(failures);
        }
        7 => world.is_haunted = !world.is_haunted,
        _ => {
            (world.failure, world.is_haunted) = (None, false);
            if rng.bool() {
                become_good(world);
            } else {
                // As it was before it was spoilt.
                let plain = world.plain.to_string();
                (world.user, world.password) = (plain.clone(), plain);
            }
        }
    }
}

/// What a fast subscriber saw, and when.
type Seen = Arc<Mutex<Vec<(Instant, u64, u32)>>>;

async fn run(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let latency = match seed % 2 {
        0 => Duration::ZERO,
        _ => Duration::from_millis(rng.u64(1..2000)),
    };
    // A reload that came too early for a change ends, and the next one takes as long again.
    let latest = INTERVAL + INTERVAL / 10 + latency * 2;
    let world = Arc::new(Mutex::new(World {
        user: "1".into(),
        password: "1".into(),
        plain: 1,
        failure: None,
        is_haunted: false,
    }));
    let source = Slow {
        world: Arc::clone(&world),
        rng: Mutex::new(Rng::with_seed(seed)),
        latency,
    };
    let resolver = Resolver::builder(source).build().unwrap();
    let (layers, haunted) = (Arc::clone(&world), Arc::clone(&world));
    let watched = Watched::<Config>::builder(move || {
        let toml = "user = 'infisical://dev/USER'\npassword = 'infisical://dev/PASSWORD'";
        let plain = layers.lock().unwrap().plain;
        Figment::from(Toml::string(toml)).merge(Serialized::default("plain", plain))
    })
    .validate(move |config| {
        let is_haunted = haunted.lock().unwrap().is_haunted;
        assert!(!is_haunted, "planted by this test");
        match (config.user, config.password) == (config.plain, config.plain) {
            true => Ok(()),
            false => Err("they do not belong together"),
        }
    })
    .interval(INTERVAL)
    .seed(seed)
    .start(&resolver)
    .await
    .unwrap();
    let part = watched.project(|config| config.user);

    let seen: Seen = Arc::default();
    let mut changes = watched.subscribe();
    let (log, current) = (Arc::clone(&seen), watched.subscribe());
    drop(current);
    let subscriber = tokio::spawn(async move {
        while let Some(change) = changes.next().await {
            let number = change.config().user;
            log.lock()
                .unwrap()
                .push((Instant::now(), change.version(), number));
        }
    });

    // When each number last became the good one, and until when it was.
    let mut good_now = Some((1, Instant::now()));
    let mut was_good = BTreeSet::from([1]);
    let mut due = Vec::new();
    let mut next = 1;
    for _ in 0..EVENTS {
        let gap = INTERVAL.mul_f64(rng.f64() * 2.5);
        tokio::time::sleep(gap).await;
        let config = watched.current();
        assert!(
            config.user == config.plain && config.password == config.plain,
            "seed {seed}: a torn configuration {config:?}"
        );
        assert!(
            was_good.contains(&config.plain),
            "seed {seed}: {config:?} was never good"
        );
        assert_eq!(*part.get(), config.user, "seed {seed}");
        if let Some((number, since)) = good_now
            && since.elapsed() > latest
        {
            assert_eq!(
                config.plain,
                number,
                "seed {seed}: not seen after {:?}",
                since.elapsed()
            );
            due.push((number, since));
        }
        let mut world = world.lock().unwrap();
        disturb(&mut world, &mut next, &mut rng);
        let good = world.good();
        was_good.extend(good);
        good_now = match (good, good_now) {
            (Some(number), Some((before, since))) if number == before => Some((number, since)),
            (good, _) => good.map(|number| (number, Instant::now())),
        };
        drop(world);
        if rng.u32(0..8) == 0 {
            watched.trigger().fire();
        }
    }

    assert!(watched.status().is_running(), "seed {seed}");
    drop((watched, part));
    subscriber.await.unwrap();
    let seen = seen.lock().unwrap();
    for (index, (_, version, number)) in seen.iter().enumerate() {
        assert_eq!(
            *version,
            index as u64 + 2,
            "seed {seed}: a version is missing in {seen:?}"
        );
        assert!(was_good.contains(number), "seed {seed}");
    }
    let mut before = 1;
    for (_, _, number) in seen.iter() {
        assert_ne!(*number, before, "seed {seed}: nothing changed");
        before = *number;
    }
    for (number, since) in due {
        // The first one was there before anyone subscribed, and one that was spoilt and restored is no change.
        let mut sightings = seen.iter().filter(|(_, _, seen)| *seen == number);
        let in_time = sightings.any(|(at, ..)| *at <= since + latest);
        assert!(
            in_time || number == 1,
            "seed {seed}: {number} was seen late or never"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn only_whole_good_configurations_are_seen_each_of_them_and_none_late() {
    for seed in 0..SCHEDULES {
        run(seed).await;
    }
}
