//! [`Boarding`]: how each address of a batch gets its answer.

use std::sync::Arc;

use secret_source::{AddressMap, Secret, SecretAddress, SecretError};

use super::Cache;
use super::fetch::Purpose;
use crate::flights::{Flight, Seat};

/// The places of a batch, and the flight that was begun for it.
pub(crate) struct Boarding {
    pub(crate) places: Vec<Place>,
    /// The new flight, where something else can be served if it takes too long.
    pub(crate) refresh: Option<Flight>,
}

/// How one address gets its answer.
pub(crate) enum Place {
    Known(Result<Secret, SecretError>),
    Aboard(Seat),
}

impl Cache {
    /// Finds a place for each address, and begins one flight for all that have none.
    ///
    /// A flight that refreshes a value takes the live values of the same folder with it, since a
    /// source that can list a folder answers them all with one request.
    pub(crate) fn board(self: &Arc<Self>, addresses: &[SecretAddress]) -> Boarding {
        let now = self.now();
        let mut writing = self.writing();
        let mut asked: Vec<SecretAddress> = Vec::new();
        let mut indices: AddressMap<usize> = AddressMap::default();
        let mut without_place: Vec<(usize, usize)> = Vec::new();
        let mut places: Vec<Option<Place>> = Vec::new();
        for (position, address) in addresses.iter().enumerate() {
            // A flight may have landed since the caller looked.
            let known = self.known(address).map(Place::Known);
            let place = known.or_else(|| writing.flights.join(address).map(Place::Aboard));
            if place.is_none() {
                let index = *indices.entry(address.clone()).or_insert_with(|| {
                    asked.push(address.clone());
                    asked.len() - 1
                });
                without_place.push((position, index));
            }
            places.push(place);
        }
        let refreshes = asked.iter().any(|address| self.has_stand_in(address));
        let mut refresh = None;
        if !asked.is_empty() {
            let mut neighbours = self.entries.neighbours(&indices, now);
            neighbours.retain(|other| !writing.flights.has(other));
            let flights = &mut writing.flights;
            let flight = self.depart(flights, asked, neighbours, now, Purpose::LookUp);
            for (position, index) in without_place {
                let seat = Seat {
                    flight: flight.clone(),
                    index,
                    departed: now,
                };
                places[position] = Some(Place::Aboard(seat));
            }
            refresh = refreshes.then_some(flight);
        }
        Boarding {
            places: places.into_iter().flatten().collect(),
            refresh,
        }
    }

    /// Begins one flight for all addresses, whatever is known or on its way, and gives each its seat.
    pub(crate) fn renew(self: &Arc<Self>, addresses: &[SecretAddress]) -> Vec<Seat> {
        if addresses.is_empty() {
            return Vec::new();
        }
        let now = self.now();
        let mut asked: Vec<SecretAddress> = Vec::new();
        let mut indices: AddressMap<usize> = AddressMap::default();
        for address in addresses {
            indices.entry(address.clone()).or_insert_with(|| {
                asked.push(address.clone());
                asked.len() - 1
            });
        }
        let mut writing = self.writing();
        let flight = self.depart(&mut writing.flights, asked, None, now, Purpose::Renewal);
        drop(writing);
        let seat = |address| Seat {
            flight: flight.clone(),
            index: indices[address],
            departed: now,
        };
        addresses.iter().map(seat).collect()
    }
}
