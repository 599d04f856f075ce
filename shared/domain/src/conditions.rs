//! The conditions of a signal, each with whether it holds, the facts and why: what FEATURES 4.1 lists and what
//! article 2 of Stb. 2020, 240 and Stcrt 2021, 45719 art. 1.2 demand. Rules with reasons, never a score.

use jiff::civil::Date;

use crate::Money;
use crate::administration::{Administration, Objection};
use crate::arrears::{arrears, counted};
use crate::calendar::{days_between, plus_days, today};
use crate::debtor::Address;
use crate::dossier::Dossier;
use crate::feedback::Outcome;
use crate::ids::InvoiceId;
use crate::invoice::Invoice;
use crate::notice::{Evidence, Notice};
use crate::promise::PromiseState;
use crate::signal::Signal;
use crate::step::{SignalKind, StepKind};
use jiff::Timestamp;

/// Months within which the same arrears are not signalled again (VNG: it comes back as "repeated").
pub const REPEAT_MONTHS: i32 = 6;

/// Weeks that a municipality has to act on an early signal (LAW.md section 2; the 2026 text was not read: a safe value).
pub const WEEKS_OF_MUNICIPALITY: i32 = 4;

/// One condition and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Stable name, such as `minimumOutstanding`.
    pub name: &'static str,
    /// Whether it is fulfilled now.
    pub holds: bool,
    /// What is the case, in words without personal data.
    pub facts: String,
    /// What is asked, with its source where it is a law.
    pub requires: String,
    /// The day on which time alone makes it hold, if time can.
    pub holds_on: Option<Date>,
}

/// All conditions of a signal of this kind for this debtor, whether or not a step asked for it.
pub fn conditions(
    dossier: &Dossier,
    administration: &Administration,
    kind: SignalKind,
    now: Timestamp,
) -> Vec<Condition> {
    let facts = Facts::of(dossier, administration, kind, now);
    vec![
        facts.sector(),
        facts.natural_person(),
        facts.birth_date(),
        facts.address(),
        facts.not_objected(),
        facts.no_hold(),
        facts.no_active_plan(),
        facts.minimum_outstanding(),
        facts.minimum_final_reminders(),
        facts.minimum_reminders(),
        facts.reminders_apart(),
        facts.minimum_days(),
        facts.maximum_days(),
        facts.minimum_contact_efforts(),
        facts.contact_effort(),
        facts.pointed_to_debt_help(),
        facts.reminded_in_writing(),
        facts.offered_to_pass_data(),
        facts.offered_arrangement(),
        facts.early_first(),
        facts.end_of_service_announced(),
        facts.not_signalled_recently(),
        facts.no_help_running(),
    ]
}

/// The first day on which time alone could make every condition hold: `None` where something else has to
/// change as well.
pub fn holds_from(conditions: &[Condition]) -> Option<Date> {
    let failing = conditions.iter().filter(|c| !c.holds);
    let days: Option<Vec<Date>> = failing.map(|c| c.holds_on).collect();
    days?.into_iter().max()
}

struct Facts<'a> {
    dossier: &'a Dossier,
    administration: &'a Administration,
    kind: SignalKind,
    now: Timestamp,
    today: Date,
    open: Vec<&'a Invoice>,
    /// Notices that left, about at least one invoice that is still open.
    notices: Vec<&'a Notice>,
}

fn condition(name: &'static str, holds: bool, facts: String, requires: impl Into<String>) -> Condition {
    Condition { name, holds, facts, requires: requires.into(), holds_on: None }
}

impl<'a> Facts<'a> {
    fn of(
        dossier: &'a Dossier,
        administration: &'a Administration,
        kind: SignalKind,
        now: Timestamp,
    ) -> Facts<'a> {
        let open: Vec<&Invoice> = counted(dossier, now).collect();
        let about_open = |n: &&Notice| n.lines.iter().any(|l| open.iter().any(|i| i.id == l.invoice));
        let notices = dossier.notices.iter().filter(|n| n.counts_as_evidence()).filter(about_open).collect();
        Facts { dossier, administration, kind, now, today: today(now), open, notices }
    }

    fn with_evidence(&self, evidence: Evidence) -> usize {
        self.notices.iter().filter(|n| n.evidence.contains(&evidence)).count()
    }

    fn sector(&self) -> Condition {
        condition(
            "sectorMaySignal",
            self.administration.sector.may_signal(),
            format!("the sector is {:?}", self.administration.sector),
            "landlord, energy, heat, drinking water or health insurer (Stb. 2020, 240)",
        )
    }

    fn natural_person(&self) -> Condition {
        let business = self.dossier.debtor.is_business();
        let facts = if business { "the debtor is a business" } else { "the debtor is a natural person" };
        condition(
            "naturalPerson",
            !business,
            facts.to_owned(),
            "a natural person, without a trade register number",
        )
    }

    fn birth_date(&self) -> Condition {
        let known = self.dossier.debtor.person.as_ref().is_some_and(|p| p.birth_date.is_some());
        let facts = if known { "the birth date is known" } else { "the birth date is not known" };
        condition(
            "birthDateKnown",
            known,
            facts.to_owned(),
            "a birth date: the platforms refuse a signal without one",
        )
    }

    fn address(&self) -> Condition {
        let known = has_dutch_address(self.dossier);
        let facts = if known { "a Dutch address is known" } else { "no complete Dutch address is known" };
        condition(
            "addressKnown",
            known,
            facts.to_owned(),
            "a Dutch postcode and house number: the municipality follows from them",
        )
    }

    fn not_objected(&self) -> Condition {
        let enabled = self.dossier.early_signalling.enabled;
        let blocks = self.administration.objections.of(self.kind) == Objection::Blocks;
        let facts = match (enabled, blocks) {
            (true, _) => "the debtor did not object",
            (false, true) => "early signalling is disabled for this debtor",
            (false, false) => "the debtor objected; for this sector and kind a person decides",
        };
        condition(
            "notOptedOut",
            enabled || !blocks,
            facts.to_owned(),
            "no objection by the debtor (Stcrt 2021, 45719 art. 1.2(d))",
        )
    }

    fn no_hold(&self) -> Condition {
        let hold = self.dossier.whole_debtor_hold(&self.administration.holds, self.now);
        let facts = match hold {
            Some(hold) => format!("hold {} stands", hold.id),
            None => "no hold stands on the debtor".to_owned(),
        };
        let mut found = condition("notOnHold", hold.is_none(), facts, "no hold on the debtor");
        found.holds_on = hold.and_then(|h| h.ends_at()).map(today);
        found
    }

    fn no_active_plan(&self) -> Condition {
        let plan = self.dossier.plans.iter().find(|p| p.lives());
        let promise = self.dossier.promises.iter().find(|p| p.state == PromiseState::Open);
        let facts = match (plan, promise) {
            (Some(plan), _) => format!("payment plan {} is proposed or runs", plan.id),
            (None, Some(promise)) => format!("promise {} to pay is open", promise.id),
            (None, None) => "no payment plan and no promise to pay runs".to_owned(),
        };
        condition(
            "noActivePlan",
            plan.is_none() && promise.is_none(),
            facts,
            "no payment plan that is proposed or runs, and no open promise to pay",
        )
    }

    fn minimum_outstanding(&self) -> Condition {
        let asked = self.administration.rules(self.kind).minimum_outstanding;
        let arrears = arrears(self.dossier, self.now);
        let enough = |amount: Money| amount >= asked && amount.is_positive();
        let mut found = condition(
            "minimumOutstanding",
            enough(arrears),
            format!("EUR {arrears} is past its due date"),
            format!("at least EUR {asked} past its due date"),
        );
        found.holds_on = self.first_day_of(enough);
        found
    }

    /// The day on which enough is past its due date if nothing is paid.
    fn first_day_of(&self, enough: impl Fn(Money) -> bool) -> Option<Date> {
        let mut open: Vec<(Date, Money)> = self.open.iter().map(|i| (i.due_date, i.open())).collect();
        open.sort_unstable();
        let mut sum = Money::ZERO - self.dossier.credit();
        for (due, amount) in open {
            sum = sum + amount;
            if enough(sum) {
                return Some(plus_days(due, 1));
            }
        }
        None
    }

    fn minimum_final_reminders(&self) -> Condition {
        let asked = usize::from(self.administration.rules(self.kind).minimum_final_reminders);
        let count = self.open.iter().filter(|i| i.took(StepKind::FinalReminder)).count();
        condition(
            "minimumFinalReminders",
            count >= asked,
            format!("{count} open invoice(s) got a final reminder"),
            format!("at least {asked} open invoice(s) with a final reminder"),
        )
    }

    fn minimum_reminders(&self) -> Condition {
        let asked = usize::from(self.administration.rules(self.kind).minimum_reminders);
        let count = self.notices.iter().filter(|n| n.lines.iter().any(|l| l.kind.is_reminder())).count();
        condition(
            "minimumReminders",
            count >= asked,
            format!("{count} reminder(s) about what is open"),
            format!("at least {asked} reminder(s)"),
        )
    }

    /// So many reminders with so many days between each and the next; those in between do not count.
    fn reminders_apart(&self) -> Condition {
        let rules = self.administration.rules(self.kind);
        let Some(days) = rules.minimum_days_between_reminders else {
            let facts = "no least time between reminders is set".to_owned();
            return condition("remindersApart", true, facts, "nothing for this sector");
        };
        let reminds = |n: &&&Notice| n.lines.iter().any(|l| l.kind.is_reminder());
        let mut sent: Vec<Date> = self.notices.iter().filter(reminds).filter_map(|n| n.sent_on()).collect();
        sent.sort_unstable();
        let mut last: Option<Date> = None;
        let mut count = 0;
        for on in sent {
            if last.is_none_or(|last| days_between(last, on) >= i32::from(days)) {
                (last, count) = (Some(on), count + 1);
            }
        }
        let asked = rules.minimum_reminders;
        condition(
            "remindersApart",
            count >= asked,
            format!("{count} reminder(s) with {days} days between them"),
            format!("at least {asked} reminder(s) with at least {days} days between them"),
        )
    }

    fn days_in_arrears(&self) -> (Option<Date>, i32) {
        let oldest = self.open.iter().map(|i| i.due_date).min();
        (oldest, oldest.map_or(0, |due| days_between(due, self.today)))
    }

    fn maximum_days(&self) -> Condition {
        let (_, days) = self.days_in_arrears();
        let most = self.administration.rules(self.kind).maximum_days.map(i32::from);
        condition(
            "maximumDaysInArrears",
            most.is_none_or(|most| days <= most),
            format!("the oldest arrears are {days} day(s) past their due date"),
            most.map_or("no most number of days".to_owned(), |most| {
                format!("at most {most} days past the due date (health insurers: VNG definitions)")
            }),
        )
    }

    fn minimum_days(&self) -> Condition {
        let asked = i32::from(self.administration.rules(self.kind).minimum_days);
        let (oldest, days) = self.days_in_arrears();
        let mut found = condition(
            "minimumDaysInArrears",
            oldest.is_some() && days >= asked,
            format!("the oldest arrears are {days} day(s) past their due date"),
            format!("at least {asked} days past the due date"),
        );
        found.holds_on = oldest.map(|due| plus_days(due, asked));
        found
    }

    fn minimum_contact_efforts(&self) -> Condition {
        let asked = usize::from(self.administration.rules(self.kind).minimum_contact_efforts);
        let count = self.with_evidence(Evidence::ContactEffort);
        condition(
            "minimumContactEfforts",
            count >= asked,
            format!("{count} effort(s) to get personal contact"),
            format!("at least {asked} effort(s)"),
        )
    }

    fn evidenced(&self, name: &'static str, evidence: Evidence, requires: &'static str) -> Condition {
        let proof = self.notices.iter().find(|n| n.evidence.contains(&evidence));
        let facts = match proof.and_then(|n| n.sent_on().map(|on| (n, on))) {
            Some((notice, on)) => format!("notice {} of {on} did", notice.id),
            None => "no notice about what is open did".to_owned(),
        };
        condition(name, proof.is_some(), facts, requires)
    }

    fn contact_effort(&self) -> Condition {
        self.evidenced(
            "contactEffortMade",
            Evidence::ContactEffort,
            "an effort to get personal contact (Stcrt 2021, 45719 art. 1.2(a))",
        )
    }

    fn pointed_to_debt_help(&self) -> Condition {
        self.evidenced(
            "pointedToDebtHelp",
            Evidence::DebtHelp,
            "the debtor was pointed to debt help (Stcrt 2021, 45719 art. 1.2(b))",
        )
    }

    fn reminded_in_writing(&self) -> Condition {
        self.evidenced(
            "remindedInWriting",
            Evidence::WrittenReminder,
            "at least one written reminder (Stcrt 2021, 45719 art. 1.2(c))",
        )
    }

    fn offered_to_pass_data(&self) -> Condition {
        self.evidenced(
            "offeredToPassData",
            Evidence::MunicipalityOffer,
            "a reminder offered to pass contact data to the municipality (Stcrt 2021, 45719 art. 1.2(d))",
        )
    }

    fn offered_arrangement(&self) -> Condition {
        if !self.administration.rules(self.kind).arrangement_offered {
            let facts = "an arrangement need not be offered".to_owned();
            return condition("arrangementOffered", true, facts, "nothing for this sector");
        }
        self.evidenced(
            "arrangementOffered",
            Evidence::ArrangementOffer,
            "a payment arrangement was offered (energy and heat)",
        )
    }

    /// The municipality gets its four weeks on the early signal first.
    fn early_first(&self) -> Condition {
        let needed = self.kind == SignalKind::Crisis;
        let told = |s: &&Signal| s.kind == SignalKind::Early && s.went_out() && !s.missed_resident();
        let early = self.dossier.signals.iter().filter(told);
        let sent = early.filter_map(|s| s.sent_at.map(today)).min();
        let facts = match sent {
            Some(on) => format!("an early signal was sent on {on}"),
            None => "no early signal was sent".to_owned(),
        };
        let over = sent.map(|on| plus_days(on, WEEKS_OF_MUNICIPALITY * 7));
        let holds = !needed || over.is_some_and(|on| on <= self.today);
        let requires = "a crisis signal follows an early signal by at least four weeks";
        let mut found = condition("earlySignalFirst", holds, facts, requires);
        found.holds_on = over;
        found
    }

    /// Whoever has paid what the announcement was about is not in a crisis over it.
    fn end_of_service_announced(&self) -> Condition {
        let needed = self.kind == SignalKind::Crisis;
        let asks = |n: &&&Notice| {
            let about_open = |invoice: &InvoiceId| self.open.iter().any(|i| i.id == *invoice);
            n.lines.iter().any(|l| l.links_to == Some(SignalKind::Crisis) && about_open(&l.invoice))
        };
        let proof = self.notices.iter().find(asks);
        let facts = match proof.and_then(|n| n.sent_on().map(|on| (n, on))) {
            Some((notice, on)) => format!("notice {} of {on} did, about what is still open", notice.id),
            None => "no notice did about what is open".to_owned(),
        };
        let requires = "a crisis signal follows the announcement of an end of service";
        condition("endOfServiceAnnounced", !needed || proof.is_some(), facts, requires)
    }

    fn not_signalled_recently(&self) -> Condition {
        let last = self
            .dossier
            .signals
            .iter()
            .filter(|s| self.tells_the_same(s))
            .map(|s| (s.sent_at.unwrap_or(s.prepared_at), s))
            .max_by_key(|(at, _)| *at);
        let Some((at, last)) = last else {
            return condition(
                "notSignalledRecently",
                true,
                "no signal of this kind was sent before".to_owned(),
                "no signal about the same arrears within six months, unless they rose",
            );
        };
        let again = today(at).saturating_add(jiff::Span::new().months(REPEAT_MONTHS));
        let arrears = arrears(self.dossier, self.now);
        let rose = arrears > last.arrears && self.has_newer_arrears(last);
        let mut found = condition(
            "notSignalledRecently",
            rose || self.today >= again,
            format!("signalled on {} for EUR {}; now EUR {arrears}", today(at), last.arrears,),
            "no signal about the same arrears within six months, unless they rose",
        );
        found.holds_on = Some(again);
        found
    }

    /// A signal of this kind that went out; and beside a crisis signal, sent or about to be, nobody needs an early one.
    /// One that went to a municipality where nobody of that name lives told nothing.
    fn tells_the_same(&self, signal: &Signal) -> bool {
        if signal.missed_resident() {
            return false;
        }
        let crisis = self.kind == SignalKind::Early && signal.kind == SignalKind::Crisis;
        (signal.kind == self.kind && signal.went_out())
            || (crisis && (signal.went_out() || signal.is_on_its_way()))
    }

    /// An invoice that got its final reminder after the last signal: the arrears rose by more than a running term.
    fn has_newer_arrears(&self, last: &Signal) -> bool {
        let Some(sent) = last.sent_at.map(today) else {
            return false;
        };
        self.open.iter().any(|i| i.steps.iter().any(|s| s.kind == StepKind::FinalReminder && s.on > sent))
    }

    fn no_help_running(&self) -> Condition {
        let died = |s: &Signal| s.decisive_feedback().is_some_and(|f| f.outcome == Outcome::Deceased);
        let running = self.dossier.signals.iter().any(|s| s.help_runs() || died(s));
        let facts = if running { "help runs, or the person died" } else { "no help is known to run" };
        condition("noHelpRunning", !running, facts.to_owned(), "nobody is signalled while being helped")
    }
}

fn has_dutch_address(dossier: &Dossier) -> bool {
    dossier.debtor.address.as_ref().is_some_and(|a| {
        let postcode = a.postcode.as_deref().and_then(Address::dutch_postcode);
        a.country == "NL" && postcode.is_some() && a.house_number.is_some()
    })
}

/// Whether everything is known that a message about a signal says of the resident.
pub(crate) fn can_be_described(dossier: &Dossier) -> bool {
    dossier.debtor.person.as_ref().is_some_and(|p| p.birth_date.is_some()) && has_dutch_address(dossier)
}

#[cfg(test)]
#[path = "conditions_tests.rs"]
mod tests;
