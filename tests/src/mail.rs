//! A mail service that keeps what it is given and reports on it afterwards, as SES does.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use outside::mail::{Mail, Mailer, RefusalKind, SendOutcome, tag_value};
use runtime::clock::Clock;
use serde_json::{Value, json};

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
}

/// A mail that was taken in.
#[derive(Debug, Clone)]
pub struct Taken {
    pub mail: Mail,
    pub at: Timestamp,
}

#[derive(Debug, Default)]
struct State {
    taken: Vec<Taken>,
    events: VecDeque<Value>,
    next: VecDeque<Next>,
    calls: usize,
}

/// The stand-in of the mail service.
#[derive(Debug)]
pub struct MailService {
    clock: Clock,
    state: Mutex<State>,
}

impl MailService {
    pub fn new(clock: Clock) -> MailService {
        MailService { clock, state: Mutex::default() }
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

    /// The report that is next, in the form that the queue of `record-delivery` carries.
    pub fn take_event(&self) -> Option<Value> {
        self.state().events.pop_front()
    }
}

fn event(kind: &str, mail: &Mail) -> Value {
    let tags: serde_json::Map<String, Value> =
        mail.tags.iter().map(|(name, value)| (name.clone(), json!([tag_value(value)]))).collect();
    json!({ "eventType": kind, "mail": { "tags": tags } })
}

#[async_trait]
impl Mailer for MailService {
    async fn send(&self, mail: &Mail) -> SendOutcome {
        let at = self.clock.now().unwrap_or(Timestamp::UNIX_EPOCH);
        let mut state = self.state();
        state.calls += 1;
        let next = state.next.pop_front();
        match next {
            Some(Next::Vanishes) => return SendOutcome::Unknown { reason: "timeout".to_owned() },
            Some(Next::Refused) => {
                return SendOutcome::Refused {
                    reason: "MessageRejected".to_owned(),
                    kind: RefusalKind::Permanent,
                };
            }
            Some(Next::Throttled) => {
                return SendOutcome::Refused { reason: "Throttled".to_owned(), kind: RefusalKind::Temporary };
            }
            Some(Next::AnswerLost) | None => {}
        }
        state.taken.push(Taken { mail: mail.clone(), at });
        state.events.push_back(event("Send", mail));
        state.events.push_back(event("Delivery", mail));
        match next {
            Some(Next::AnswerLost) => SendOutcome::Unknown { reason: "timeout".to_owned() },
            _ => SendOutcome::Accepted { message_id: format!("m{}", state.taken.len()) },
        }
    }
}
