//! Writes, each read back.

use secret_source::{Change, Entry, ErrorKind, PutOptions, SecretSource, SecretStore};

use crate::scene::{Outcome, Scene, ensure, failed, put, refused, same};

const FOLDER: &str = "writes";
const CREATE: PutOptions = PutOptions::create().create_folders();
const UPDATE: PutOptions = PutOptions::update();
const UPSERT: PutOptions = PutOptions::upsert().create_folders();

pub(super) async fn created(scene: &Scene<'_>) -> Outcome {
    let (address, value) = (scene.secret(FOLDER, "CREATED"), scene.value("new"));
    let written = put(&scene.client, &address, &value, CREATE);
    let written = written.await.map_err(failed("the creation"))?;
    ensure(written.change() == Change::Created, "it was no creation")?;
    same(scene.client.get(&address).await, &value, "the look-up")
}

pub(super) async fn not_created_twice(scene: &Scene<'_>) -> Outcome {
    let (address, value) = (scene.secret(FOLDER, "TWICE"), scene.value("first"));
    scene.fill(FOLDER, &[("TWICE", &value)]).await?;
    let other = scene.value("second");
    let again = put(&scene.client, &address, &other, CREATE).await;
    refused(
        again,
        |kind| kind == ErrorKind::Invalid,
        "the second creation",
    )?;
    same(scene.client.get(&address).await, &value, "the look-up")
}

pub(super) async fn updated(scene: &Scene<'_>) -> Outcome {
    let (address, value) = (scene.secret(FOLDER, "UPDATED"), scene.value("after"));
    scene
        .fill(FOLDER, &[("UPDATED", &scene.value("before"))])
        .await?;
    let before = scene.client.get(&address).await;
    let before = before.map_err(failed("the look-up before"))?;
    let written = put(&scene.client, &address, &value, UPDATE);
    let written = written.await.map_err(failed("the update"))?;
    ensure(written.change() == Change::Updated, "it was no update")?;
    let after = scene.client.get(&address).await;
    let version = after.as_ref().ok().and_then(secret_source::Secret::version);
    same(after, &value, "the look-up after")?;
    ensure(version > before.version(), "the version did not grow")
}

pub(super) async fn not_updated_out_of_nothing(scene: &Scene<'_>) -> Outcome {
    scene
        .fill(FOLDER, &[("FIRST", &scene.value("first"))])
        .await?;
    let address = scene.secret(FOLDER, "NOTHING");
    let written = put(&scene.client, &address, &scene.value("new"), UPDATE).await;
    refused(written, ErrorKind::is_not_found, "the update")?;
    let found = scene.client.get(&address).await;
    refused(found, ErrorKind::is_not_found, "the look-up")
}

pub(super) async fn upserted(scene: &Scene<'_>) -> Outcome {
    let folder = "upserts";
    scene
        .fill(folder, &[("OLD", &scene.value("before"))])
        .await?;
    let keys = ["OLD", "NEW", "NEWER"];
    let values = keys.map(|key| scene.value(key));
    let entries: Vec<_> = keys
        .iter()
        .zip(&values)
        .map(|(key, value)| Entry::new(scene.secret(folder, key), value.as_str()))
        .collect();
    let written = scene.client.put_many(&entries, UPSERT).await;
    let expected = [Change::Updated, Change::Created, Change::Created];
    for (written, expected) in written.into_iter().zip(expected) {
        let written = written.map_err(failed("an upsert"))?;
        ensure(
            written.change() == expected,
            "a creation counts as an update",
        )?;
    }
    let addresses = keys.map(|key| scene.secret(folder, key));
    let found = scene.client.get_many(&addresses).await;
    found
        .into_iter()
        .zip(&values)
        .try_for_each(|(found, value)| same(found, value, "a look-up"))
}

pub(super) async fn spared(scene: &Scene<'_>) -> Outcome {
    let folder = "spared";
    let (old, new) = (scene.value("old"), scene.value("new"));
    scene.fill(folder, &[("OLD", &old)]).await?;
    let entries = ["OLD", "NEW"].map(|key| Entry::new(scene.secret(folder, key), new.as_str()));
    let mut written = scene.client.put_many(&entries, CREATE).await.into_iter();
    let mut next = || written.next().ok_or("an outcome is missing");
    refused(
        next()?,
        |kind| kind == ErrorKind::Invalid,
        "the creation of what exists",
    )?;
    next()?.map_err(failed("the creation of what is new"))?;
    let found = scene.client.get(&scene.secret(folder, "OLD")).await;
    same(found, &old, "the look-up of what existed")?;
    let found = scene.client.get(&scene.secret(folder, "NEW")).await;
    same(found, &new, "the look-up of what is new")
}

pub(super) async fn trimmed(scene: &Scene<'_>) -> Outcome {
    let (address, kept) = (scene.secret(FOLDER, "TRIMMED"), scene.value("kept"));
    let padded = format!("  {kept}\t ");
    let written = put(&scene.client, &address, &padded, UPSERT);
    refused(
        written.await,
        |kind| kind == ErrorKind::Invalid,
        "the write",
    )?;
    let found = scene.client.get(&address).await;
    refused(found, ErrorKind::is_not_found, "the look-up before")?;
    let written = put(&scene.client, &address, &padded, UPSERT.allow_trimming());
    written.await.map_err(failed("the write that allows it"))?;
    same(scene.client.get(&address).await, &kept, "the look-up after")
}

pub(super) async fn kept_exactly(scene: &Scene<'_>) -> Outcome {
    let mark = &scene.server.settings.mark;
    let lines = format!("-----BEGIN TEST-----\n{mark}\n\n\tq\\\"'$%{{}}\n-----END TEST-----\n");
    let scripts = format!("{mark} é ß 漢字 \u{1f511} \u{200d} a\u{a0}b");
    let values = [("LINES", lines.as_str()), ("SCRIPTS", &scripts)];
    scene.fill("exact", &values).await?;
    let addresses = values.map(|(key, _)| scene.secret("exact", key));
    for (found, (key, value)) in scene
        .client
        .get_many(&addresses)
        .await
        .into_iter()
        .zip(values)
    {
        same(found, value, &format!("{key} in a list"))?;
        let found = scene.client.get(&scene.secret("exact", key)).await;
        same(found, value, &format!("{key} alone"))?;
    }
    Ok(())
}

pub(super) async fn named_oddly(scene: &Scene<'_>) -> Outcome {
    let (address, value) = (scene.secret(FOLDER, "ÖDD.100%+1"), scene.value("odd"));
    let written = put(&scene.client, &address, &value, CREATE);
    written.await.map_err(failed("the creation"))?;
    same(scene.client.get(&address).await, &value, "the look-up")?;
    let gone = scene.client.delete(&address).await;
    gone.map_err(failed("the deletion"))?;
    let found = scene.client.get(&address).await;
    refused(found, ErrorKind::is_not_found, "the look-up after")
}

pub(super) async fn deleted(scene: &Scene<'_>) -> Outcome {
    let folder = "deleted";
    let value = scene.value("short-lived");
    scene
        .fill(
            folder,
            &[("ONE", &value), ("TWO", &value), ("THREE", &value)],
        )
        .await?;
    let [one, two, three] = ["ONE", "TWO", "THREE"].map(|key| scene.secret(folder, key));
    let gone = scene.client.delete(&one).await;
    gone.map_err(failed("the deletion"))?;
    let again = scene.client.delete(&one).await;
    refused(again, ErrorKind::is_not_found, "the deletion again")?;
    for gone in scene
        .client
        .delete_many(&[two.clone(), three.clone()])
        .await
    {
        gone.map_err(failed("a deletion of several"))?;
    }
    for found in scene.client.get_many(&[one, two, three]).await {
        refused(found, ErrorKind::is_not_found, "a look-up after")?;
    }
    Ok(())
}
