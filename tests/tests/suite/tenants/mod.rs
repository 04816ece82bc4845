//! Several organisations behind one stack.

mod apart;
mod scene;
mod settings;
