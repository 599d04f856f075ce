//! A municipal platform that keeps what it is given, once for each idempotency key.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::provider::Provider;
use outside::pdok::{Places, PlacesError};
use outside::platform::{
    Capabilities, MunicipalPlatform, Operation, RawReport, Receipt, ReportPage, ReportsError, SignalMessage,
    SubmitOutcome,
};

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
    reports: Vec<RawReport>,
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

    /// A municipality reports, for whoever asks.
    pub fn report(&self, report: RawReport) {
        self.state().reports.push(report);
    }

    /// Up to two reports behind the mark, which is how many were told.
    fn told(&self, after: Option<&str>) -> ReportPage {
        let state = self.state();
        let from: usize = after.map_or(0, |mark| mark.parse().expect("our own mark"));
        let reports: Vec<RawReport> = state.reports.iter().skip(from).take(2).cloned().collect();
        let next = from + reports.len();
        ReportPage { reports, unreadable: 0, mark: Some(next.to_string()), more: next < state.reports.len() }
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

    async fn reports(&self, _identification: &str, after: Option<&str>) -> Result<ReportPage, ReportsError> {
        let lost = Err(ReportsError::Unavailable("timeout".to_owned()));
        self.perils.step("asking for reports", lost, async { Ok(self.told(after)) }).await
    }
}

/// A register of addresses.
#[derive(Debug, Default)]
pub struct Register {
    known: Mutex<BTreeMap<(String, u32), String>>,
    asked: Mutex<usize>,
    down: Mutex<bool>,
}

impl Register {
    /// From now on it knows this address.
    pub fn know(&self, postcode: &str, number: u32, municipality: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((postcode.to_owned(), number), municipality.to_owned());
    }

    /// How often anybody asked and was answered.
    pub fn asked(&self) -> usize {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it answers at all.
    pub fn go_down(&self, down: bool) {
        *self.down.lock().unwrap_or_else(PoisonError::into_inner) = down;
    }
}

#[async_trait]
impl Places for Register {
    async fn municipality_of(&self, postcode: &str, number: u32) -> Result<Option<String>, PlacesError> {
        if *self.down.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(PlacesError::Unavailable("timeout".to_owned()));
        }
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(known.get(&(postcode.to_owned(), number)).cloned())
    }
}
