//! References in values.

use secret_source::SecretSource;

use crate::scene::{Outcome, Scene, ensure, failed, same};

pub(super) async fn expanded(scene: &Scene<'_>) -> Outcome {
    let folder = "refs";
    let target = scene.value("target");
    let path = scene.path(folder).trim_start_matches('/').replace('/', ".");
    let far = format!(
        "{{${{{}.{path}.TARGET}}}}",
        scene.server.settings.environment
    );
    let written = [
        ("TARGET", target.as_str()),
        ("ONE", "<${TARGET}>"),
        ("TWO", "[${ONE}]"),
        ("FAR", &far),
    ];
    scene.fill(folder, &written).await?;
    let expected = [
        ("ONE", format!("<{target}>")),
        ("TWO", format!("[<{target}>]")),
        ("FAR", format!("{{{target}}}")),
    ];
    let addresses = expected
        .each_ref()
        .map(|(key, _)| scene.secret(folder, key));
    let found = scene.client.get_many(&addresses).await;
    for ((key, value), found) in expected.iter().zip(found) {
        same(found, value, &format!("{key} in a list"))?;
    }
    for (key, value) in &expected {
        let found = scene.client.get(&scene.secret(folder, key)).await;
        same(found, value, &format!("{key} alone"))?;
    }
    Ok(())
}

pub(super) async fn dangling(scene: &Scene<'_>) -> Outcome {
    let folder = "dangling";
    scene
        .fill(folder, &[("LOST", "${NOWHERE}"), ("FINE", "fine")])
        .await?;
    let addresses = ["LOST", "FINE"].map(|key| scene.secret(folder, key));
    let mut found = scene.client.get_many(&addresses).await.into_iter();
    let lost = found.next().ok_or("an answer is missing")?;
    let lost = lost.map_err(failed("the look-up"))?;
    // The newest servers put empty text in its place.
    let is_told = lost.is_unexpanded() || lost.is_empty();
    ensure(is_told, "the value passes for a whole one")?;
    let fine = found.next().ok_or("an answer is missing")?;
    same(fine, "fine", "its neighbour")
}
