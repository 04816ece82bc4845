//! How requirements are answered, and in which order the places are asked.

use std::collections::{HashMap, HashSet};

use env_fallback::{EnvSource, Environment, VariableNames};
use secret_ref::SecretRef;
use secret_source::{FolderAddress, Resolver, Secret, SecretAddress, SecretError, SecretSource};

use crate::prefetched::{Fetched, Prefetched, Required, Unmet};
use crate::requirement::{Requirement, VariableTurn};

/// What is known about a requirement so far.
enum State {
    /// Nothing answered yet; the error of the last place that was asked.
    Open(Option<SecretError>),
    /// The `.env` file stands in for a place that does not have the secret, as long as no further place has it.
    StandIn(SecretAddress, Secret),
    Found(SecretAddress, Secret),
    Failed(SecretError),
}

/// Answers requirements: the environment where it comes first, then place after place, each in one batch, then the
/// environment where it comes last.
pub(crate) async fn run(
    requirements: Vec<Requirement>,
    resolver: Resolver,
    environment: Environment,
    required: Required,
) -> Prefetched {
    let mut states = Vec::with_capacity(requirements.len());
    for requirement in &requirements {
        states.push(match requirement.variable_turn {
            VariableTurn::First => of_environment(requirement, &environment, None).await,
            VariableTurn::Last | VariableTurn::Never => State::Open(None),
        });
    }
    let places = requirements
        .iter()
        .map(|requirement| requirement.candidates.len());
    let mut folders = Folders::new(&resolver);
    for place in 0..places.max().unwrap_or_default() {
        ask(&requirements, &mut states, place, &resolver, &mut folders).await;
    }
    for (requirement, state) in requirements.iter().zip(&mut states) {
        if let (VariableTurn::Last, State::Open(error)) = (requirement.variable_turn, &mut *state) {
            let error = error.take();
            *state = of_environment(requirement, &environment, error).await;
        }
    }
    let prefetched = collect(requirements, states, required);
    tracing::debug!(
        fetched = prefetched.fetched.len(),
        missing = prefetched.missing.len(),
        errors = prefetched.errors.len(),
        "required secrets fetched ahead"
    );
    prefetched
}

/// Takes the variable of a contract from the environment, or from the file that its `_FILE` form names. Without one
/// the requirement stays open, with the error of the last place.
async fn of_environment(
    requirement: &Requirement,
    environment: &Environment,
    last: Option<SecretError>,
) -> State {
    let Some(first) = requirement.candidates.first() else {
        return State::Open(last);
    };
    // Mapped, a variable answers by exactly its name, a reserved one too.
    let names = VariableNames::new().variable(requirement.variable(), first.address.clone());
    let variables = EnvSource::new(environment.clone(), names);
    match variables.get(&first.address).await {
        Ok(secret) => State::Found(first.address.clone(), secret),
        Err(error) if error.kind().is_not_found() => State::Open(last),
        Err(error) => State::Failed(error),
    }
}

/// Asks for what is still open, at the place of this number.
async fn ask(
    requirements: &[Requirement],
    states: &mut [State],
    place: usize,
    resolver: &Resolver,
    folders: &mut Folders<'_>,
) {
    let mut asked = Vec::new();
    for (number, (requirement, state)) in requirements.iter().zip(states.iter_mut()).enumerate() {
        if let State::Open(_) | State::StandIn(..) = state
            && let Some(candidate) = requirement.candidates.get(place)
        {
            match SecretRef::parse(&candidate.reference()) {
                Ok(reference) => asked.push((number, reference)),
                Err(error) => {
                    let failed = SecretError::invalid(error.to_string()).with_hint(error.hint());
                    *state = State::Failed(failed);
                }
            }
        }
    }
    let references: Vec<_> = asked
        .iter()
        .map(|(_, reference)| reference.clone())
        .collect();
    if references.is_empty() {
        return;
    }
    let answers = resolver.answer_many(&references).await;
    for ((number, _), answer) in asked.into_iter().zip(answers) {
        let candidates = &requirements[number].candidates;
        let address = &candidates[place].address;
        let is_last = place + 1 == candidates.len();
        let state = std::mem::replace(&mut states[number], State::Open(None));
        states[number] = next(state, address, answer, is_last, folders).await;
    }
}

/// Decides what an answer changes.
async fn next(
    state: State,
    address: &SecretAddress,
    answer: Result<Option<Secret>, SecretError>,
    is_last: bool,
    folders: &mut Folders<'_>,
) -> State {
    match (state, answer) {
        (State::StandIn(former, secret), Ok(Some(answer))) if is_of_dotenv(&answer) => {
            State::StandIn(former, secret)
        }
        (_, Ok(Some(secret))) if !is_of_dotenv(&secret) || is_last => {
            State::Found(address.clone(), secret)
        }
        // The file comes last. But it may stand in for a place that could not be asked, and then no other may.
        (_, Ok(Some(secret))) => match folders.lack(address).await {
            true => State::StandIn(address.clone(), secret),
            false => State::Found(address.clone(), secret),
        },
        // A reference without options has an answer or an error.
        (state, Ok(None)) => state,
        (State::StandIn(former, secret), Err(error))
            if error.kind().is_not_found() || error.kind().is_transient() =>
        {
            State::StandIn(former, secret)
        }
        (_, Err(error)) if error.kind().is_not_found() => State::Open(Some(error)),
        (_, Err(error)) => State::Failed(error),
    }
}

fn is_of_dotenv(secret: &Secret) -> bool {
    secret.answered_by() == "dotenv"
}

fn collect(requirements: Vec<Requirement>, states: Vec<State>, required: Required) -> Prefetched {
    let mut prefetched = Prefetched::default();
    for (requirement, state) in requirements.into_iter().zip(states) {
        match state {
            State::Found(address, secret) | State::StandIn(address, secret) => {
                prefetched.fetched.push(Fetched {
                    requirement,
                    address,
                    secret,
                });
            }
            State::Failed(error) => prefetched.errors.push(Unmet { requirement, error }),
            State::Open(error) => {
                let unasked = || SecretError::protocol("no place was asked for the secret");
                let error = error.unwrap_or_else(unasked);
                let is_error = required == Required::Yes && requirement.required;
                let unmet = Unmet { requirement, error };
                match is_error {
                    true => prefetched.errors.push(unmet),
                    false => prefetched.missing.push(unmet),
                }
            }
        }
    }
    prefetched
}

/// Remembers which keys folders hold, as far as the source could list them.
struct Folders<'r> {
    resolver: &'r Resolver,
    keys: HashMap<FolderAddress, Option<HashSet<String>>>,
}

impl<'r> Folders<'r> {
    fn new(resolver: &'r Resolver) -> Self {
        Self {
            resolver,
            keys: HashMap::new(),
        }
    }

    /// Tells whether a folder certainly lacks a secret. In a list no variable stands in for what failed.
    async fn lack(&mut self, address: &SecretAddress) -> bool {
        let folder = address.folder_address();
        if !self.keys.contains_key(&folder) {
            let keys = match self.resolver.source().list(&folder).await {
                Ok(listed) => Some(
                    listed
                        .iter()
                        .map(|(address, _)| address.key().to_owned())
                        .collect(),
                ),
                Err(error) if error.kind().is_not_found() => Some(HashSet::new()),
                Err(_) => None,
            };
            self.keys.insert(folder.clone(), keys);
        }
        let keys = self.keys.get(&folder).and_then(Option::as_ref);
        keys.is_some_and(|keys| !keys.contains(address.key()))
    }
}
