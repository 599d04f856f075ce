//! After sixty quiet days: nothing waits, everything is told, and all that was taken in is there.

use super::super::Sim;
use super::super::engine::Event;
use super::super::model::Intent;
use super::super::trace::Check;
use super::decimal;

impl Sim {
    pub(in super::super) fn check_the_end(&mut self) {
        self.check_nothing_waits();
        self.check_overview();
        self.check_desk();
        for debtor in 0..self.debtors.len() {
            if self.debtors[debtor].card.is_none() {
                continue;
            }
            self.check_records(debtor);
            self.check_notices(debtor);
            self.check_signals(debtor);
        }
    }

    fn check_nothing_waits(&mut self) {
        let waiting =
            self.agenda.events().filter(|event| matches!(event, Event::Deliver(_) | Event::Relay(_)));
        let (waiting, running) = (waiting.count(), !self.processes.is_empty());
        if waiting > 0 || running {
            self.violate(Check::Messages, format!("{waiting} message(s) wait, processes run: {running}"));
        }
        let unanswered: Vec<String> = self
            .requests
            .iter()
            .filter(|request| request.asked.is_some() && request.answered.is_none())
            .map(|request| format!("{} {}", request.method, request.path))
            .collect();
        if !unanswered.is_empty() {
            self.violate(Check::Answers, format!("never answered: {unanswered:?}"));
        }
    }

    /// The overview finds every signal, and its counters are a count over them.
    fn check_overview(&mut self) {
        let known = self.debtors.iter().filter(|debtor| debtor.card.is_some());
        let ids: Vec<String> = known.map(|debtor| debtor.person.id.clone()).collect();
        let mut signals = Vec::new();
        for id in ids {
            let view = self.look(&format!("/v1/debtors/{id}"));
            signals.extend(view["signals"].as_array().cloned().unwrap_or_default());
        }
        let counts = self.look("/v1/signals/counts");
        for of_status in counts["byStatus"].as_array().cloned().unwrap_or_default() {
            let status = of_status["status"].as_str().unwrap_or_default().to_owned();
            // Of the others the signal itself says too little here: what the municipality reported last.
            if ["help_running", "deceased"].contains(&status.as_str()) {
                continue;
            }
            for kind in ["early", "crisis"] {
                let there = signals.iter().filter(|s| s["status"] == *status && s["type"] == kind).count();
                let found = self.look(&format!("/v1/signals?status={status}&type={kind}&limit=200"));
                let found = found["items"].as_array().map_or(0, Vec::len);
                if of_status[kind] != there || found != there {
                    let counted = &of_status[kind];
                    let what =
                        format!("{there} {kind} signals are {status}; {counted} are counted, {found} found");
                    self.violate(Check::Overview, what);
                }
            }
        }
        if counts["total"] != signals.len() {
            let what = format!("{} signals, of which {} are counted", signals.len(), counts["total"]);
            self.violate(Check::Overview, what);
        }
    }

    /// The newest version of every record that was taken in.
    fn check_records(&mut self, debtor: usize) {
        let id = self.debtors[debtor].person.id.clone();
        let view = self.look(&format!("/v1/debtors/{id}"));
        self.check_balance(debtor, &view);
        let card = self.debtors[debtor].sent_card.clone();
        if let Some(card) = card
            && (view["name"] != card.name.as_str() || view["emails"] != serde_json::json!(card.emails))
        {
            self.violate(
                Check::Records,
                format!("{id} is {} {} and not {card:?}", view["name"], view["emails"]),
            );
        }
        let bills: Vec<_> = self.debtors[debtor].book.bills().cloned().collect();
        for bill in bills {
            let view = self.look(&format!("/v1/invoices/{}", bill.id));
            let newest = self
                .requests
                .iter()
                .filter_map(|request| match (&request.intent, request.answered) {
                    (Intent::Bill(sent), Some(_)) if sent.id == bill.id => Some(sent),
                    _ => None,
                })
                .max_by_key(|sent| sent.modified);
            if let Some(newest) = newest
                && (view["total"] != decimal(newest.total).as_str()
                    || view["dueDate"] != newest.due.to_string())
            {
                let what =
                    format!("{} is {} due {}, and not {newest:?}", bill.id, view["total"], view["dueDate"]);
                self.violate(Check::Records, what);
            }
            let open = decimal(self.debtors[debtor].book.open(&bill.id));
            if view["open"] != open.as_str() {
                self.violate(Check::Open, format!("{}: {} is open and not {open}", bill.id, view["open"]));
            }
        }
    }

    fn check_notices(&mut self, debtor: usize) {
        let untold: Vec<String> = self.debtors[debtor]
            .notices
            .iter()
            .filter(|(_, notice)| notice.told.is_none() && notice.over.is_none())
            .map(|(id, _)| id.clone())
            .collect();
        if !untold.is_empty() {
            self.violate(Check::Forever, format!("nothing came of {untold:?}"));
        }
        self.check_asked(debtor);
    }

    fn check_signals(&mut self, debtor: usize) {
        let id = self.debtors[debtor].person.id.clone();
        let view = self.look(&format!("/v1/debtors/{id}"));
        let has_task = |about: &str, subject: &str| {
            let tasks = view["tasks"].as_array().map(Vec::as_slice).unwrap_or_default();
            tasks.iter().any(|task| task["about"] == about && task["subject"] == subject)
        };
        let signals = view["signals"].as_array().cloned().unwrap_or_default();
        for signal in &signals {
            let (id, status) =
                (signal["id"].as_str().unwrap_or_default(), signal["status"].as_str().unwrap_or_default());
            let waits = match status {
                "sending" => true,
                "unknown" => !has_task("signal_unanswered", id),
                _ => false,
            };
            if waits {
                self.violate(Check::Forever, format!("signal {id} is {status} for ever"));
            }
        }
        self.check_feedback(debtor);
    }

    /// Each report about a signal that was told to be sent took effect, and took effect once.
    fn check_feedback(&mut self, debtor: usize) {
        let signals: Vec<_> = self.debtors[debtor].signals.clone().into_iter().collect();
        for (id, signal) in signals.into_iter().filter(|(_, signal)| signal.told.is_some()) {
            let mut sent: Vec<&str> = self
                .callbacks
                .iter()
                .filter(|callback| callback.answered && callback.signal.as_deref() == Some(id.as_str()))
                .map(|callback| callback.event.as_str())
                .collect();
            sent.sort_unstable();
            sent.dedup();
            let (sent, taken) = (sent.len(), signal.entries_of_feedback);
            if sent != taken {
                let what = format!("{sent} report(s) on {id} were acknowledged, {taken} took effect");
                self.violate(Check::Feedback, what);
            }
        }
    }
}
