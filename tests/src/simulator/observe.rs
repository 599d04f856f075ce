//! From what happens at the edges to what the simulator knows, with the checks of what happened.

use domain::hold::HoldReason;
use domain::timeline::{Entry, Event as Told};
use serde_json::Value;

use super::Sim;
use super::calendar::{Instant, timestamp};
use super::edges::{Seen, Wrote};
use super::engine::Work;
use super::model::{Hold, Intent, Line, Notice, Reason, Scope, Signal, Taken};
use super::trace::Check;
use super::weather::Function;

/// Where a walk stands among what is due. Not the id of a debtor.
const WALK: &str = "#walk";

impl Sim {
    pub(super) fn observe(&mut self, work: &Work, seen: Seen) {
        match seen {
            Seen::Wrote(wrote) => self.wrote(work, wrote),
            Seen::Hinted { queue, bodies } => bodies.into_iter().for_each(|body| self.enqueue(queue, body)),
            Seen::Mailed { process, mail, answered } => self.mailed(process, &mail, answered),
            Seen::Texted { process, sms, answered } => self.texted(process, &sms, answered),
            Seen::Posted(letter) => self.posted(&letter),
            Seen::Submitted { operation, message, reference, provider } => {
                self.submitted(operation, &message, &reference, provider);
            }
            Seen::Parked { reason, explanation, body } => {
                self.violate(Check::Messages, format!("parked for {reason}: {explanation} {body}"));
            }
            Seen::Struck { function, at, fate } => self.struck(function, at, fate),
        }
    }

    fn wrote(&mut self, work: &Work, wrote: Wrote) {
        if wrote.settings {
            self.settings_written(work);
        }
        if let Some(walk) = &wrote.walk {
            match walk.as_ref().and_then(|due| due.parse::<jiff::Timestamp>().ok()) {
                Some(due) => self.due.insert(WALK.to_owned(), due.as_millisecond()),
                None => self.due.remove(WALK),
            };
            self.plan_sweep();
        }
        let Some(id) = wrote.debtor.clone() else { return };
        let Some(debtor) = self.debtor(&id) else { return };
        match wrote.due.as_ref().and_then(|due| due.parse::<jiff::Timestamp>().ok()) {
            Some(due) => self.due.insert(id.clone(), due.as_millisecond()),
            None => self.due.remove(&id),
        };
        let names = || wrote.entries.iter().map(|entry| entry.event.name()).collect::<Vec<_>>();
        self.trace
            .add(self.now, || format!("{:?} stores {id} {:?} due {:?}", wrote.function, names(), wrote.due));
        self.check_timeline(debtor, &wrote);
        self.applied(work, debtor, &wrote);
        self.narrow(debtor, &wrote);
        self.claims_made(debtor, &wrote);
        self.note_claim(work, debtor, &wrote);
        for entry in &wrote.entries {
            self.told(work, debtor, entry);
        }
        self.check_passed_on(debtor, &wrote);
        self.check_expected_holds(debtor);
        self.check_stored_balance(debtor, &wrote);
        if self.changes_the_outlook(&wrote) {
            self.debtors[debtor].promise = None;
        }
        self.debtors[debtor].touched = true;
        self.stream(&id, wrote.stream);
        self.plan_sweep();
        self.plan_evening(self.now);
    }

    /// Whether what was promised on the debtor's page before this need not come true.
    fn changes_the_outlook(&self, wrote: &Wrote) -> bool {
        match wrote.function {
            Function::AccountingApi | Function::MunicipalityCallback => true,
            _ => wrote.entries.iter().any(|entry| {
                matches!(
                    entry.event,
                    Told::HoldPlaced { .. }
                        | Told::HoldLifted { .. }
                        | Told::NoticeBounced { .. }
                        | Told::NoticeComplained { .. }
                        | Told::NoticeFailed { .. }
                        | Told::NoticePosted { .. }
                ) || (wrote.function == Function::SendLetter
                    && matches!(entry.event, Told::NoticeDelivered { .. }))
                    || (wrote.function == Function::RecordDelivery
                        && matches!(entry.event, Told::NoticeSent { .. }))
            }),
        }
    }

    /// The entries of a timeline count up without a gap, and each goes on the stream.
    fn check_timeline(&mut self, debtor: usize, wrote: &Wrote) {
        for entry in &wrote.entries {
            let expected = self.debtors[debtor].entries + 1;
            if entry.sequence != expected {
                let what = format!("entry {} comes where {expected} is expected", entry.sequence);
                self.violate(Check::Timeline, what);
            }
            self.debtors[debtor].entries = entry.sequence;
        }
        let told: Vec<&str> = wrote.entries.iter().map(|entry| entry.event.name()).collect();
        let carried: Vec<&str> = wrote.stream.iter().map(|(name, _)| name.as_str()).collect();
        if told != carried {
            self.violate(Check::Outbox, format!("told {told:?}, carried {carried:?}"));
        }
    }

    /// A request took effect: what it asked for is the case from now on.
    fn applied(&mut self, work: &Work, debtor: usize, wrote: &Wrote) {
        let Work::Request(number) = work else { return };
        let now = self.now;
        let request = &mut self.requests[*number];
        if let Some(before) = request.applied {
            if !wrote.entries.is_empty() {
                let path = request.path.clone();
                self.violate(
                    Check::Records,
                    format!("{path} took effect at {} and again", timestamp(before)),
                );
            }
            return;
        }
        request.applied = Some(now);
        match request.intent.clone() {
            Intent::Card(card) => {
                let known = &mut self.debtors[debtor];
                let mobile = known.person.mobile;
                let is_one =
                    |f: &String| card.emails.contains(f) || mobile == Some(f.as_str()) || card.postal() == *f;
                known.failed.retain(is_one);
                (known.card, known.card_since) = (Some(card), now);
            }
            Intent::Bill(bill) => self.debtors[debtor].book.bill(&bill),
            Intent::Pay(payment) => self.debtors[debtor].book.pay(&payment),
            Intent::Hold(hold) => self.holds[hold].placed = Some(now),
            Intent::Lift(hold) => self.holds[hold].lifted = Some(now),
            Intent::Consent { enabled } => {
                let known = &mut self.debtors[debtor];
                known.objects = !enabled;
                if enabled {
                    known.objected = None;
                }
            }
            Intent::Release { signal } => {
                if let Some(signal) = self.debtors[debtor].signals.get_mut(&signal) {
                    signal.released = true;
                }
            }
            Intent::Withdraw { .. }
            | Intent::Dispute
            | Intent::Decide { .. }
            | Intent::PromiseToPay
            | Intent::Called
            | Intent::LetterTold => {}
        }
    }

    fn settings_written(&mut self, work: &Work) {
        let now = self.now;
        if let Work::Request(number) = work
            && self.requests[*number].applied.is_none()
        {
            self.requests[*number].applied = Some(now);
            match self.requests[*number].intent {
                Intent::Hold(hold) => self.holds[hold].placed = Some(now),
                Intent::Lift(hold) => self.holds[hold].lifted = Some(now),
                _ => {}
            }
        }
        self.trace.add(now, || "settings stored".to_owned());
        for debtor in &mut self.debtors {
            debtor.promise = None;
            debtor.touched = true;
        }
        self.plan_evening(now);
    }

    /// A function that claims decides on how the debtor stands now.
    fn note_claim(&mut self, work: &Work, debtor: usize, wrote: &Wrote) {
        let alone = |hold: &&Hold| hold.debtor == Some(debtor) && hold.may_stand(self.now);
        let held: Vec<String> =
            self.holds.iter().filter(alone).flat_map(|hold| hold.bills().to_vec()).collect();
        let standing = || self.debtors[debtor].standing(self.now, &held);
        match wrote.function {
            Function::SendNotice | Function::SendLetter => {
                let standing = self.debtors[debtor].standing(self.now, &[]);
                self.claims.insert(wrote.process, standing);
            }
            Function::SubmitSignal => {
                let blocked = wrote.entries.iter().any(|e| matches!(e.event, Told::SignalBlocked { .. }));
                let standing = standing();
                if let Some(signal) = signal_of(work)
                    && !blocked
                    && let Some(signal) = self.debtors[debtor].signals.get_mut(&signal)
                {
                    signal.claimed.get_or_insert(standing);
                }
            }
            _ => {}
        }
    }

    fn told(&mut self, work: &Work, debtor: usize, entry: &Entry) {
        let now = self.now;
        self.delivery_told(debtor, entry);
        match &entry.event {
            Told::CaseOpened { case } => self.debtors[debtor].case = Some(case.to_string()),
            Told::CaseSettled { case } => {
                // A hold on the case ends with it.
                let of_case = |hold: &&mut Hold| hold.scope == Scope::Case(case.to_string());
                for hold in self.holds.iter_mut().filter(of_case) {
                    hold.lift_asked.get_or_insert(now);
                }
                let known = &mut self.debtors[debtor];
                known.case = None;
                // What waits for a signal lapses.
                known.asked.clear();
            }
            Told::CallAsked { notice, call_on } => self.call_asked(debtor, notice.as_str(), *call_on),
            Told::CallMade { notice, outcome, .. } => self.call_told(debtor, notice.as_str(), *outcome),
            Told::NoticePrepared { notice, lines, channel, .. } => {
                let lines = lines.iter().map(|line| Line {
                    bill: line.invoice.to_string(),
                    step: line.step.to_string(),
                    kind: line.kind,
                });
                let channel = Some(*channel);
                let notice_of = Notice { lines: lines.collect(), channel, ..Notice::default() };
                self.debtors[debtor].notices.insert(notice.to_string(), notice_of);
            }
            Told::NoticeSent { notice, evaluate, .. } => {
                self.call_takes_steps(debtor, notice.as_str());
                self.notice_told(debtor, notice.as_str(), now);
                for kind in evaluate {
                    self.asked_for(debtor, *kind);
                }
            }
            Told::NoticeBounced { notice, permanent: true, .. } | Told::NoticeComplained { notice } => {
                self.address_failed(debtor, notice.as_str());
            }
            Told::NoticeFailed { notice, .. } | Told::NoticeCancelled { notice, .. } => {
                if let Some(notice) = self.debtors[debtor].notices.get_mut(notice.as_str()) {
                    notice.over = Some(now);
                }
            }
            Told::HoldPlaced { hold, reason, scope, until, .. } => {
                self.hold_told(work, debtor, hold.as_str(), reason);
                self.cause_told(debtor, hold.as_str(), reason, scope, *until);
                self.call_all_the_same(debtor);
            }
            Told::HoldLifted { hold, .. } => self.lift_told(debtor, hold.as_str()),
            Told::SignalBlocked { signal, kind, .. } | Told::SignalPrepared { signal, kind, .. } => {
                let automatic = matches!(&entry.event, Told::SignalPrepared { automatic: true, .. });
                self.signal_decided(debtor, signal.as_str(), *kind, automatic);
            }
            Told::SignalSent { signal, .. } => {
                if let Some(signal) = self.debtors[debtor].signals.get_mut(signal.as_str()) {
                    signal.told = Some(now);
                }
            }
            Told::SignalWithdrawn { signal, .. } => {
                if let Some(signal) = self.debtors[debtor].signals.get_mut(signal.as_str()) {
                    signal.withdrawn = true;
                }
            }
            Told::FeedbackReceived { signal, late, .. } => {
                self.feedback_told(work, debtor, signal.as_str(), *late);
            }
            _ => {}
        }
    }

    fn notice_told(&mut self, debtor: usize, notice: &str, now: Instant) {
        let id = notice.to_owned();
        let Some(notice) = self.debtors[debtor].notices.get_mut(notice) else { return };
        let (again, left) = (notice.told.is_some(), !notice.mails.is_empty());
        notice.told = Some(now);
        if again || !left {
            let what = if again { "was told twice" } else { "was told and never left" };
            self.violate(Check::Timeline, format!("{id} {what}"));
        }
    }

    fn address_failed(&mut self, debtor: usize, notice: &str) {
        let debtor = &mut self.debtors[debtor];
        let to =
            debtor.notices.get(notice).and_then(|notice| notice.mails.last()).map(|left| left.to.clone());
        let card = debtor.card.as_ref();
        let mobile = debtor.person.mobile;
        let of_card = |to: &String| card.is_some_and(|card| card.emails.contains(to) || card.postal() == *to);
        let known = |to: &String| of_card(to) || mobile == Some(to.as_str());
        let failed: Vec<String> = to.into_iter().flatten().filter(known).collect();
        debtor.failed.extend(failed);
    }

    fn hold_told(&mut self, work: &Work, debtor: usize, id: &str, reason: &HoldReason) {
        self.counts.holds += 1;
        let (reason, everything) = match reason {
            HoldReason::Asked { .. } => {
                if let Work::Request(number) = work
                    && let Intent::Hold(hold) = self.requests[*number].intent
                {
                    self.holds[hold].id = Some(id.to_owned());
                }
                return;
            }
            HoldReason::HelpRunning { signal } => (Reason::Help { signal: signal.to_string() }, false),
            HoldReason::Deceased { .. } => (Reason::Deceased, true),
            HoldReason::PaymentPlan { .. }
            | HoldReason::Dispute { .. }
            | HoldReason::Promise { .. }
            | HoldReason::DirectDebit { .. }
            | HoldReason::HandedOver { .. } => return,
        };
        self.debtors[debtor].asked.clear();
        let mut hold = Hold::asked(Some(debtor), Scope::Debtor, everything, None);
        (hold.reason, hold.id, hold.placed) = (reason, Some(id.to_owned()), Some(self.now));
        self.holds.push(hold);
    }

    /// A hold is lifted because somebody asked for that very hold, or because help ended.
    fn lift_told(&mut self, debtor: usize, id: &str) {
        let now = self.now;
        let known =
            self.holds.iter_mut().find(|hold| hold.debtor == Some(debtor) && hold.id.as_deref() == Some(id));
        let Some(hold) = known else {
            return self.violate(Check::Explained, format!("hold {id} is lifted and was never placed"));
        };
        hold.lifted = Some(now);
        let mut by_feedback = matches!(hold.reason, Reason::Help { .. });
        if matches!(hold.reason, Reason::Cause { .. }) && hold.lift_asked.is_none() {
            // A dispute ends by a decision or with its invoice, a promise when something came in.
            hold.lift_asked = Some(now);
            let (bills, before) = (hold.bills().to_vec(), hold.open_then);
            let open = bills.iter().map(|bill| self.debtors[debtor].book.open(bill)).sum::<i64>();
            by_feedback = open < before;
            if !by_feedback {
                return self.violate(Check::HoldWins, format!("hold {id} is lifted without its cause"));
            }
        }
        let Some(hold) =
            self.holds.iter().find(|hold| hold.debtor == Some(debtor) && hold.id.as_deref() == Some(id))
        else {
            return;
        };
        if hold.lift_asked.is_none() && !by_feedback {
            self.violate(Check::HoldWins, format!("hold {id} is lifted and nobody asked"));
        }
    }

    fn signal_decided(&mut self, debtor: usize, id: &str, kind: domain::step::SignalKind, automatic: bool) {
        let signals = &mut self.debtors[debtor].signals;
        let known = signals.entry(id.to_owned()).or_insert(Signal {
            kind,
            automatic,
            released: false,
            claimed: None,
            received: None,
            amount: 0,
            reference: None,
            withdrawn: false,
            told: None,
            feedback: Vec::new(),
            entries_of_feedback: 0,
        });
        known.automatic |= automatic;
        self.debtors[debtor].asked.remove(&kind);
    }

    /// A mail left: which lines it had, and whether it should have.
    pub(super) fn note_mail(&mut self, debtor: usize, notice: &str, lines: &[Line], to: &[String]) {
        let now = self.now;
        let known = &mut self.debtors[debtor];
        known.last_mail = Some((now, notice.to_owned()));
        for line in lines {
            let taken =
                Taken { step: line.step.clone(), kind: line.kind, at: now, notice: notice.to_owned() };
            known.taken.entry(line.bill.clone()).or_default().push(taken);
        }
        if let Some(notice) = known.notices.get_mut(notice) {
            notice.mails.push(super::model::Left { at: now, to: to.to_vec() });
        }
    }
}

/// The signal that a message is about.
fn signal_of(work: &Work) -> Option<String> {
    let Work::Message(message) = work else { return None };
    let body: Value = serde_json::from_str(&message.body).ok()?;
    let detail = if body["detail"].is_object() { &body["detail"] } else { &body };
    detail["signalId"].as_str().map(str::to_owned)
}
