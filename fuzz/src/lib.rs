//! Fuzz targets: what must hold for every input, however broken.
//!
//! Each target is a module with a function `run` that panics where a law is broken. `cargo xtask fuzz` runs it
//! under libFuzzer; the tests run it on the files of `corpus/`, which need neither.
//!
//! | target | input | laws |
//! |---|---|---|
//! | [`mod@reference`] | a text | what parses survives its canonical form, accepted is exactly what the grammar allows, errors point into the input |
//! | [`template`] | a text | the parts are those of a second reading, dollars are counted right, no error quotes what surrounds a reference |
//! | [`dotenv`] | a `.env` file | values, lines and errors are those of a second reading, what follows changes nothing before it |
//! | [`list`] | the body of a list or a look-up | each row comes out as its own value or as a typed error, by the rules of precedence |
//! | [`snapshot`] | a file, or the body of one | used as a whole or refused as a whole, no change goes unnoticed, no length is believed |
//! | [`answer`] | an operation, a status, headers and a body | there is always a kind that fits the status, pauses are bounded, nothing of the answer is shown |

pub mod answer;
pub mod dotenv;
pub mod list;
pub mod reference;
pub mod snapshot;
pub mod template;

mod canary;
mod corpus;
mod dotenv_reading;
mod growth;
mod template_reading;

// One statement of what the grammar forbids, shared with the tests of that crate.
#[path = "../../crates/secret-ref/tests/laws/violation.rs"]
mod violation;

pub use corpus::replay;
