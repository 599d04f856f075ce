//! A printer that keeps what it is given and says how each letter stands, as Pingen does.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use outside::http::Secret;
use outside::letters::{Account, HandedIn, Letter, Printer, PrinterError, Standing};
use outside::outcome::{RefusalKind, SendOutcome};
use runtime::clock::Clock;

use crate::perils::Perils;

/// How the next send goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Taken in; the answer is lost.
    AnswerLost,
    /// Not taken in; there is no answer.
    Vanishes,
    /// Refused for good.
    Refused,
    /// Asked too often.
    Throttled,
}

/// A letter that was taken in.
#[derive(Debug, Clone)]
pub struct Taken {
    pub letter: Letter,
    pub at: Timestamp,
}

#[derive(Debug, Default)]
struct State {
    /// By our id: the same one again is the same letter.
    taken: BTreeMap<String, Taken>,
    order: Vec<String>,
    standings: BTreeMap<String, Standing>,
    next: VecDeque<Next>,
    calls: usize,
    looks: usize,
}

/// The stand-in of the printer.
#[derive(Debug)]
pub struct PrintShop {
    clock: Clock,
    perils: Arc<Perils>,
    state: Mutex<State>,
}

impl PrintShop {
    pub fn new(clock: Clock, perils: Arc<Perils>) -> PrintShop {
        PrintShop { clock, perils, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the next sends go wrong, in this order.
    pub fn next(&self, next: &[Next]) {
        self.state().next.extend(next);
    }

    /// Everything that was taken in, oldest first.
    pub fn taken(&self) -> Vec<Taken> {
        let state = self.state();
        state.order.iter().filter_map(|id| state.taken.get(id).cloned()).collect()
    }

    /// How often anybody tried to send.
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    /// How often anybody asked.
    pub fn looks(&self) -> usize {
        self.state().looks
    }

    /// From now on the letter with this id of ours stands so.
    pub fn stands(&self, id: &str, standing: Standing) {
        self.state().standings.insert(id.to_owned(), standing);
    }

    fn take_in(&self, letter: &Letter) -> SendOutcome {
        let at = self.clock.now().unwrap_or(Timestamp::UNIX_EPOCH);
        let refused = |reason: &str, kind| SendOutcome::Refused { reason: reason.to_owned(), kind };
        let mut state = self.state();
        state.calls += 1;
        let next = state.next.pop_front();
        match next {
            Some(Next::Vanishes) => return lost(),
            Some(Next::Refused) => return refused("422", RefusalKind::Permanent),
            Some(Next::Throttled) => return refused("429", RefusalKind::Temporary),
            Some(Next::AnswerLost) | None => {}
        }
        if !state.taken.contains_key(&letter.id) {
            state.order.push(letter.id.clone());
            state.taken.insert(letter.id.clone(), Taken { letter: letter.clone(), at });
        }
        match next {
            Some(Next::AnswerLost) => lost(),
            _ => SendOutcome::Accepted { message_id: format!("p-{}", letter.id) },
        }
    }
}

fn lost() -> SendOutcome {
    SendOutcome::Unknown { reason: "timeout".to_owned() }
}

#[async_trait]
impl Printer for PrintShop {
    async fn hand_in(&self, _letter: &Letter, _account: &Account) -> Result<HandedIn, SendOutcome> {
        Ok(HandedIn { place: Secret::new("here"), proof: Secret::new("proof") })
    }

    async fn send(&self, letter: &Letter, _handed_in: &HandedIn, _account: &Account) -> SendOutcome {
        self.perils.step("letter", lost(), async { self.take_in(letter) }).await
    }

    async fn look(&self, id: &str, _account: &Account) -> Result<Option<Standing>, PrinterError> {
        let mut state = self.state();
        state.looks += 1;
        let ours = id.strip_prefix("p-").unwrap_or(id);
        if !state.taken.contains_key(ours) {
            return Err(PrinterError::NotFound);
        }
        Ok(Some(state.standings.get(ours).copied().unwrap_or(Standing::UnderWay)))
    }
}
