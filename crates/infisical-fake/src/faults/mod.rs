//! Scripted failures.

pub(crate) mod fault;
pub(crate) mod fault_answer;
