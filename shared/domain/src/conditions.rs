//! The conditions of a signal, each with whether it holds, the facts and why: what FEATURES 4.1 lists and what
//! article 2 of Stb. 2020, 240 and Stcrt 2021, 45719 art. 1.2 demand. Rules with reasons, never a score.

use jiff::civil::Date;

use crate::Money;
use crate::administration::{Administration, Objection};
use crate::calendar::{days_between, plus_days, today};
use crate::dossier::Dossier;
use crate::feedback::Outcome;
use crate::ids::InvoiceId;
use crate::invoice::Invoice;
use crate::notice::{Evidence, Notice};
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
        facts.minimum_outstanding(),
        facts.minimum_final_reminders(),
        facts.minimum_reminders(),
        facts.minimum_days(),
        facts.minimum_contact_efforts(),
        facts.contact_effort(),
        facts.pointed_to_debt_help(),
        facts.reminded_in_writing(),
        facts.offered_to_pass_data(),
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
        let open: Vec<&Invoice> = dossier.open_invoices().collect();
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
        let known = self
            .dossier
            .debtor
            .address
            .as_ref()
            .is_some_and(|a| a.country == "NL" && a.postcode.is_some() && a.house_number.is_some());
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
        let blocks = self.administration.sector.objection(self.kind) == Objection::Blocks;
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

    fn minimum_outstanding(&self) -> Condition {
        let asked = self.administration.rules(self.kind).minimum_outstanding;
        let arrears = arrears(self.dossier, self.today);
        condition(
            "minimumOutstanding",
            arrears >= asked && arrears.is_positive(),
            format!("EUR {arrears} is past its due date"),
            format!("at least EUR {asked} past its due date"),
        )
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

    fn minimum_days(&self) -> Condition {
        let asked = i32::from(self.administration.rules(self.kind).minimum_days);
        let oldest = self.open.iter().map(|i| i.due_date).min();
        let days = oldest.map_or(0, |due| days_between(due, self.today));
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

    /// The municipality gets its four weeks on the early signal first.
    fn early_first(&self) -> Condition {
        let needed = self.kind == SignalKind::Crisis;
        let early = self.dossier.signals.iter().filter(|s| s.kind == SignalKind::Early && s.went_out());
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
        let arrears = arrears(self.dossier, self.today);
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
    fn tells_the_same(&self, signal: &Signal) -> bool {
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
        let running = self.dossier.signals.iter().any(|s| {
            matches!(
                s.current_feedback().map(|f| &f.outcome),
                Some(Outcome::HelpAccepted(_) | Outcome::KnownToDebtHelp | Outcome::Deceased)
            )
        });
        let facts = if running { "help runs, or the person died" } else { "no help is known to run" };
        condition("noHelpRunning", !running, facts.to_owned(), "nobody is signalled while being helped")
    }
}

/// The amount that a signal names: what is past its due date, less what the debtor has to their credit, in euros.
pub fn arrears(dossier: &Dossier, on: Date) -> Money {
    (dossier.overdue(on) - dossier.credit()).max(Money::ZERO)
}
