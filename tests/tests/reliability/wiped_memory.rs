//! The memory scan of a program that wipes what it frees, as the `keyfob` binary does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

#[cfg(unix)]
mod memory_scan;
#[expect(dead_code, reason = "the other experiments use the rest")]
mod rows;
#[expect(dead_code, reason = "the other experiments use the rest")]
mod scale;

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

/// The allocator of the binary, `crates/keyfob-cli/src/main.rs`.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);
