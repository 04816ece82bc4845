//! Nothing of one tenant reaches another, whatever happens at the same time.

use std::time::Duration;

use futures_util::future::join_all;
use keyfob::{
    Entry, ErrorKind, PutOptions, Secret, SecretError, SecretStore, SecretString, Selector, Stack,
};
use proptest::prelude::*;

use super::scene::{KEYS, OWNERS, Place, Scene, text};

/// One thing that is done or happens.
#[derive(Clone, Debug)]
enum Step {
    Get(Place),
    Batch(Vec<Place>),
    Refresh(Place),
    List(Place),
    Write(Vec<Place>),
    Invalidate(Option<usize>),
    Expire(usize),
    Revoke(usize),
    GoDown(usize),
    ComeBack(usize),
}

fn place() -> impl Strategy<Value = Place> {
    (0..OWNERS.len(), 0..2_usize, 0..2_usize, 0..2_usize).prop_map(
        |(owner, environment, folder, key)| Place {
            owner,
            environment,
            folder,
            key,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let owner = || 0..OWNERS.len();
    prop_oneof![
        6 => place().prop_map(Step::Get),
        4 => prop::collection::vec(place(), 1..8).prop_map(Step::Batch),
        2 => place().prop_map(Step::Refresh),
        1 => place().prop_map(Step::List),
        1 => prop::collection::vec(place(), 1..8).prop_map(Step::Write),
        2 => prop::option::of(0..KEYS.len()).prop_map(Step::Invalidate),
        1 => owner().prop_map(Step::Expire),
        1 => owner().prop_map(Step::Revoke),
        1 => owner().prop_map(Step::GoDown),
        1 => owner().prop_map(Step::ComeBack),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn nothing_of_one_tenant_ever_reaches_another(
        rounds in prop::collection::vec(prop::collection::vec(step(), 1..8), 1..10),
        ttl in prop_oneof![Just(Duration::from_millis(1)), Just(Duration::from_secs(300))],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(&rounds, ttl));
    }
}

/// Plays the steps of each round at the same time, and one round after the other.
///
/// With the short TTL nearly every look-up finds its entry stale, and refreshes it or is served with it.
async fn play(rounds: &[Vec<Step>], ttl: Duration) {
    let scene = Scene::start().await;
    let stack = scene.builder().cache_ttl(ttl).build().unwrap();
    let mut troubled = [false; OWNERS.len()];
    for round in rounds {
        // An outage is known before the round, since its steps have no order among themselves.
        for step in round {
            if let Step::GoDown(owner) = step {
                troubled[*owner] = true;
            }
        }
        join_all(round.iter().map(|step| run(step, &scene, &stack, troubled))).await;
    }
    stack.shutdown().await;
    scene.assert_apart();
}

async fn run(step: &Step, scene: &Scene, stack: &Stack, troubled: [bool; OWNERS.len()]) {
    let check = |place: Place, answer: Result<Secret, SecretError>| match answer {
        Ok(secret) => assert_eq!(text(&secret), place.value()),
        Err(error) => assert!(
            troubled[place.owner] && error.kind() == ErrorKind::Unavailable,
            "{place:?} failed without an outage of its server: {error:?}"
        ),
    };
    match step {
        Step::Get(place) => check(*place, stack.get(&place.reference()).await),
        Step::Refresh(place) => check(*place, stack.refresh(&place.reference()).await),
        Step::Batch(places) => {
            let references: Vec<_> = places.iter().map(|place| place.reference()).collect();
            let references: Vec<_> = references.iter().map(String::as_str).collect();
            let answers = stack.get_many(&references).await;
            for (place, answer) in places.iter().zip(answers) {
                check(*place, answer);
            }
        }
        Step::List(place) => {
            let reference = place.reference();
            let folder = &reference[..=reference.rfind('/').unwrap()];
            let listed = match stack.list(folder).await {
                Ok(listed) => listed,
                Err(error) => return check(*place, Err(error)),
            };
            for (address, secret) in listed {
                let key = KEYS.iter().position(|key| *key == address.key()).unwrap();
                check(Place { key, ..*place }, Ok(secret));
            }
        }
        Step::Write(places) => write(places, stack, troubled).await,
        Step::Invalidate(None) => {
            stack.cache().invalidate(&Selector::all());
        }
        Step::Invalidate(Some(key)) => {
            stack.cache().invalidate(&Selector::key(KEYS[*key]));
        }
        Step::Expire(owner) => scene.servers[*owner].expire_tokens(),
        Step::Revoke(owner) => scene.servers[*owner].revoke_tokens(),
        Step::GoDown(owner) => scene.servers[*owner].go_down(),
        Step::ComeBack(owner) => scene.servers[*owner].come_back().unwrap(),
    }
}

/// Writes the values that are there already, so that one that went to another server shows.
async fn write(places: &[Place], stack: &Stack, troubled: [bool; OWNERS.len()]) {
    let address = |place: &Place| stack.address(&place.reference()).unwrap();
    let entry = |place: &Place| Entry::new(address(place), SecretString::from(place.value()));
    let entries: Vec<_> = places.iter().map(entry).collect();
    let outcomes = stack
        .store()
        .unwrap()
        .put_many(&entries, PutOptions::upsert())
        .await;
    for ((place, entry), outcome) in places.iter().zip(&entries).zip(outcomes) {
        let Err(error) = outcome else { continue };
        let is_twice = entries
            .iter()
            .filter(|other| other.address() == entry.address())
            .count()
            > 1;
        assert!(
            is_twice || (troubled[place.owner] && error.kind() == ErrorKind::Unavailable),
            "{place:?} was not written without an outage of its server: {error:?}"
        );
    }
}
