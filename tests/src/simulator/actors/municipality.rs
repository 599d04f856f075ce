//! Municipalities: what they report about a signal, by callback, in every order and more than once.

use axum::body::Body;
use domain::provider::Provider;

use super::super::Sim;
use super::super::calendar::{DAY, HOUR, Instant, MINUTE, SECOND, timestamp};
use super::super::engine::{self, Answer, Event, Work};
use super::super::model::{Callback, Hold, Reason};
use super::super::trace::Check;
use crate::callers::{feedback_body, signed};

/// What may become of a signal: codes, in the order in which they happen.
const STORIES: [&[&str]; 10] = [
    &["received", "picked_up", "help_accepted.financial", "help_ended"],
    &["received", "help_accepted.quick_fix", "lost_contact"],
    &["picked_up", "help_accepted"],
    &["received", "help_declined"],
    &["no_contact"],
    &["not_picked_up.repeated"],
    &["known_to_debt_help", "help_ended"],
    &["received", "deceased"],
    &["not_resident", "strange_code"],
    &["picked_up", "other_trajectory", "solved_or_arranged"],
];

/// A platform took a signal in: the municipality begins to work on it.
pub fn begin(sim: &mut Sim, debtor: usize, signal: &str, provider: Provider) {
    let story = STORIES[sim.rng.usize(..STORIES.len())];
    let Some(reference) = sim.debtors[debtor].signals[signal].reference.clone() else { return };
    let mut happened = sim.now;
    for (place, code) in story.iter().enumerate() {
        // Some are so quick that their report is there before the receipt.
        let quick = place == 0 && sim.rng.u32(..3) == 0;
        happened += if quick { sim.rng.i64(1..30) } else { sim.rng.i64(HOUR..40 * DAY) };
        // A report may come later than the next one.
        let sent = happened + if sim.rng.u32(..6) == 0 { sim.rng.i64(MINUTE..50 * DAY) } else { 0 };
        let event = format!("{signal}-{place}");
        let copies = if sim.rng.u32(..5) == 0 { 2 } else { 1 };
        for copy in 0..copies {
            let again = if copy == 0 { 0 } else { sim.rng.i64(1..3 * DAY) };
            // The same report may come as another webhook.
            let webhook = if sim.rng.bool() { event.clone() } else { format!("{event}-{copy}") };
            sim.callbacks.push(Callback {
                debtor: Some(debtor),
                signal: Some(signal.to_owned()),
                provider,
                reference: reference.clone(),
                event: event.clone(),
                webhook,
                code,
                happened,
                called: false,
                answered: false,
            });
            let number = sim.callbacks.len() - 1;
            sim.agenda.put(sent + again, Event::Call(number));
        }
    }
}

impl Sim {
    pub(in super::super) fn call(&mut self, number: usize) {
        let callback = self.callbacks[number].clone();
        if callback.happened >= self.quiet {
            return;
        }
        self.callbacks[number].called = true;
        let Callback { provider, reference, event, webhook, code, happened, .. } = &callback;
        self.trace.add(self.now, || format!("CALL {event} as {webhook}: {code} of {}", timestamp(*happened)));
        let body = feedback_body(*provider, reference, event, code, timestamp(*happened)).to_string();
        let mut request = http::Request::builder()
            .method("POST")
            .uri(format!("/callbacks/municipality/{provider}"))
            .header("content-type", "application/cloudevents+json");
        for (name, value) in signed(*provider, webhook, timestamp(self.now), &body) {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let life = engine::request(&self.plant.callbacks, request);
        self.begin(Work::Callback(number), life);
    }

    pub(in super::super) fn call_again(&mut self, number: usize) {
        let at = self.now + self.rng.i64(5 * SECOND..6 * HOUR);
        self.agenda.put(at, Event::Call(number));
    }

    pub(in super::super) fn called(&mut self, number: usize, answer: &Answer) {
        let callback = self.callbacks[number].clone();
        self.trace.add(self.now, || format!("CALLED {}: {}", callback.event, answer.status));
        match answer.status {
            http::StatusCode::ACCEPTED => self.acknowledged(number),
            http::StatusCode::SERVICE_UNAVAILABLE | http::StatusCode::CONFLICT => self.call_again(number),
            status => {
                self.violate(
                    Check::Answers,
                    format!("callback {}: {status} {}", callback.event, answer.body),
                );
            }
        }
    }

    /// From here on the provider knows that its report is taken in: what it holds is held.
    fn acknowledged(&mut self, number: usize) {
        let now = self.now;
        self.callbacks[number].answered = true;
        let Some(signal) = self.callbacks[number].signal.clone() else { return };
        let debtor = self.callbacks[number].debtor;
        for hold in self.holds.iter_mut().filter(|hold| hold.debtor == debtor && hold.placed.is_some()) {
            let of_this = match &hold.reason {
                Reason::Help { signal: of } => *of == signal,
                Reason::Deceased => true,
                Reason::Asked | Reason::Cause { .. } => false,
            };
            if of_this {
                hold.acknowledged.get_or_insert(now);
            }
        }
    }

    /// The timeline tells of a report. One that is older than what was known is late, and changes nothing.
    pub(in super::super) fn feedback_told(&mut self, work: &Work, debtor: usize, signal: &str, late: bool) {
        let callback = match work {
            Work::Callback(number) => Some(*number),
            _ => self.first_early(debtor, signal),
        };
        let Some(callback) = callback.map(|number| self.callbacks[number].clone()) else {
            return self.violate(Check::Feedback, format!("a report on {signal} that nobody made"));
        };
        let now = self.now;
        let Some(known) = self.debtors[debtor].signals.get_mut(signal) else { return };
        known.entries_of_feedback += 1;
        let again = known.feedback.iter().any(|(event, ..)| *event == callback.event);
        let newest: Option<Instant> = known.feedback.iter().map(|(_, happened, _)| *happened).max();
        let is_late = newest.is_some_and(|newest| newest > callback.happened);
        known.feedback.push((callback.event.clone(), callback.happened, callback.code.to_owned()));
        if again {
            self.violate(Check::Feedback, format!("{} takes effect again", callback.event));
        }
        if late != is_late {
            self.violate(Check::Feedback, format!("{} is told to be late: {late}", callback.event));
        }
        let ends = [
            "help_ended",
            "solved_or_arranged",
            "help_declined",
            "lost_contact",
            "no_contact",
            "not_picked_up.repeated",
        ];
        if !is_late && ends.contains(&callback.code) {
            let reason = Reason::Help { signal: signal.to_owned() };
            // Reports that are applied together end what the earlier one began.
            self.expected_holds.retain(|expected| *expected != reason);
            for hold in self.holds.iter_mut().filter(|hold| hold.reason == reason) {
                hold.lift_asked.get_or_insert(now);
            }
        }
        let holds = callback.code.starts_with("help_accepted") || callback.code == "known_to_debt_help";
        if holds && !is_late {
            self.expected_holds.push(Reason::Help { signal: signal.to_owned() });
        } else if callback.code == "deceased" {
            self.expected_holds.push(Reason::Deceased);
        }
    }

    /// What help or a death demands is held from the moment on which it is told.
    pub(in super::super) fn check_expected_holds(&mut self, debtor: usize) {
        for reason in std::mem::take(&mut self.expected_holds) {
            let stands = |hold: &Hold| {
                hold.debtor == Some(debtor) && hold.reason == reason && hold.may_stand(self.now)
            };
            if !self.holds.iter().any(stands) {
                self.violate(Check::Feedback, format!("{reason:?} was reported, and nothing is held"));
            }
        }
    }

    /// Of the reports that came before the receipt the one that is applied next: they are applied by id.
    fn first_early(&self, debtor: usize, signal: &str) -> Option<usize> {
        let known = &self.debtors[debtor].signals.get(signal)?.feedback;
        let of_this = |callback: &Callback| callback.signal.as_deref() == Some(signal);
        let mut waiting: Vec<(&str, usize)> = self
            .callbacks
            .iter()
            .enumerate()
            .filter(|(_, callback)| of_this(callback) && callback.called)
            .filter(|(_, callback)| known.iter().all(|(event, ..)| *event != callback.event))
            .map(|(number, callback)| (callback.event.as_str(), number))
            .collect();
        waiting.sort_unstable();
        waiting.first().map(|(_, number)| *number)
    }
}
