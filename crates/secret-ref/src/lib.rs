//! Parses and prints secret references and templates.
