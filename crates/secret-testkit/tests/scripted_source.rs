//! What a script does when it is asked.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use secret_source::{ErrorKind, ExposeSecret, Origin, Secret, SecretAddress, SecretSource};
use secret_testkit::ScriptedSource;

fn address(key: &str) -> SecretAddress {
    SecretAddress::new("x", "dev", &"/".parse().unwrap(), key)
}

#[tokio::test]
async fn a_batch_takes_one_answer_for_each_address_and_counts_once() {
    let answer = |value: &str| Ok(Secret::new(value, Origin::new("script")));
    let source = ScriptedSource::queue([answer("one"), answer("two")]);
    let answers = source
        .get_many(&[address("A"), address("B"), address("C")])
        .await;
    assert_eq!(answers[1].as_ref().unwrap().value().expose_secret(), "two");
    assert_eq!(answers[2].as_ref().unwrap_err().kind(), ErrorKind::Protocol);
    assert_eq!((source.calls(), source.batches()[0].len()), (1, 3));
}

#[tokio::test]
async fn a_held_source_hangs_until_it_is_released() {
    let source = ScriptedSource::value("v");
    source.hold();
    let asking = source.clone();
    let lookup = tokio::spawn(async move { asking.get(&address("A")).await });
    source.until_waiting(1).await;
    assert_eq!(source.gets(), [address("A")]);
    source.release();
    assert!(lookup.await.unwrap().is_ok());
    assert_eq!(source.waiting(), 0);
}

#[tokio::test]
async fn a_cancelled_look_up_hangs_no_more() {
    let source = ScriptedSource::value("v");
    source.hold();
    let asking = source.clone();
    let lookup = tokio::spawn(async move { asking.get(&address("A")).await });
    source.until_waiting(1).await;
    lookup.abort();
    assert!(lookup.await.is_err());
    assert_eq!(source.waiting(), 0);
}

#[tokio::test]
async fn peek_and_list_answer_only_where_they_are_scripted() {
    let folder = address("A").folder_address();
    let plain = ScriptedSource::value("v");
    assert!(plain.peek(&address("A")).is_none());
    assert_eq!(
        plain.list(&folder).await.unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    let scripted = ScriptedSource::value("v")
        .with_peek(|_| Some(Secret::new("ready", Origin::new("script"))))
        .with_list(|_| Ok(Vec::new()));
    assert!(scripted.peek(&address("A")).is_some());
    assert!(scripted.list(&folder).await.unwrap().is_empty());
}
