//! Lists that are renewed by asking whether they changed.

use std::time::Duration;

use infisical_http::Infisical;
use secret_source::{ErrorKind, Missing, Secret, SecretError, SecretSource, SecretStore};

use crate::one_folder::Folder;
use crate::support::{address, pass, text};

/// Asks for keys by list; a single one would be looked up by name.
async fn ask<const N: usize>(
    infisical: &Infisical,
    keys: [&str; N],
) -> [Result<Secret, SecretError>; N] {
    let addresses = keys.map(|key| address("/app", key));
    let answers = infisical.get_many(&addresses).await;
    answers.try_into().unwrap()
}

async fn read_both(infisical: &Infisical) {
    let answers = ask(infisical, ["A", "B"]).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

#[tokio::test]
async fn a_list_that_did_not_change_is_renewed_with_a_new_age() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    let [first, _] = ask(&infisical, ["A", "B"]).await;
    assert_eq!(folder.last_asked(), None);
    let [again, other] = ask(&infisical, ["A", "B"]).await;
    assert_eq!(folder.last_asked().as_deref(), Some("\"state-1\""));
    assert_eq!(infisical.requests().not_modified, 1);
    let (first, again) = (first.unwrap(), again.unwrap());
    assert!(again.fetched_at() > first.fetched_at());
    assert_eq!(first.origin(), again.origin());
    assert_eq!(text(Ok(again)), "a 1");
    assert_eq!(text(other), "b 1");
}

#[tokio::test]
async fn a_list_that_changed_is_read_in_full() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    read_both(&infisical).await;
    folder.hold("\"state-2\"", "2");
    assert_eq!(ask(&infisical, ["A", "B"]).await.map(text), ["a 2", "b 2"]);
    assert_eq!(infisical.requests().not_modified, 0);
    assert_eq!(ask(&infisical, ["A", "B"]).await.map(text), ["a 2", "b 2"]);
    assert_eq!(folder.last_asked().as_deref(), Some("\"state-2\""));
}

#[tokio::test]
async fn a_key_that_was_not_handed_out_is_asked_for_in_full() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    let [first, missing] = ask(&infisical, ["A", "NOPE"]).await;
    assert!(first.is_ok() && missing.unwrap_err().kind().is_not_found());
    assert_eq!(ask(&infisical, ["A", "B"]).await.map(text), ["a 1", "b 1"]);
    assert_eq!(folder.last_asked(), None);
}

#[tokio::test]
async fn that_a_key_is_missing_is_renewed_with_the_rest_of_its_folder() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    let [_, first] = ask(&infisical, ["A", "NOPE"]).await;
    let [value, again] = ask(&infisical, ["A", "NOPE"]).await;
    assert_eq!(text(value), "a 1");
    assert_eq!(folder.last_asked().as_deref(), Some("\"state-1\""));
    assert_eq!(infisical.requests().not_modified, 1);
    let (first, again) = (first.unwrap_err(), again.unwrap_err());
    assert_eq!(again.kind(), ErrorKind::NotFound(Missing::Secret));
    assert_eq!(
        (first.hint(), first.address()),
        (again.hint(), again.address())
    );
    assert_ne!(first.correlation_id(), again.correlation_id());
}

#[tokio::test]
async fn a_value_that_may_be_unfinished_is_not_renewed() {
    let (folder, builder) = Folder::serve("${DEEP}").await;
    let infisical = builder.build().unwrap();
    for _ in 0..2 {
        let [first, _] = ask(&infisical, ["A", "B"]).await;
        assert!(first.unwrap().is_unexpanded());
    }
    assert!(folder.take_asked().iter().all(Option::is_none));
}

#[tokio::test]
async fn the_state_of_a_refusal_is_no_state_of_the_folder() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    read_both(&infisical).await;
    folder.hold("\"refusal\"", "1");
    folder.refuse(403);
    for _ in 0..2 {
        let [first, _] = ask(&infisical, ["A", "B"]).await;
        assert_eq!(first.unwrap_err().kind(), ErrorKind::Denied);
    }
    assert_eq!(
        folder.last_asked(),
        None,
        "what may not be read is forgotten"
    );
}

#[tokio::test]
async fn after_a_quarter_of_an_hour_a_list_is_read_in_full_whatever_the_server_said() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    read_both(&infisical).await;
    pass(Duration::from_secs(800)).await;
    read_both(&infisical).await;
    assert!(folder.last_asked().is_some());
    pass(Duration::from_secs(100)).await;
    read_both(&infisical).await;
    assert_eq!(folder.last_asked(), None);
}

#[tokio::test]
async fn nothing_is_kept_where_nothing_may_be() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.conditional_for(Duration::ZERO).build().unwrap();
    read_both(&infisical).await;
    read_both(&infisical).await;
    assert_eq!(folder.last_asked(), None);
}

#[tokio::test]
async fn not_modified_without_a_question_is_asked_about_once_more() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    folder.confirm_unasked(1);
    assert_eq!(ask(&infisical, ["A", "B"]).await.map(text), ["a 1", "b 1"]);
    assert_eq!(folder.take_asked(), [None, None]);
    assert_eq!(infisical.requests().not_modified, 0);
}

#[tokio::test]
async fn not_modified_without_a_question_is_no_answer() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    folder.confirm_unasked(usize::MAX);
    let [first, _] = ask(&infisical, ["A", "B"]).await;
    let error = first.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.hint().unwrap().contains("proxy"), "{error:?}");
    assert_eq!(folder.take_asked(), [None, None], "once more, and no more");
    let single = infisical.get(&address("/app", "A")).await;
    assert_eq!(single.unwrap_err().kind(), ErrorKind::Protocol);
    assert_eq!(folder.take_asked(), [None, None], "a look-up by name, too");
}

/// Asks whether a list changed, and forgets it before the answer is there.
async fn confirm_what_is_forgotten(
    folder: &Folder,
    infisical: &Infisical,
) -> [Result<Secret, SecretError>; 2] {
    folder.take_asked();
    let gate = folder.hold_back();
    let asking = ask(infisical, ["A", "B"]);
    let forgetting = async {
        gate.arrived.notified().await;
        infisical.revoke().await.unwrap();
        gate.open.notify_one();
    };
    let (answers, ()) = tokio::join!(asking, forgetting);
    answers
}

#[tokio::test]
async fn a_confirmed_list_that_was_forgotten_meanwhile_is_read_in_full() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    read_both(&infisical).await;
    let answers = confirm_what_is_forgotten(&folder, &infisical).await;
    assert_eq!(answers.map(text), ["a 1", "b 1"]);
    let condition = Some("\"state-1\"".to_owned());
    assert_eq!(folder.take_asked(), [condition, None]);
}

#[tokio::test]
async fn a_list_that_is_confirmed_and_forgotten_is_asked_for_once_more_only() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    read_both(&infisical).await;
    folder.confirm_unasked(usize::MAX);
    let [first, _] = confirm_what_is_forgotten(&folder, &infisical).await;
    assert_eq!(first.unwrap_err().kind(), ErrorKind::Protocol);
    assert_eq!(folder.take_asked().len(), 2);
}

#[tokio::test]
async fn a_folder_that_was_written_to_is_read_in_full() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    read_both(&infisical).await;
    infisical.delete(&address("/app", "C")).await.unwrap();
    folder.take_asked();
    read_both(&infisical).await;
    assert_eq!(folder.take_asked(), [None]);
}
