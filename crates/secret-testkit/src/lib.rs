//! The laws every SecretSource must obey, and leak canaries.
