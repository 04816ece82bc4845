//! Conditional requests: when a body is left out because the client has it.

use infisical_fake::{Era, Fake};

use crate::wire::send;

const ERAS: [Era; 3] = [Era::V2024, Era::V4a, Era::V4b];

struct Lists {
    fake: Fake,
    bearer: String,
    target: String,
}

impl Lists {
    async fn of(era: Era) -> Self {
        let fake = Fake::builder().era(era).start().await.unwrap();
        fake.set("dev", "/", "K", "v");
        let bearer = format!("Bearer {}", fake.issue_token());
        let project = fake.project_id();
        let target = format!("/api/v3/secrets/raw?workspaceId={project}&environment=dev");
        Self {
            fake,
            bearer,
            target,
        }
    }

    /// Asks with a tag, and gives status, tag and length of the answer.
    async fn ask(&self, tag: Option<&str>, is_authorized: bool) -> (u16, String, usize) {
        let mut headers = Vec::new();
        if is_authorized {
            headers.push(("authorization", self.bearer.as_str()));
        }
        headers.extend(tag.map(|tag| ("if-none-match", tag)));
        let address = self.fake.address();
        let reply = send(address, "GET", &self.target, &headers, None)
            .await
            .unwrap();
        let tag = reply.header("etag").unwrap().to_owned();
        (reply.status, tag, reply.body.len())
    }
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again_until_it_changes() {
    for era in ERAS {
        let lists = Lists::of(era).await;
        let (status, tag, _) = lists.ask(None, true).await;
        assert_eq!(status, 200, "{era}");
        assert_eq!(
            lists.ask(Some(&tag), true).await,
            (304, tag.clone(), 0),
            "{era}"
        );
        lists.fake.set("dev", "/", "K", "w");
        let (status, other, length) = lists.ask(Some(&tag), true).await;
        assert!(status == 200 && other != tag && length > 0, "{era}");
    }
}

#[tokio::test]
async fn only_the_tag_to_the_letter_counts() {
    let lists = Lists::of(Era::V2024).await;
    let (_, tag, _) = lists.ask(None, true).await;
    let bare = tag.trim_matches('"').to_owned();
    for other in [
        format!("W/{tag}"),
        format!("{tag}, \"x\""),
        "*".to_owned(),
        bare,
    ] {
        assert_eq!(lists.ask(Some(&other), true).await.0, 200, "{other}");
    }
}

#[tokio::test]
async fn the_token_is_checked_first_and_errors_have_tags_too() {
    let lists = Lists::of(Era::V2024).await;
    let (_, good, _) = lists.ask(None, true).await;
    let (status, tag, _) = lists.ask(Some(&good), false).await;
    assert_eq!(status, 401);
    assert_eq!(lists.ask(Some(&tag), false).await.0, 304);
}
