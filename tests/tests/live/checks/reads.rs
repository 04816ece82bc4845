//! Reads of one folder, of several, and of what is not there.

use std::collections::BTreeSet;
use std::num::NonZeroU64;

use secret_ref::FolderPath;
use secret_source::{ErrorKind, FolderAddress, PutOptions, SecretSource};

use crate::scene::{Outcome, Scene, ensure, failed, put, refused, same};

pub(super) async fn listed(scene: &Scene<'_>) -> Outcome {
    let value = scene.value("listed");
    scene
        .fill("list", &[("ONE", &value), ("TWO", &value)])
        .await?;
    scene.fill("list/below", &[("DEEP", &value)]).await?;
    for what in ["the list", "the list again"] {
        let found = scene.client.list(&scene.folder("list")).await;
        let found = found.map_err(failed(what))?;
        let keys: BTreeSet<_> = found.iter().map(|(address, _)| address.key()).collect();
        ensure(
            keys == BTreeSet::from(["ONE", "TWO"]),
            "other keys than were written",
        )?;
        for (_, secret) in found {
            same(Ok(secret), &value, what)?;
        }
    }
    Ok(())
}

/// Fills three folders with one key each, and gives their addresses and values.
async fn three(scene: &Scene<'_>, name: &str) -> Result<Vec<(String, String)>, String> {
    let mut all = Vec::new();
    for number in 1..=3 {
        let folder = format!("{name}/{number}");
        let value = scene.value(&folder);
        scene.fill(&folder, &[("KEY", &value)]).await?;
        all.push((folder, value));
    }
    Ok(all)
}

pub(super) async fn batched(scene: &Scene<'_>) -> Outcome {
    let mut all = three(scene, "batch").await?;
    all.reverse();
    let keys = all
        .iter()
        .flat_map(|(folder, _)| ["KEY", "NOPE"].map(|key| scene.secret(folder, key)));
    let addresses: Vec<_> = keys.collect();
    let mut found = scene.client.get_many(&addresses).await.into_iter();
    for (folder, value) in &all {
        let mut next = || found.next().ok_or("an answer is missing");
        same(next()?, value, folder)?;
        refused(
            next()?,
            ErrorKind::is_not_found,
            "a key that does not exist",
        )?;
    }
    Ok(())
}

pub(super) async fn recursive(scene: &Scene<'_>) -> Outcome {
    let all = three(scene, "tree").await?;
    let few = scene
        .builder(&scene.server.settings.url)
        .requests_per_minute(1);
    let client = few.build().map_err(|error| error.to_string())?;
    // The first look-up learns what the server speaks.
    let first = client.get(&scene.secret(&all[0].0, "KEY")).await;
    same(first, &all[0].1, "the first look-up")?;
    let before = client.requests();
    let addresses: Vec<_> = all
        .iter()
        .map(|(folder, _)| scene.secret(folder, "KEY"))
        .collect();
    let found = client.get_many(&addresses).await;
    for (found, (folder, value)) in found.into_iter().zip(&all) {
        same(found, value, folder)?;
    }
    let lists = client.requests().lists - before.lists;
    ensure(lists == 1, "it took more than one list")
}

pub(super) async fn missing(scene: &Scene<'_>) -> Outcome {
    scene
        .fill("there", &[("KEY", &scene.value("there"))])
        .await?;
    let secret = scene.client.get(&scene.secret("there", "NOPE")).await;
    refused(secret, ErrorKind::is_not_found, "a secret")?;
    let folder = scene.client.get(&scene.secret("nowhere", "NOPE")).await;
    refused(
        folder,
        ErrorKind::is_not_found,
        "a secret of a missing folder",
    )?;
    let folder = scene.client.list(&scene.folder("nowhere")).await;
    refused(folder, ErrorKind::is_not_found, "a missing folder")?;
    let path = FolderPath::root();
    let nowhere = FolderAddress::new("infisical", "keyfob-nowhere", &path);
    // A server may say no more than that it may not be read.
    let is_right = |kind: ErrorKind| matches!(kind, ErrorKind::Invalid | ErrorKind::Denied);
    refused(
        scene.client.list(&nowhere).await,
        is_right,
        "an environment",
    )
}

pub(super) async fn versioned(scene: &Scene<'_>) -> Outcome {
    let (first, second) = (scene.value("first"), scene.value("second"));
    scene.fill("versions", &[("KEY", &first)]).await?;
    let address = scene.secret("versions", "KEY");
    let put = put(&scene.client, &address, &second, PutOptions::update());
    put.await.map_err(failed("the update"))?;
    let old = scene
        .client
        .get(&address.with_version(NonZeroU64::MIN))
        .await;
    match old {
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(()),
        old => same(old, &first, "the first version"),
    }
}
