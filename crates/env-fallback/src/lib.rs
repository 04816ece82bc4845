//! Secrets from environment variables and .env files, alone or beneath another source.
