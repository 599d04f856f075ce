//! How a stand-in of one of AWS's services goes wrong when it is asked to.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;

/// How the next sends go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fault {
    /// The message is accepted, and the answer never comes.
    TimeoutAfterAccepting,
    /// Neither a message nor an answer.
    Timeout,
    Error500,
    Throttle,
    Reject,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Events {
    Hold,
    Release,
}

/// What `POST /local/.../behaviour` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    next: Option<Fault>,
    times: Option<u32>,
    events: Option<Events>,
}

/// What was asked for. It does not survive a restart.
#[derive(Debug, Default)]
pub struct Faults {
    next: Mutex<Option<(Fault, u32)>>,
    holding_events: AtomicBool,
}

impl Faults {
    pub fn ask_for(&self, behaviour: &Behaviour) {
        if let (Some(fault), Ok(mut next)) = (behaviour.next, self.next.lock()) {
            let times = behaviour.times.unwrap_or(1);
            *next = (times > 0).then_some((fault, times));
        }
        if let Some(events) = behaviour.events {
            self.holding_events.store(events == Events::Hold, Ordering::SeqCst);
        }
    }

    /// How this send goes wrong, if it does.
    pub fn take(&self) -> Option<Fault> {
        let mut next = self.next.lock().ok()?;
        let (fault, left) = (*next)?;
        *next = (left > 1).then_some((fault, left - 1));
        Some(fault)
    }

    /// Events wait until they are released.
    pub fn holds_events(&self) -> bool {
        self.holding_events.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_lasts_as_often_as_asked() {
        let faults = Faults::default();
        faults.ask_for(&Behaviour { next: Some(Fault::Throttle), times: Some(2), events: None });
        let taken = [faults.take(), faults.take(), faults.take()];
        assert_eq!(taken, [Some(Fault::Throttle), Some(Fault::Throttle), None]);
        faults.ask_for(&Behaviour { next: Some(Fault::Reject), times: Some(0), events: Some(Events::Hold) });
        assert_eq!((faults.take(), faults.holds_events()), (None, true));
    }
}
