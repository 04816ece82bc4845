//! A login that is refused, and callers who do not know.

use infisical_fake::Era;
use keyfob::{ErrorKind, SecretString};

use crate::bench::{serve, stack_of};

#[tokio::test]
async fn a_wrong_client_secret_is_tried_once_however_often_it_is_needed() {
    let server = serve(&[("/db", "KEY", "value")]).await;
    assert_eq!(server.era(), Era::V4b);
    let wrong = SecretString::from("not the client secret");
    let stack = stack_of(&server)
        .client_secret(wrong)
        .retries(3)
        .build()
        .unwrap();
    for _ in 0..1001 {
        let error = stack.get("infisical:///db/KEY").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    }
    let counts = server.counts();
    assert_eq!((counts.logins, counts.total), (1, 1));

    stack.refresh("infisical:///db/KEY").await.unwrap_err();
    assert_eq!(server.counts().logins, 2, "a forced refresh tries again");
}
