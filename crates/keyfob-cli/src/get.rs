//! `keyfob get`: the values of references, and nothing else.

use keyfob::{ExposeSecret, Stack};

use crate::arguments::GetArguments;
use crate::failure::Failure;
use crate::output;

/// Prints the values, one after a line break. Nothing is printed where one of them cannot be had.
pub(crate) async fn run(arguments: GetArguments) -> Result<(), Failure> {
    let parsed = arguments
        .references
        .iter()
        .map(|text| keyfob::SecretRef::parse(text));
    let references = parsed
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::usage(format!("{error}\n  hint: {}", error.hint())))?;
    let stack = Stack::from_env()?;
    let answers = stack.resolver().answer_many(&references).await;
    stack.shutdown().await;
    let mut text = Vec::new();
    for (index, answer) in answers.into_iter().enumerate() {
        if index > 0 {
            text.push(b'\n');
        }
        // An optional reference to a missing secret is an empty line.
        if let Some(secret) = answer? {
            text.extend_from_slice(secret.value().expose_secret().as_bytes());
        }
    }
    output::raw(&text)
}
