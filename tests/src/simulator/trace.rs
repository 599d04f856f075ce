//! What happened in one simulation, line by line; and what should not have.

use std::fmt;

use super::calendar::{Instant, timestamp};

/// What the simulator checks, by the rule that it guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// Nothing that a hold covers leaves once the hold was acknowledged.
    HoldWins,
    /// Nothing leaves outside the window.
    Window,
    /// No notice leaves twice, but for the bounded unknown case.
    MailOnce,
    /// No step is taken twice.
    StepOnce,
    /// No step is skipped or taken out of order.
    StepOrder,
    /// No step is taken before its wait is over, holds not counted.
    Wait,
    /// After a hold the debtor gets the days of grace.
    Grace,
    /// The least interval between two notices.
    Interval,
    /// A mail asks for what is open, goes to an address that works, and names no costs that the law does not allow.
    Contents,
    Costs,
    Address,
    /// What the debtor owes is invoices less credit notes less payments.
    Balance,
    /// What is open on an invoice.
    Open,
    /// A record that was taken in is there, the newest version of it.
    Records,
    /// A signal that may not be sent.
    SignalAllowed,
    /// One signal, and no second one about the same.
    SignalOnce,
    /// The conditions of a signal.
    SignalConditions,
    /// A signal names the arrears.
    SignalAmount,
    /// A step that links to a signal leads to one, or to a reason.
    SignalAsked,
    /// Each report of the municipality takes effect once.
    Feedback,
    /// The overview of signals finds what there is, and counts it.
    Overview,
    /// What the desk counts, lists and finds is what a look at every debtor would.
    Desk,
    /// The timeline tells all of it, without a gap.
    Timeline,
    /// What the timeline tells goes on the bus.
    Outbox,
    /// What a debtor's page promises is what happens.
    Promise,
    /// A reason not to act is true.
    Explained,
    /// Nothing waits for ever.
    Forever,
    /// What did not arrive goes another way, or is put before a person.
    PassedOn,
    /// Every message is done, parked with a reason, or waits.
    Messages,
    /// No request is refused that should not be, and nothing breaks.
    Answers,
}

/// Something that should not have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub check: Check,
    pub at: Instant,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}: {}", timestamp(self.at), self.check, self.what)
    }
}

/// The lines of a simulation. Without it being asked for, none is kept.
#[derive(Debug, Default)]
pub struct Trace {
    pub lines: Option<Vec<String>>,
}

impl Trace {
    pub fn add(&mut self, at: Instant, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{} {}", timestamp(at), line()));
        }
    }
}
