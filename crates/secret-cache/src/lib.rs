//! A cache over any SecretSource: TTL, stale window, single flight.
