//! Tests that cross crates live in `tests/`. Here the snippets of README and book are compiled.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/figment.md")]
struct Figment;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/folders.md")]
struct Folders;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/getting-started.md")]
struct GettingStarted;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/identities.md")]
struct Identities;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/profiles.md")]
struct Profiles;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/requirements.md")]
struct WhatAServiceNeeds;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/settings.md")]
struct Settings;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/snapshot.md")]
struct Snapshot;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/testing-your-application.md")]
struct TestingYourApplication;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/the-stack.md")]
struct TheStack;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/watch.md")]
struct Watching;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/writing-a-source.md")]
struct WritingASource;

#[cfg(doctest)]
#[doc = include_str!("../../docs/src/writing-secrets.md")]
struct WritingSecrets;
