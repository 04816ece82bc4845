//! A SecretSource over Infisical's HTTP API.
