//! Secrets that come into a folder from others.

use std::collections::BTreeSet;

use secret_source::SecretSource;

use crate::scene::{Outcome, Scene, ensure, failed, same};

/// Makes a folder that imports two others, `one` and then `two`, and gives its name.
async fn importer(scene: &Scene<'_>, name: &str) -> Result<String, String> {
    let of = |folder: &str| format!("{name}/{folder}");
    let own = scene.value("own");
    scene.fill(&of("app"), &[("OWN", &own)]).await?;
    let one = scene.value("one");
    let secrets = [("OWN", one.as_str()), ("BOTH", &one), ("ONE", &one)];
    scene.fill(&of("one"), &secrets).await?;
    let two = scene.value("two");
    scene
        .fill(&of("two"), &[("BOTH", &two), ("TWO", &two)])
        .await?;
    let app = of("app");
    for source in ["one", "two"] {
        let path = scene.path(&of(source));
        scene.server.import(&scene.path(&app), &path).await?;
    }
    Ok(app)
}

/// Looks a key up alone, and in a list together with another.
async fn both_ways(scene: &Scene<'_>, folder: &str, key: &str, value: &str) -> Outcome {
    let address = scene.secret(folder, key);
    same(scene.client.get(&address).await, value, "the look-up")?;
    let beside = scene.secret(folder, "NOPE");
    let mut found = scene.client.get_many(&[address, beside]).await.into_iter();
    same(
        found.next().ok_or("an answer is missing")?,
        value,
        "the list",
    )
}

pub(super) async fn own_wins(scene: &Scene<'_>) -> Outcome {
    let app = importer(scene, "own-wins").await?;
    both_ways(scene, &app, "OWN", &scene.value("own")).await
}

pub(super) async fn last_wins(scene: &Scene<'_>) -> Outcome {
    let app = importer(scene, "last-wins").await?;
    both_ways(scene, &app, "BOTH", &scene.value("two")).await?;
    both_ways(scene, &app, "ONE", &scene.value("one")).await
}

pub(super) async fn missing_folder(scene: &Scene<'_>) -> Outcome {
    let folder = "missing-import";
    let value = scene.value("there");
    scene
        .fill(&format!("{folder}/one"), &[("ONE", &value)])
        .await?;
    scene
        .fill(&format!("{folder}/app"), &[("OWN", &value)])
        .await?;
    let app = format!("{folder}/app");
    // What does not exist comes first, where old servers are led astray by it.
    for source in ["nowhere", "one"] {
        let path = scene.path(&format!("{folder}/{source}"));
        scene.server.import(&scene.path(&app), &path).await?;
    }
    both_ways(scene, &app, "ONE", &value).await?;
    both_ways(scene, &app, "OWN", &value).await
}

pub(super) async fn listed(scene: &Scene<'_>) -> Outcome {
    let app = importer(scene, "import-list").await?;
    let found = scene.client.list(&scene.folder(&app)).await;
    let found = found.map_err(failed("the list"))?;
    let keys: BTreeSet<_> = found.iter().map(|(address, _)| address.key()).collect();
    let all = BTreeSet::from(["BOTH", "ONE", "OWN", "TWO"]);
    ensure(
        keys == all && found.len() == all.len(),
        "other keys than all, each once",
    )
}
