//! A service for text messages that keeps what it is given and reports on it afterwards, as AWS End User Messaging does.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use outside::outcome::{RefusalKind, SendOutcome};
use outside::sms::{Sms, Texter};
use runtime::clock::Clock;
use serde_json::{Map, Value, json};

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
    /// Throttled.
    Throttled,
    /// Refused: whoever has the number answered STOP.
    OptedOut,
    /// Taken in, and this is what the network tells of it in the end.
    Ends(&'static str),
}

/// A message that was taken in.
#[derive(Debug, Clone)]
pub struct Taken {
    pub sms: Sms,
    pub at: Timestamp,
}

#[derive(Debug, Default)]
struct State {
    taken: Vec<Taken>,
    events: VecDeque<Value>,
    next: VecDeque<Next>,
    calls: usize,
    quiet: bool,
}

/// The stand-in of the service.
#[derive(Debug)]
pub struct SmsService {
    clock: Clock,
    perils: Arc<Perils>,
    state: Mutex<State>,
}

impl SmsService {
    pub fn new(clock: Clock, perils: Arc<Perils>) -> SmsService {
        SmsService { clock, perils, state: Mutex::default() }
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
        self.state().taken.clone()
    }

    /// How often anybody tried to send.
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    /// Keeps reports back until told otherwise.
    pub fn keep_reports_back(&self, quiet: bool) {
        self.state().quiet = quiet;
    }

    /// The report that is next, as the bus carries it to the queue of `record-delivery`.
    pub fn take_event(&self) -> Option<Value> {
        let mut state = self.state();
        if state.quiet { None } else { state.events.pop_front() }
    }

    fn take_in(&self, sms: &Sms) -> SendOutcome {
        let at = self.clock.now().unwrap_or(Timestamp::UNIX_EPOCH);
        let refused = |reason: &str, kind| SendOutcome::Refused { reason: reason.to_owned(), kind };
        let mut state = self.state();
        state.calls += 1;
        let next = state.next.pop_front();
        match next {
            Some(Next::Vanishes) => return lost(),
            Some(Next::Refused) => return refused("400 ValidationException", RefusalKind::Permanent),
            Some(Next::Throttled) => return refused("400 ThrottlingException", RefusalKind::Temporary),
            Some(Next::OptedOut) => return refused("opted_out", RefusalKind::Address),
            _ => {}
        }
        state.taken.push(Taken { sms: sms.clone(), at });
        let last = match next {
            Some(Next::Ends(kind)) => kind,
            _ => "TEXT_DELIVERED",
        };
        let id = format!("s{}", state.taken.len());
        state.events.extend(["TEXT_SENT", last].map(|kind| event(kind, &id, sms, at)));
        match next {
            Some(Next::AnswerLost) => lost(),
            _ => SendOutcome::Accepted { message_id: id },
        }
    }
}

fn lost() -> SendOutcome {
    SendOutcome::Unknown { reason: "timeout".to_owned() }
}

/// A status event of this kind, as the bus carries it.
pub fn event(kind: &str, id: &str, sms: &Sms, at: Timestamp) -> Value {
    let mut context: Map<String, Value> =
        sms.context.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    context.insert("stack".to_owned(), json!("tijdig"));
    let detail = json!({
        "eventType": kind,
        "eventTimestamp": at.as_millisecond(),
        "isFinal": kind != "TEXT_SENT",
        "messageId": id,
        "context": context,
    });
    json!({ "detail-type": "Text Message Delivery Status Updated", "source": "aws.sms-voice", "detail": detail })
}

#[async_trait]
impl Texter for SmsService {
    async fn send(&self, sms: &Sms) -> SendOutcome {
        self.perils.step("sms", lost(), async { self.take_in(sms) }).await
    }
}
