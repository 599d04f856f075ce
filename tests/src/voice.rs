//! A service that calls, keeps what it was asked to say, and reports on it afterwards, as Amazon Connect does.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use outside::outcome::{RefusalKind, SendOutcome};
use outside::voice::{Caller, Named, VoiceCall, VoiceError};
use runtime::clock::Clock;
use serde_json::{Value, json};

use crate::perils::Perils;

/// How the next call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Taken in; the answer is lost.
    AnswerLost,
    /// Not taken in; there is no answer.
    Vanishes,
    /// Refused for good.
    Refused,
    /// As many calls at once as the instance takes.
    Throttled,
    /// Taken in, and nobody answers: it ends for this reason.
    NobodyAnswers(&'static str),
    /// Taken in, and this is what answers, as the service sees it.
    AnsweredBy(&'static str),
}

/// A call that was taken in.
#[derive(Debug, Clone)]
pub struct Taken {
    pub call: VoiceCall,
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
pub struct VoiceService {
    clock: Clock,
    perils: Arc<Perils>,
    state: Mutex<State>,
}

impl VoiceService {
    pub fn new(clock: Clock, perils: Arc<Perils>) -> VoiceService {
        VoiceService { clock, perils, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the next calls go wrong, in this order.
    pub fn next(&self, next: &[Next]) {
        self.state().next.extend(next);
    }

    /// Everything that was taken in, oldest first.
    pub fn taken(&self) -> Vec<Taken> {
        self.state().taken.clone()
    }

    /// How often anybody tried to have a call made.
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    /// Keeps events back until told otherwise.
    pub fn keep_reports_back(&self, quiet: bool) {
        self.state().quiet = quiet;
    }

    /// Events that were not told never are.
    pub fn forget_reports(&self) {
        self.state().events.clear();
    }

    /// The event that is next, as the bus carries it to the queue of `record-delivery`.
    pub fn take_event(&self) -> Option<Value> {
        let mut state = self.state();
        if state.quiet { None } else { state.events.pop_front() }
    }

    fn take_in(&self, call: &VoiceCall) -> SendOutcome {
        let at = self.clock.now().unwrap_or(Timestamp::UNIX_EPOCH);
        let refused = |reason: &str, kind| SendOutcome::Refused { reason: reason.to_owned(), kind };
        let mut state = self.state();
        state.calls += 1;
        let next = state.next.pop_front();
        match next {
            Some(Next::Vanishes) => return lost(),
            Some(Next::Refused) => return refused("400 InvalidParameterException", RefusalKind::Permanent),
            Some(Next::Throttled) => return refused("429 LimitExceededException", RefusalKind::Temporary),
            _ => {}
        }
        state.taken.push(Taken { call: call.clone(), at });
        let id = format!("c{}", state.taken.len());
        state.events.push_back(event("INITIATED", &id, at, json!({})));
        let end = match next {
            Some(Next::NobodyAnswers(reason)) => json!({ "disconnectReason": reason }),
            Some(Next::AnsweredBy(what)) => json!({
                "disconnectReason": "CONTACT_FLOW_DISCONNECT",
                "connectedToSystemTimestamp": at.to_string(),
                "answeringMachineDetectionStatus": what,
            }),
            _ => json!({
                "disconnectReason": "CUSTOMER_DISCONNECT",
                "connectedToSystemTimestamp": at.to_string(),
            }),
        };
        state.events.push_back(event("DISCONNECTED", &id, at, end));
        match next {
            Some(Next::AnswerLost) => lost(),
            _ => SendOutcome::Accepted { message_id: id },
        }
    }
}

fn lost() -> SendOutcome {
    SendOutcome::Unknown { reason: "timeout".to_owned() }
}

/// A contact event of this kind, as the bus carries it.
fn event(kind: &str, contact: &str, at: Timestamp, more: Value) -> Value {
    let mut detail = json!({
        "eventType": kind,
        "contactId": contact,
        "channel": "VOICE",
        "instanceArn": "arn:aws:connect:eu-central-1:123456789012:instance/i-1",
        "initiationMethod": "API",
        "initiationTimestamp": at.to_string(),
    });
    let own = detail.as_object_mut().expect("an object");
    own.extend(more.as_object().expect("an object").clone());
    json!({ "detail-type": "Amazon Connect Contact Event", "source": "aws.connect", "detail": detail })
}

#[async_trait]
impl Caller for VoiceService {
    async fn call(&self, call: &VoiceCall) -> SendOutcome {
        self.perils.step("voice", lost(), async { self.take_in(call) }).await
    }

    async fn named(
        &self,
        instance: &str,
        contact: &str,
        _now: Timestamp,
    ) -> Result<Option<Named>, VoiceError> {
        let number = contact.strip_prefix('c').and_then(|number| number.parse::<usize>().ok());
        let state = self.state();
        let taken = number.and_then(|number| state.taken.get(number.checked_sub(1)?));
        Ok(taken.filter(|taken| taken.call.instance == instance).map(|taken| taken.call.named.clone()))
    }
}

/// Where no administration has a line: nobody calls, and nobody asks whose call it was.
#[derive(Debug)]
pub struct NoLine;

#[async_trait]
impl Caller for NoLine {
    async fn call(&self, _call: &VoiceCall) -> SendOutcome {
        panic!("a machine called although no administration has a line");
    }

    async fn named(
        &self,
        _instance: &str,
        _contact: &str,
        _now: Timestamp,
    ) -> Result<Option<Named>, VoiceError> {
        Ok(None)
    }
}
