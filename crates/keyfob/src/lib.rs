//! Typed figment configuration whose secrets live in Infisical.
