//! A circuit breaker over any SecretSource.
