//! One id leads from the caller's error through every layer to the source.

use std::sync::{Arc, Mutex};

use keyfob::{
    CorrelationId, Missing, Origin, Secret, SecretAddress, SecretError, SecretSource, Stack,
    async_trait,
};

/// Refuses every look-up, and keeps the operation that each was a part of.
#[derive(Clone, Debug, Default)]
struct Witness(Arc<Mutex<Vec<Option<CorrelationId>>>>);

impl Witness {
    fn seen(&self) -> Vec<Option<CorrelationId>> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[async_trait]
impl SecretSource for Witness {
    fn origin(&self) -> Origin {
        Origin::new("witness")
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        self.0.lock().unwrap().push(CorrelationId::current());
        Err(SecretError::not_found(Missing::Secret).with_address(address))
    }
}

fn stack() -> (Stack, Witness) {
    let witness = Witness::default();
    let builder = Stack::builder().environment("dev");
    (
        builder
            .source("infisical", witness.clone())
            .build()
            .unwrap(),
        witness,
    )
}

#[tokio::test]
async fn a_source_knows_the_operation_whose_error_the_caller_sees() {
    let (stack, witness) = stack();
    let mut ids = Vec::new();
    for reference in ["infisical:///A", "infisical:///B"] {
        let id = stack.get(reference).await.unwrap_err().correlation_id();
        assert_eq!(witness.seen(), [Some(id)], "{reference}");
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_batch_is_one_operation() {
    let (stack, witness) = stack();
    let answers = stack
        .get_many(&["infisical:///A", "infisical://prod/B"])
        .await;
    let ids: Vec<_> = answers
        .into_iter()
        .map(|answer| Some(answer.unwrap_err().correlation_id()))
        .collect();
    assert_eq!(ids[0], ids[1]);
    assert_eq!(witness.seen(), ids);
}

#[tokio::test]
async fn the_callers_own_id_is_the_one_that_goes_down() {
    let (stack, witness) = stack();
    let id = CorrelationId::from_u64(7);
    let resolver = stack.resolver().correlated(id);
    let error = resolver.answer(&"infisical:///A".parse().unwrap()).await;
    assert_eq!(error.unwrap_err().correlation_id(), id);
    assert_eq!(witness.seen(), [Some(id)]);
}
