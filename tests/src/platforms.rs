//! A municipal platform that keeps what it is given, once for each idempotency key.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::provider::Provider;
use outside::platform::{Capabilities, MunicipalPlatform, Operation, Receipt, SignalMessage, SubmitOutcome};

use crate::perils::Perils;

/// An operation that was taken in.
#[derive(Debug, Clone)]
pub struct Taken {
    pub operation: Operation,
    pub message: SignalMessage,
    pub reference: String,
}

#[derive(Debug, Default)]
struct State {
    taken: Vec<Taken>,
    receipts: BTreeMap<String, String>,
    lose_answers: VecDeque<()>,
    calls: usize,
}

/// The stand-in of a platform.
#[derive(Debug)]
pub struct Platform {
    provider: Provider,
    perils: Arc<Perils>,
    state: Mutex<State>,
}

impl Platform {
    pub fn new(provider: Provider, perils: Arc<Perils>) -> Platform {
        Platform { provider, perils, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next operation in and loses the answer.
    pub fn lose_next_answer(&self) {
        self.state().lose_answers.push_back(());
    }

    /// Every operation that was taken in, oldest first.
    pub fn taken(&self) -> Vec<Taken> {
        self.state().taken.clone()
    }

    /// How often anybody tried to submit.
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    fn take_in(&self, operation: Operation, message: &SignalMessage) -> SubmitOutcome {
        let mut state = self.state();
        state.calls += 1;
        let known = state.receipts.get(&message.idempotency_key).cloned();
        let reference = known.unwrap_or_else(|| {
            let named = message.supersedes.clone().filter(|_| operation != Operation::Create);
            let reference = named.unwrap_or_else(|| format!("{}-{}", self.provider, state.taken.len() + 1));
            state.receipts.insert(message.idempotency_key.clone(), reference.clone());
            state.taken.push(Taken { operation, message: message.clone(), reference: reference.clone() });
            reference
        });
        if state.lose_answers.pop_front().is_some() {
            return lost();
        }
        SubmitOutcome::Accepted(Receipt { provider_reference: reference })
    }
}

fn lost() -> SubmitOutcome {
    SubmitOutcome::Unknown { reason: "timeout".to_owned() }
}

#[async_trait]
impl MunicipalPlatform for Platform {
    fn provider(&self) -> Provider {
        self.provider
    }

    fn capabilities(&self) -> Capabilities {
        self.provider.capabilities()
    }

    async fn submit(
        &self,
        operation: Operation,
        message: &SignalMessage,
        _identification: &str,
    ) -> SubmitOutcome {
        self.perils.step("submission", lost(), async { self.take_in(operation, message) }).await
    }
}
