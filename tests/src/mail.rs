//! A mail service that keeps what it is given and reports on it afterwards, as SES does.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use contracts::failure::Failure;
use jiff::Timestamp;
use outside::mail::senders::{SenderStanding, Senders};
use outside::mail::{Mail, Mailer, RefusalKind, SendOutcome, tag_value};
use runtime::clock::Clock;
use serde_json::{Value, json};

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
    /// Taken in, and the address turns out not to exist.
    Bounces,
    /// Taken in, and the mailbox is full.
    BouncesForNow,
    /// Delivered, and reported as spam.
    Complained,
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
    quiet: bool,
}

/// Every domain under `.example` signs, save `unsigned.example`; nobody has verified `unverified.example`.
#[async_trait]
impl Senders for MailService {
    async fn standing(&self, address: &str) -> Result<SenderStanding, Failure> {
        Ok(match address.rsplit_once('@').map(|(_, domain)| domain) {
            Some("unsigned.example") => SenderStanding::NotSigned,
            Some("unverified.example") => SenderStanding::NotVerified,
            Some(domain) if domain.ends_with(".example") => SenderStanding::Good,
            Some(_) | None => SenderStanding::Unknown,
        })
    }
}

/// The stand-in of the mail service.
#[derive(Debug)]
pub struct MailService {
    clock: Clock,
    perils: Arc<Perils>,
    state: Mutex<State>,
}

impl MailService {
    pub fn new(clock: Clock, perils: Arc<Perils>) -> MailService {
        MailService { clock, perils, state: Mutex::default() }
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

    fn take_in(&self, mail: &Mail) -> SendOutcome {
        let at = self.clock.now().unwrap_or(Timestamp::UNIX_EPOCH);
        let mut state = self.state();
        state.calls += 1;
        let next = state.next.pop_front();
        match next {
            Some(Next::Vanishes) => return lost(),
            Some(Next::Refused) => {
                let reason = "MessageRejected".to_owned();
                return SendOutcome::Refused { reason, kind: RefusalKind::Permanent };
            }
            Some(Next::Throttled) => {
                return SendOutcome::Refused { reason: "Throttled".to_owned(), kind: RefusalKind::Temporary };
            }
            _ => {}
        }
        state.taken.push(Taken { mail: mail.clone(), at });
        let reports = match next {
            Some(Next::Bounces) => vec![report("Send", mail), bounce("Permanent", mail)],
            Some(Next::BouncesForNow) => vec![report("Send", mail), bounce("Transient", mail)],
            Some(Next::Complained) => {
                vec![report("Send", mail), report("Delivery", mail), report("Complaint", mail)]
            }
            _ => vec![report("Send", mail), report("Delivery", mail)],
        };
        state.events.extend(reports);
        match next {
            Some(Next::AnswerLost) => lost(),
            _ => SendOutcome::Accepted { message_id: format!("m{}", state.taken.len()) },
        }
    }
}

fn lost() -> SendOutcome {
    SendOutcome::Unknown { reason: "timeout".to_owned() }
}

fn detail(kind: &str, mail: &Mail) -> Value {
    let tags: serde_json::Map<String, Value> =
        mail.tags.iter().map(|(name, value)| (name.clone(), json!([tag_value(value)]))).collect();
    json!({ "eventType": kind, "mail": { "tags": tags } })
}

fn report(kind: &str, mail: &Mail) -> Value {
    on_the_bus(detail(kind, mail))
}

fn bounce(kind: &str, mail: &Mail) -> Value {
    let mut detail = detail("Bounce", mail);
    detail["bounce"] = json!({ "bounceType": kind });
    on_the_bus(detail)
}

fn on_the_bus(detail: Value) -> Value {
    json!({ "detail-type": "Email Event", "source": "aws.ses", "detail": detail })
}

#[async_trait]
impl Mailer for MailService {
    async fn send(&self, mail: &Mail) -> SendOutcome {
        self.perils.step("mail", lost(), async { self.take_in(mail) }).await
    }
}
