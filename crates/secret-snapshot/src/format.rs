//! The encoding of the file: numbers in big endian, texts after their length.

mod body;
mod header;
mod reader;
mod writer;

pub(crate) use body::{Row, read_rows, write_rows};
pub(crate) use header::{Header, Kdf};
pub(crate) use writer::Writer;
