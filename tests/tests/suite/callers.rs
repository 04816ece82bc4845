//! Many callers at once.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use futures_util::future::join_all;
use keyfob::ExposeSecret;

use crate::bench::{serve, stack_of};

#[tokio::test]
async fn a_thousand_look_ups_of_one_cold_key_make_one_request() {
    let server = serve(&[("/db", "KEY", "value")]).await;
    let stack = stack_of(&server).build().unwrap();
    let answers = join_all((0..1000).map(|_| stack.get("infisical:///db/KEY"))).await;
    for answer in answers {
        assert_eq!(answer.unwrap().value().expose_secret(), "value");
    }
    let counts = server.counts();
    assert_eq!((counts.logins, counts.gets, counts.total), (1, 1, 2));
}

#[tokio::test]
async fn dropping_the_first_caller_changes_nothing_for_the_others() {
    let server = serve(&[("/db", "KEY", "value")]).await;
    let stack = stack_of(&server).build().unwrap();
    let mut others: Vec<_> = Vec::new();
    {
        let mut first = pin!(stack.get("infisical:///db/KEY"));
        let mut context = Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(&mut context).is_pending());
        for _ in 0..999 {
            let mut other = Box::pin(stack.get("infisical:///db/KEY"));
            assert!(other.as_mut().poll(&mut context).is_pending());
            others.push(other);
        }
    }
    for answer in join_all(others).await {
        assert_eq!(answer.unwrap().value().expose_secret(), "value");
    }
    let counts = server.counts();
    assert_eq!((counts.logins, counts.gets), (1, 1));
}
