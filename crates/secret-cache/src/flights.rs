//! [`Flights`]: one upstream call per address, however many wait for it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use secret_source::{AddressMap, Secret, SecretAddress, SecretError};

/// The answers of one upstream call, in the order of its addresses.
pub(crate) type Answers = Arc<[Result<Secret, SecretError>]>;

/// An upstream call that is driven by whoever waits for it, and dropped when nobody does.
pub(crate) type Flight = Shared<BoxFuture<'static, Answers>>;

/// Knows which call is in the air for which address.
///
/// It knows neither runtime nor lock; whoever owns it provides both.
#[derive(Default)]
pub(crate) struct Flights {
    in_the_air: AddressMap<InTheAir>,
    departures: u64,
}

struct InTheAir {
    number: u64,
    index: usize,
    departed: Duration,
    // Weak, so that only those who wait keep the flight going.
    flight: WeakShared<BoxFuture<'static, Answers>>,
}

/// Waits for one answer of a flight.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) flight: Flight,
    pub(crate) index: usize,
    /// When the flight began, by the cache's clock.
    pub(crate) departed: Duration,
}

impl Flights {
    /// Takes a seat in the flight that is in the air for an address.
    pub(crate) fn join(&self, address: &SecretAddress) -> Option<Seat> {
        let InTheAir {
            index,
            departed,
            flight,
            ..
        } = self.in_the_air.get(address)?;
        Some(Seat {
            flight: flight.upgrade()?,
            index: *index,
            departed: *departed,
        })
    }

    /// Tells whether a flight is registered for an address.
    ///
    /// Unlike [`join`](Self::join) this makes no seat, whose end could end the flight.
    pub(crate) fn has(&self, address: &SecretAddress) -> bool {
        self.in_the_air.contains_key(address)
    }

    /// Begins a flight, which takes the place of those in the air for the same addresses.
    pub(crate) fn depart(
        &mut self,
        addresses: &[SecretAddress],
        now: Duration,
        call: impl FnOnce(u64) -> BoxFuture<'static, Answers>,
    ) -> Flight {
        self.departures += 1;
        let number = self.departures;
        let flight = call(number).shared();
        for (index, address) in addresses.iter().enumerate() {
            if let Some(flight) = flight.downgrade() {
                let registered = InTheAir {
                    number,
                    index,
                    departed: now,
                    flight,
                };
                self.in_the_air.insert(address.clone(), registered);
            }
        }
        flight
    }

    /// Ends a flight for one address, and tells whether its answer may be stored: no invalidation
    /// and no later flight came between.
    pub(crate) fn arrive(&mut self, number: u64, address: &SecretAddress) -> bool {
        let current = self
            .in_the_air
            .get(address)
            .is_some_and(|other| other.number == number);
        if current {
            self.in_the_air.remove(address);
        }
        current
    }

    /// Forgets the flights of all matching addresses: those who wait are answered, nobody else joins,
    /// and nothing is stored.
    pub(crate) fn forget(&mut self, matches: impl Fn(&SecretAddress) -> bool) {
        self.in_the_air.retain(|address, _| !matches(address));
    }
}

impl Seat {
    pub(crate) async fn answer(&self) -> Result<Secret, SecretError> {
        let answers = self.flight.clone().await;
        answers
            .get(self.index)
            .cloned()
            .unwrap_or_else(|| Err(unanswered()))
    }
}

/// Describes a source that answered fewer addresses than it was asked for.
pub(crate) fn unanswered() -> SecretError {
    SecretError::protocol("the source left this address unanswered")
}

#[cfg(test)]
mod tests {
    use std::future;

    use secret_source::FolderAddress;

    use super::*;

    fn address(key: &str) -> SecretAddress {
        FolderAddress::new("infisical", "prod", &"/".parse().unwrap()).secret(key)
    }

    fn depart(flights: &mut Flights, keys: &[&str]) -> Flight {
        let addresses: Vec<_> = keys.iter().map(|key| address(key)).collect();
        flights.depart(&addresses, Duration::ZERO, |_| Box::pin(future::pending()))
    }

    #[test]
    fn a_flight_is_joined_by_each_of_its_addresses_while_someone_waits() {
        let mut flights = Flights::default();
        let flight = depart(&mut flights, &["A", "B"]);
        assert_eq!(flights.join(&address("B")).map(|seat| seat.index), Some(1));
        assert!(flights.join(&address("C")).is_none());
        drop(flight);
        assert!(flights.join(&address("B")).is_none());
    }

    #[test]
    fn a_flight_arrives_once() {
        let mut flights = Flights::default();
        let _flight = depart(&mut flights, &["A"]);
        assert!(flights.arrive(1, &address("A")));
        assert!(!flights.arrive(1, &address("A")));
        assert!(flights.join(&address("A")).is_none());
    }

    #[test]
    fn a_forgotten_or_overtaken_flight_stores_nothing() {
        let mut flights = Flights::default();
        let _first = depart(&mut flights, &["A", "B", "C"]);
        flights.forget(|address| address.key() == "A");
        let _second = depart(&mut flights, &["B"]);
        assert!(!flights.arrive(1, &address("A")));
        assert!(!flights.arrive(1, &address("B")));
        assert!(flights.arrive(1, &address("C")));
        assert!(flights.arrive(2, &address("B")));
    }
}
