//! A platform took a signal in: might it be sent, was it the first, and does it say what is so?

use domain::administration::Sector;
use domain::provider::Provider;
use domain::step::{SignalKind, StepKind};
use jiff::ToSpan;
use jiff::civil::Date;
use outside::platform::{Operation, SignalMessage};

use super::super::Sim;
use super::super::calendar::{DAY, Instant, day, days_between, plus};
use super::super::model::{Debtor, Reason, Standing};
use super::super::scene::POSTCODES;
use super::super::trace::Check;
use super::decimal;

/// Within so many days of a step that links to a signal, somebody has looked at its conditions.
const LOOKED_AT_WITHIN: Instant = 12 * DAY;

impl Sim {
    pub(in super::super) fn submitted(
        &mut self,
        operation: Operation,
        message: &SignalMessage,
        reference: &str,
        provider: Provider,
    ) {
        let id = message.id.as_str();
        let owner = id.rsplit_once('.').and_then(|(debtor, _)| self.debtor(debtor));
        let Some(debtor) = owner.filter(|debtor| self.debtors[*debtor].signals.contains_key(id)) else {
            return self.violate(Check::SignalAllowed, format!("{id} was never prepared"));
        };
        self.trace.add(self.now, || format!("SIGNAL {id} {operation:?} to {provider} as {reference}"));
        if operation == Operation::Update {
            // From now on the platform knows this amount.
            let told = message.arrears.to_string().replace('.', "").parse().expect("cents");
            if let Some(signal) = self.debtors[debtor].signals.get_mut(id) {
                signal.amount = told;
            }
        }
        if operation != Operation::Create {
            return;
        }
        self.counts.signals += 1;
        let claim = self.debtors[debtor].signals[id].claimed.clone();
        let Some(claim) = claim else {
            return self.violate(Check::SignalOnce, format!("{id} left without a claim"));
        };
        self.check_allowed(debtor, message, provider);
        self.check_signal_conditions(debtor, message, &claim);
        self.check_signal_once(debtor, message, &claim);
        if decimal(claim.arrears) != message.arrears.to_string() {
            let what = format!("{id} names {} and not {}", message.arrears, decimal(claim.arrears));
            self.violate(Check::SignalAmount, what);
        }
        let now = self.now;
        if let Some(signal) = self.debtors[debtor].signals.get_mut(id) {
            signal.received = Some(now);
            signal.amount = claim.arrears;
            signal.reference = Some(reference.to_owned());
        }
        self.signal_received(debtor, id, provider);
    }

    /// Who may be signalled at all, by whom, and where to.
    fn check_allowed(&mut self, debtor: usize, message: &SignalMessage, provider: Provider) {
        let now = self.now;
        let known = &self.debtors[debtor];
        let (id, kind) = (message.id.clone(), message.kind);
        let signal = &known.signals[&id];
        let Some(card) = &known.card else { return };
        let desk_decides =
            matches!(self.scene.sector, Sector::Energy | Sector::Heat) && kind == SignalKind::Crisis;
        let objected = known.objected.is_some_and(|at| at <= now);
        let held = self.holds.iter().find(|hold| hold.surely_stands(now) && hold.covers_signals(debtor));
        let goes_to = POSTCODES.iter().find(|(postcode, ..)| *postcode == card.postcode);
        let rules = [
            (self.scene.sector == Sector::Other, "the sector may not signal"),
            (card.is_business(), "the debtor is a business"),
            (!card.birth_date, "no birth date is known"),
            (objected && !(desk_decides && signal.released), "the debtor objected"),
            (held.is_some(), "everything is held"),
            (!signal.released && !signal.automatic, "nobody released it"),
            (
                goes_to.is_none_or(|(_, municipality, to)| {
                    *municipality != message.municipality_code || *to != provider.to_string()
                }),
                "it goes elsewhere",
            ),
        ];
        // What the tool has changed a moment ago, the claim had not seen.
        let unsettled = known.card_since > signal.claimed.as_ref().map_or(0, |claim| claim.at);
        let broken: Vec<&str> = rules.iter().filter(|(broken, _)| *broken).map(|(_, rule)| *rule).collect();
        if !broken.is_empty() && !unsettled {
            self.violate(Check::SignalAllowed, format!("{id}: {broken:?}"));
        }
    }

    /// What has to be the case before a signal, of which more may be known here than there: so these are necessary.
    fn check_signal_conditions(&mut self, debtor: usize, message: &SignalMessage, claim: &Standing) {
        let known = &self.debtors[debtor];
        let today = day(claim.at);
        let (id, kind) = (message.id.clone(), message.kind);
        let finals = claim.open.keys().filter(|bill| took(known, bill, StepKind::FinalReminder)).count();
        let reminders =
            notices_about(known, claim, |kind| matches!(kind, StepKind::Reminder | StepKind::FinalReminder));
        let efforts = notices_about(known, claim, |kind| kind >= StepKind::Reminder);
        let offers = notices_about(known, claim, |kind| kind >= StepKind::FinalReminder);
        let least_finals = if kind == SignalKind::Early { 2 } else { 1 };
        let announced = claim.open.keys().any(|bill| took(known, bill, StepKind::EndOfServiceAnnouncement));
        let early = known
            .signals
            .values()
            .filter(|s| s.kind == SignalKind::Early && !s.withdrawn)
            .filter_map(|s| Some(day(s.claimed.as_ref()?.at)))
            .min();
        let waited = early.is_some_and(|on| days_between(on, today) >= 28);
        let help = known.signals.values().any(|s| is_helped(&s.feedback, claim.at));
        let days = claim.oldest_due.map_or(-1, |due| days_between(due, today));
        let held = self.holds.iter().find(|hold| {
            hold.surely_stands(claim.at) && hold.is_about(debtor) && hold.covers_bill(debtor, "")
        });
        let promised = self.holds.iter().any(|hold| {
            let of_promise = matches!(&hold.reason, Reason::Cause { id } if id.contains(".m"));
            of_promise && hold.is_about(debtor) && hold.surely_stands(claim.at)
        });
        let rules = [
            (finals < least_finals, "too few final reminders"),
            (reminders < 3, "fewer than three reminders"),
            (efforts < 2, "fewer than two efforts to get contact"),
            (offers < 1, "no offer to pass the data on"),
            (days < self.scene.minimum_days, "the arrears are young"),
            (claim.arrears < self.scene.minimum_outstanding, "the arrears are small"),
            (kind == SignalKind::Crisis && !waited, "no early signal four weeks before"),
            (kind == SignalKind::Crisis && !announced, "no end of service was announced"),
            (promised, "a promise to pay is open"),
            (help, "help runs"),
            (held.is_some(), "the debtor is on hold"),
        ];
        let broken: Vec<&str> = rules.iter().filter(|(broken, _)| *broken).map(|(_, rule)| *rule).collect();
        if !broken.is_empty() {
            self.violate(Check::SignalConditions, format!("{id}: {broken:?}"));
        }
    }

    /// Not again within six months, unless the arrears rose by something that was reminded of since.
    fn check_signal_once(&mut self, debtor: usize, message: &SignalMessage, claim: &Standing) {
        let known = &self.debtors[debtor];
        let kind = message.kind;
        let tells_the_same =
            |k: SignalKind| k == kind || (kind == SignalKind::Early && k == SignalKind::Crisis);
        let before = known
            .signals
            .iter()
            .filter(|(id, s)| **id != message.id && tells_the_same(s.kind) && !s.withdrawn)
            .filter(|(_, s)| s.received.is_some())
            // Where nobody of that name lives, nobody was told of.
            .filter(|(_, s)| last_report(&s.feedback, claim.at) != Some("not_resident"))
            .filter_map(|(id, s)| Some((s.claimed.as_ref()?.at, id.clone(), s.amount)))
            .max();
        let Some((at, before, amount)) = before else { return };
        let newer = claim.open.keys().any(|bill| {
            let taken = known.taken.get(bill).map(Vec::as_slice).unwrap_or_default();
            taken.iter().any(|t| t.kind == StepKind::FinalReminder && day(t.at) > day(at))
        });
        let rose = claim.arrears > amount && newer;
        let again: Date = day(at).saturating_add(6.months());
        if !rose && day(claim.at) < again {
            self.violate(Check::SignalOnce, format!("{} tells again what {before} told", message.id));
        }
    }

    /// A step asked for a signal.
    pub(in super::super) fn asked_for(&mut self, debtor: usize, kind: SignalKind) {
        let known = &self.debtors[debtor];
        let business = known.card.as_ref().is_some_and(|card| card.is_business());
        // One that waits already is looked at by itself.
        let waits = known.signals.values().any(|s| s.kind == kind && !s.withdrawn && s.told.is_none());
        if self.scene.sector == Sector::Other || business || waits {
            return;
        }
        self.debtors[debtor].asked.insert(kind, self.now);
        self.plan_evening(plus_days(self.now));
    }

    /// Whatever a step asked for is looked at within days.
    pub(in super::super) fn check_asked(&mut self, debtor: usize) {
        let now = self.now;
        let known = &self.debtors[debtor];
        let still_a_case = known.book.open_bills().next().is_some()
            && known.card.as_ref().is_some_and(|card| !card.is_business());
        let forgotten: Vec<SignalKind> = known
            .asked
            .iter()
            .filter(|(_, at)| now - **at >= LOOKED_AT_WITHIN)
            .map(|(kind, _)| *kind)
            .collect();
        for kind in forgotten {
            self.debtors[debtor].asked.remove(&kind);
            if still_a_case {
                let id = &self.debtors[debtor].person.id;
                let what = format!("nobody looked at the {kind:?} signal that a step of {id} asked for");
                self.violate(Check::SignalAsked, what);
            }
        }
    }
}

fn plus_days(at: Instant) -> Instant {
    super::super::calendar::instant(plus(day(at + LOOKED_AT_WITHIN), 1), 12, 0)
}

fn took(debtor: &Debtor, bill: &str, kind: StepKind) -> bool {
    debtor.taken.get(bill).is_some_and(|taken| taken.iter().any(|t| t.kind == kind))
}

/// Notices about something that is open, with a line of such a kind.
fn notices_about(debtor: &Debtor, claim: &Standing, of_kind: impl Fn(StepKind) -> bool) -> usize {
    debtor
        .notices
        .values()
        .filter(|notice| !notice.mails.is_empty())
        .filter(|notice| notice.lines.iter().any(|line| of_kind(line.kind)))
        .filter(|notice| notice.lines.iter().any(|line| claim.open.contains_key(&line.bill)))
        .count()
}

/// What the newest report of this time says.
fn last_report(feedback: &[(String, Instant, String)], at: Instant) -> Option<&str> {
    let known = feedback.iter().filter(|(_, happened, _)| *happened <= at);
    known.max_by_key(|(_, happened, _)| *happened).map(|(_, _, code)| code.as_str())
}

/// Whether the newest report says that help runs, or that the person died.
fn is_helped(feedback: &[(String, Instant, String)], at: Instant) -> bool {
    last_report(feedback, at).is_some_and(|code| {
        code.starts_with("help_accepted") || code == "known_to_debt_help" || code == "deceased"
    })
}
