//! Policies: which steps follow an invoice that stays unpaid, and when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::debtor::{Debtor, DebtorKind};
use crate::ids::{PolicyId, StepId};
use crate::invoice::Invoice;
use crate::notice::Channel;
use crate::step::{SignalKind, StepKind};
use crate::texts::{Tone, names_a_term};
use crate::{Language, Money, Violation};

/// Steps of one policy at most.
pub const MOST_STEPS: usize = 30;

/// Longest wait before one step, in days.
pub const LONGEST_WAIT: i16 = 366;

/// An ordered list of steps. A policy that was stored has gone through [`Policy::check`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Its name within the administration.
    pub id: PolicyId,
    /// Counts up by one with every change.
    pub version: u32,
    /// As the desk reads it.
    pub name: String,
    /// In the order in which they are taken.
    pub steps: Vec<Step>,
}

/// One step of a policy: what, when, how, for whom, and what it claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Its name within the policy; a case finds its place by it when the policy changes.
    pub id: StepId,
    /// What is done.
    pub kind: StepKind,
    /// Days after [`Step::counted_from`]; negative for days before it.
    pub after_days: i16,
    /// Where its days begin.
    pub counted_from: CountedFrom,
    /// In the order in which they are tried: a channel without an address or a provider makes room for the next.
    #[serde(default = "by_email")]
    pub channels: Vec<Channel>,
    /// The signal whose conditions are looked at once this step was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links_to: Option<SignalKind>,
    /// Invoices with less than this open are left alone at this step, in euros.
    #[serde(default)]
    pub minimum_open: Money,
    /// What it charges.
    #[serde(default)]
    pub costs: StepCosts,
    /// Interest is claimed from this step on: statutory from consumers, trade interest from businesses.
    #[serde(default)]
    pub interest: bool,
    /// Whom it is meant for. Others pass it over, with a reason on their timeline.
    #[serde(default)]
    pub audience: Audience,
    /// The creditor's own opening paragraph in place of ours, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub opening: BTreeMap<Language, String>,
    /// How debtors are spoken to; as the administration speaks where nothing is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<Tone>,
}

fn by_email() -> Vec<Channel> {
    vec![Channel::Email]
}

/// Where a step's days begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CountedFrom {
    /// The invoice's own date.
    IssueDate,
    /// The last day to pay.
    DueDate,
    /// The day on which the last step was taken; the due date where none was.
    PreviousStep,
}

/// What a step charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StepCosts {
    /// Nothing.
    #[default]
    None,
    /// Statutory collection costs (BIK). From consumers only after the formal notice's term.
    Statutory,
}

/// Whom a step is meant for; everyone where nothing is set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Audience {
    /// Consumers or businesses only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DebtorKind>,
    /// The debtor or the invoice carries this label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_label: Option<String>,
    /// Neither debtor nor invoice carries this label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_label: Option<String>,
    /// Terms of a series only, or single invoices only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurring_term: Option<bool>,
}

impl Audience {
    /// Why the step is not meant for this invoice of this debtor; `None` where it is.
    pub fn excludes(&self, debtor: &Debtor, invoice: &Invoice) -> Option<&'static str> {
        let kind = if debtor.is_business() { DebtorKind::Business } else { DebtorKind::Consumer };
        let labelled = |label: &String| debtor.labels.contains(label) || invoice.labels.contains(label);
        if self.kind.is_some_and(|k| k != kind) {
            return Some("not meant for this kind of debtor");
        }
        if self.with_label.as_ref().is_some_and(|l| !labelled(l)) {
            return Some("meant for a label that is absent");
        }
        if self.without_label.as_ref().is_some_and(labelled) {
            return Some("not meant for a label that is present");
        }
        if self.recurring_term.is_some_and(|r| r != invoice.recurring_term) {
            return Some("not meant for this kind of invoice");
        }
        None
    }
}

impl Step {
    fn plain(id: &str, kind: StepKind, after_days: i16, counted_from: CountedFrom) -> Option<Step> {
        Some(Step {
            id: StepId::parse(id).ok()?,
            kind,
            after_days,
            counted_from,
            channels: by_email(),
            links_to: match kind {
                StepKind::FinalReminder => Some(SignalKind::Early),
                StepKind::EndOfServiceAnnouncement => Some(SignalKind::Crisis),
                _ => None,
            },
            minimum_open: Money::ZERO,
            costs: StepCosts::None,
            interest: false,
            audience: Audience::default(),
            opening: BTreeMap::new(),
            tone: None,
        })
    }
}

impl Policy {
    /// The policy of a new administration: reminders at 7, 21 and 35 days after the due date, the formal notice
    /// 14 days later and the announcement of the end of service 20 days after that.
    pub fn standard() -> Policy {
        use CountedFrom::{DueDate, PreviousStep};
        let steps = [
            Step::plain("reminder-1", StepKind::Reminder, 7, DueDate),
            Step::plain("reminder-2", StepKind::Reminder, 14, PreviousStep),
            Step::plain("final-reminder", StepKind::FinalReminder, 14, PreviousStep),
            Step::plain("formal-notice", StepKind::FormalNotice, 14, PreviousStep),
            Step::plain("end-of-service", StepKind::EndOfServiceAnnouncement, 20, PreviousStep),
        ];
        Policy::of("standard", "Standard", steps)
    }

    /// The standard policy without the end of service, and with collection to the bailiff behind it: for creditors
    /// that supply nothing to end. Costs and interest are claimed from the summons on.
    pub fn collection() -> Policy {
        use CountedFrom::{DueDate, PreviousStep};
        let claiming = |id, kind| {
            Step::plain(id, kind, 14, PreviousStep).map(|step| Step {
                costs: StepCosts::Statutory,
                interest: true,
                ..step
            })
        };
        let steps = [
            Step::plain("reminder-1", StepKind::Reminder, 7, DueDate),
            Step::plain("reminder-2", StepKind::Reminder, 14, PreviousStep),
            Step::plain("final-reminder", StepKind::FinalReminder, 14, PreviousStep),
            Step::plain("formal-notice", StepKind::FormalNotice, 14, PreviousStep),
            claiming("summons", StepKind::Summons).map(|step| Step { after_days: 20, ..step }),
            claiming("second-summons", StepKind::SecondSummons),
            claiming("notice-of-default", StepKind::NoticeOfDefault),
            Step::plain("ready-for-bailiff", StepKind::ReadyForBailiff, 14, PreviousStep),
        ];
        Policy::of("collection", "Collection", steps)
    }

    fn of<const N: usize>(id: &str, name: &str, steps: [Option<Step>; N]) -> Policy {
        Policy {
            // A constant of ours, and an id: the test of the standard policies reads it.
            id: PolicyId::parse(id).unwrap_or_else(|_| unreachable!("{id} is an id")),
            version: 1,
            name: name.to_owned(),
            steps: steps.into_iter().flatten().collect(),
        }
    }

    /// The same policy with its first reminder so many weeks after the due date; `None` where it has none.
    pub fn with_weeks_before_reminder(mut self, weeks: u8) -> Option<Policy> {
        let first = self.steps.iter_mut().find(|s| s.kind == StepKind::Reminder)?;
        first.after_days = i16::from(weeks) * 7;
        first.counted_from = CountedFrom::DueDate;
        Some(self)
    }

    /// Everything that is wrong with it, in words that a controller understands; paths are those of the API body.
    pub fn check(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        if self.steps.is_empty() || self.steps.len() > MOST_STEPS {
            let detail = format!("a policy has 1 to {MOST_STEPS} steps");
            found.push(Violation::new("steps", "number_of_steps", detail));
        }
        for (i, step) in self.steps.iter().enumerate() {
            found.extend(step.check(&self.steps[..i]).into_iter().map(|v| v.under(&format!("steps[{i}]"))));
        }
        found
    }

    /// The step after those that were taken, passing over what [`Audience`] leaves out. A taken step that the policy no
    /// longer knows is matched by how many of its kind were taken, so that a changed policy goes on where the old one
    /// was: never back, and no step twice.
    pub fn steps_after<'p>(&'p self, invoice: &Invoice) -> &'p [Step] {
        let Some(last) = invoice.last_step() else {
            return &self.steps;
        };
        let known = self.steps.iter().position(|s| s.id == last.step && s.kind == last.kind);
        let from = known.map_or_else(|| self.after_unknown(invoice, last.kind), |at| at + 1);
        let taken = |s: &&Step| invoice.steps.iter().any(|t| t.step == s.id);
        // A step that moved behind the last one was taken in its old place.
        let last_taken = self.steps[from..].iter().rposition(|s| taken(&s)).map_or(from, |at| from + at + 1);
        &self.steps[last_taken..]
    }

    fn after_unknown(&self, invoice: &Invoice, kind: StepKind) -> usize {
        let taken = invoice.steps.iter().filter(|s| s.kind == kind).count();
        let lighter = self.steps.iter().filter(|s| s.kind < kind).count();
        let same = self.steps.iter().filter(|s| s.kind == kind).count();
        lighter + same.min(taken)
    }
}

impl Step {
    fn check(&self, earlier: &[Step]) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut refuse = |path: &str, code, detail: &str| found.push(Violation::new(path, code, detail));
        if earlier.iter().any(|s| s.id == self.id) {
            refuse("id", "repeated_step", "stands in the policy twice");
        }
        if !self.kind.is_of_policy() {
            refuse("kind", "not_of_a_policy", "belongs to payment plans, not to a policy");
        }
        if earlier.iter().any(|s| s.kind > self.kind) {
            refuse("kind", "lighter_than_before", "is at least as heavy as the steps before it");
        }
        self.check_days(earlier, &mut refuse);
        self.check_channels(&mut refuse);
        self.check_words(&mut refuse);
        self.check_claims(earlier, &mut refuse);
        found
    }

    fn check_days(&self, earlier: &[Step], refuse: &mut impl FnMut(&str, &'static str, &str)) {
        if self.after_days.unsigned_abs() > LONGEST_WAIT.unsigned_abs() {
            refuse("afterDays", "too_long", "is at most 366 days");
        }
        let before = self.kind == StepKind::PreReminder;
        if before && (self.counted_from != CountedFrom::DueDate || self.after_days >= 0) {
            refuse(
                "afterDays",
                "not_before_due",
                "of a pre-reminder counts back from the due date: -3 is three days before",
            );
        }
        let sending = self.kind == StepKind::InvoiceSending;
        if !before && self.after_days < 0 && !(sending && self.counted_from == CountedFrom::DueDate) {
            refuse("afterDays", "negative", "is negative for pre-reminders and invoice sending only");
        }
        if self.counted_from == CountedFrom::IssueDate && !sending {
            refuse(
                "countedFrom",
                "not_from_issue_date",
                "only invoice sending counts from the issue date: reminders follow the due date",
            );
        }
        let of_due_date = |s: &&Step| s.counted_from == CountedFrom::DueDate;
        if of_due_date(&self)
            && let Some(last) = earlier.iter().rfind(of_due_date)
            && last.after_days > self.after_days
        {
            refuse(
                "afterDays",
                "earlier_than_before",
                "is not earlier than a step before it that counts from the due date",
            );
        }
    }

    fn check_channels(&self, refuse: &mut impl FnMut(&str, &'static str, &str)) {
        if self.kind.is_notice() && self.channels.is_empty() {
            refuse("channels", "no_channel", "names at least one channel");
        }
        let repeated = self.channels.iter().enumerate().any(|(i, c)| self.channels[..i].contains(c));
        if repeated {
            refuse("channels", "repeated_channel", "names each channel once");
        }
        let cannot = self.channels.iter().any(|c| !self.kind.may_go_by(*c));
        if cannot && self.kind == StepKind::FormalNotice {
            refuse(
                "channels",
                "not_in_writing",
                "of a formal notice are e-mail and letter: it is a letter (article 6:96(6) BW)",
            );
        } else if cannot {
            refuse(
                "channels",
                "too_much_for_a_text_message",
                "of an announcement of the end of service, or of a notice of default, are not SMS: it cannot hold them",
            );
        }
    }

    fn check_words(&self, refuse: &mut impl FnMut(&str, &'static str, &str)) {
        if self.opening.values().any(|text| text.trim().is_empty() || text.chars().count() > 1_000) {
            refuse("opening", "length", "has 1 to 1000 characters in each language");
        }
        if self.kind == StepKind::FormalNotice && self.opening.values().any(|text| names_a_term(text)) {
            refuse(
                "opening",
                "names_a_term",
                "of a formal notice names no day and no term: it has one by law (HR 2016:2704)",
            );
        }
        if self.tone == Some(Tone::Friendly) && !self.kind.may_be_friendly() {
            refuse("tone", "stays_formal", "is formal: what has consequences in law is said formally");
        }
    }

    fn check_claims(&self, earlier: &[Step], refuse: &mut impl FnMut(&str, &'static str, &str)) {
        let claims = self.costs == StepCosts::Statutory || self.interest;
        if claims && !(self.kind.is_collection() && self.kind.is_notice()) {
            refuse(
                "costs",
                "costs_too_early",
                "costs and interest are claimed from a summons on, not before",
            );
        }
        let noticed = earlier.iter().any(|s| s.kind == StepKind::FormalNotice);
        let businesses = self.audience.kind == Some(DebtorKind::Business);
        if self.costs == StepCosts::Statutory && !noticed && !businesses {
            refuse(
                "costs",
                "no_formal_notice_before",
                "need a formal notice before them (article 6:96(6) BW), unless the step is for businesses only",
            );
        }
        let end = matches!(self.kind, StepKind::EndOfService);
        if end && !earlier.iter().any(|s| s.kind == StepKind::EndOfServiceAnnouncement) {
            refuse("kind", "not_announced", "an end of service follows its announcement");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{DebtorId, InvoiceId};
    use crate::invoice::{InvoiceKind, TakenStep};
    use jiff::civil::date;
    use std::str::FromStr;

    use CountedFrom::{DueDate, IssueDate, PreviousStep};

    fn step(id: &str, kind: StepKind, after_days: i16, counted_from: CountedFrom) -> Step {
        Step { links_to: None, ..Step::plain(id, kind, after_days, counted_from).unwrap() }
    }

    fn policy(steps: Vec<Step>) -> Policy {
        Policy { id: "p".parse().unwrap(), version: 1, name: "P".into(), steps }
    }

    #[test]
    fn our_own_policies_are_good() {
        for (ours, steps) in [(Policy::standard(), 5), (Policy::collection(), 8)] {
            assert_eq!((ours.check(), ours.steps.len()), (Vec::new(), steps), "{}", ours.id);
        }
    }

    #[test]
    fn what_is_wrong_with_a_policy_is_named_with_its_place() {
        use StepKind::{
            EndOfService, EndOfServiceAnnouncement, FinalReminder, FormalNotice, InstalmentReminder,
            InvoiceSending, PreReminder, ReadyForBailiff, Reminder, Summons,
        };
        let first = || step("r1", Reminder, 7, DueDate);
        let notice = || step("fn", FormalNotice, 14, PreviousStep);
        let with = |mut step: Step, change: fn(&mut Step)| {
            change(&mut step);
            step
        };
        type Row = (Vec<Step>, &'static [(&'static str, &'static str)]);
        let table: Vec<Row> = vec![
            (vec![], &[("steps", "number_of_steps")]),
            (vec![first()], &[]),
            (vec![first(), first()], &[("steps[1].id", "repeated_step")]),
            (vec![step("i", InstalmentReminder, 7, DueDate)], &[("steps[0].kind", "not_of_a_policy")]),
            (
                vec![step("f", FinalReminder, 7, DueDate), step("r", Reminder, 7, PreviousStep)],
                &[("steps[1].kind", "lighter_than_before")],
            ),
            (vec![step("r", Reminder, 366, DueDate)], &[]),
            (vec![step("r", Reminder, 367, DueDate)], &[("steps[0].afterDays", "too_long")]),
            (vec![step("r", Reminder, 0, DueDate)], &[]),
            (vec![step("r", Reminder, -1, DueDate)], &[("steps[0].afterDays", "negative")]),
            (
                vec![step("r", Reminder, i16::MIN, DueDate)],
                &[("steps[0].afterDays", "too_long"), ("steps[0].afterDays", "negative")],
            ),
            (vec![step("p", PreReminder, -1, DueDate)], &[]),
            (vec![step("p", PreReminder, 0, DueDate)], &[("steps[0].afterDays", "not_before_due")]),
            (vec![step("p", PreReminder, -3, PreviousStep)], &[("steps[0].afterDays", "not_before_due")]),
            (vec![step("i", InvoiceSending, 0, IssueDate)], &[]),
            (vec![step("i", InvoiceSending, -14, DueDate)], &[]),
            (vec![step("i", InvoiceSending, -14, IssueDate)], &[("steps[0].afterDays", "negative")]),
            (vec![step("r", Reminder, 7, IssueDate)], &[("steps[0].countedFrom", "not_from_issue_date")]),
            (
                vec![first(), step("r2", Reminder, 6, DueDate)],
                &[("steps[1].afterDays", "earlier_than_before")],
            ),
            (vec![first(), step("r2", Reminder, 7, DueDate)], &[]),
            (vec![with(first(), |s| s.channels.clear())], &[("steps[0].channels", "no_channel")]),
            (
                vec![with(first(), |s| s.channels = vec![Channel::Sms, Channel::Sms])],
                &[("steps[0].channels", "repeated_channel")],
            ),
            (
                vec![with(notice(), |s| s.channels = vec![Channel::Letter, Channel::Phone])],
                &[("steps[0].channels", "not_in_writing")],
            ),
            (
                vec![with(first(), |s| {
                    s.opening.insert(Language::Nl, " ".into());
                })],
                &[("steps[0].opening", "length")],
            ),
            (
                vec![with(first(), |s| {
                    s.opening.insert(Language::Nl, "x".repeat(1_001));
                })],
                &[("steps[0].opening", "length")],
            ),
            (
                vec![with(notice(), |s| {
                    s.opening.insert(Language::Nl, "Betaal binnen 14 dagen.".into());
                })],
                &[("steps[0].opening", "names_a_term")],
            ),
            (
                vec![with(first(), |s| {
                    s.opening.insert(Language::Nl, "Betaal binnen 14 dagen.".into());
                    s.tone = Some(Tone::Friendly);
                })],
                &[],
            ),
            (vec![with(notice(), |s| s.tone = Some(Tone::Friendly))], &[("steps[0].tone", "stays_formal")]),
            (
                vec![notice(), with(step("f2", FormalNotice, 1, PreviousStep), |s| s.interest = true)],
                &[("steps[1].costs", "costs_too_early")],
            ),
            (
                vec![with(step("s", Summons, 14, DueDate), |s| s.costs = StepCosts::Statutory)],
                &[("steps[0].costs", "no_formal_notice_before")],
            ),
            (
                vec![with(step("s", Summons, 14, DueDate), |s| {
                    s.costs = StepCosts::Statutory;
                    s.audience.kind = Some(DebtorKind::Business);
                })],
                &[],
            ),
            (
                vec![notice(), with(step("b", ReadyForBailiff, 14, PreviousStep), |s| s.interest = true)],
                &[("steps[1].costs", "costs_too_early")],
            ),
            (vec![step("e", EndOfService, 14, DueDate)], &[("steps[0].kind", "not_announced")]),
            (
                vec![
                    step("a", EndOfServiceAnnouncement, 14, DueDate),
                    step("e", EndOfService, 20, PreviousStep),
                ],
                &[],
            ),
        ];
        for (steps, expected) in table {
            let policy = policy(steps);
            let found = policy.check();
            let found: Vec<_> = found.iter().map(|v| (v.path.as_str(), v.code)).collect();
            assert_eq!(found, expected, "{:?}", policy.steps);
        }
        let many = (0..=MOST_STEPS).map(|n| step(&format!("r{n}"), Reminder, 7, PreviousStep)).collect();
        assert_eq!(policy(many).check()[0].code, "number_of_steps");
    }

    /// An invoice on which these steps were taken, a day after each other.
    fn invoice(taken: &[(&str, StepKind)]) -> Invoice {
        let debtor = DebtorId::from_str("d").unwrap();
        let steps = taken
            .iter()
            .zip(1..)
            .map(|((id, kind), n)| TakenStep {
                step: id.parse().unwrap(),
                kind: *kind,
                notice: Some(debtor.notice(n)),
                on: date(2026, 9, 1),
                skipped: false,
            })
            .collect();
        Invoice {
            id: InvoiceId::from_str("i").unwrap(),
            number: "1".into(),
            kind: InvoiceKind::Invoice,
            issue_date: date(2026, 8, 1),
            due_date: date(2026, 8, 15),
            total: Money::from_cents(121_00),
            ledger: None,
            recurring_term: true,
            payment_reference: None,
            payment_condition: None,
            corrects: None,
            lines: vec![],
            parties: None,
            labels: vec![],
            modified_at: "2026-08-01T00:00:00Z".parse().unwrap(),
            deleted_at: None,
            sending: crate::invoice::Sending::ByPolicy,
            bookings: vec![],
            closed_on: None,
            steps,
            policy_id: None,
            planned: None,
            restarted_on: None,
            formal_notice: None,
            charges: vec![],
            claimed: None,
        }
    }

    #[test]
    fn follow_up_goes_on_behind_what_was_taken_and_never_back() {
        use StepKind::{FinalReminder, FormalNotice, Reminder};
        let r = |id: &str| step(id, Reminder, 7, PreviousStep);
        let f = || step("f", FinalReminder, 7, PreviousStep);
        let n = || step("n", FormalNotice, 7, PreviousStep);
        type Row = (Vec<Step>, &'static [(&'static str, StepKind)], &'static [&'static str]);
        let table: Vec<Row> = vec![
            (vec![r("r1"), r("r2"), f()], &[], &["r1", "r2", "f"]),
            (vec![r("r1"), r("r2"), f()], &[("r1", Reminder)], &["r2", "f"]),
            (vec![r("r1"), r("r2"), f()], &[("r1", Reminder), ("r2", Reminder), ("f", FinalReminder)], &[]),
            // Inserted before what was taken: not sent any more. Behind it: sent.
            (vec![r("r0"), r("r1"), f()], &[("r1", Reminder)], &["f"]),
            (vec![r("r1"), r("r15"), f()], &[("r1", Reminder)], &["r15", "f"]),
            // Removed: matched by how many of its kind were taken.
            (vec![r("r2"), r("r3"), f()], &[("r1", Reminder)], &["r3", "f"]),
            (vec![f(), n()], &[("r1", Reminder)], &["f", "n"]),
            (vec![r("r1"), n()], &[("r1", Reminder), ("f", FinalReminder)], &["n"]),
            (vec![r("r1")], &[("r1", Reminder), ("f", FinalReminder)], &[]),
            // Moved: what was taken in its old place is not taken in its new one.
            (vec![r("r2"), r("r1"), f()], &[("r1", Reminder), ("r2", Reminder)], &["f"]),
            // A step that took another kind under its old name counts as unknown, and is not sent again.
            (
                vec![r("r1"), step("r2", FinalReminder, 7, PreviousStep), n()],
                &[("r1", Reminder), ("r2", Reminder)],
                &["n"],
            ),
            // Another policy altogether.
            (
                vec![r("a"), r("b"), f(), n()],
                &[("r1", Reminder), ("r2", Reminder), ("r3", Reminder)],
                &["f", "n"],
            ),
        ];
        for (steps, taken, expected) in table {
            let policy = policy(steps);
            let left: Vec<&str> = policy.steps_after(&invoice(taken)).iter().map(|s| s.id.as_str()).collect();
            assert_eq!(left, expected, "{taken:?}");
        }
    }

    #[test]
    fn weeks_set_the_wait_of_the_first_reminder_and_nothing_else() {
        let three = Policy::standard().with_weeks_before_reminder(3).unwrap();
        assert_eq!((three.steps[0].after_days, three.steps[0].counted_from), (21, DueDate));
        assert_eq!(three.steps[1..], Policy::standard().steps[1..]);
        let without = policy(vec![step("f", StepKind::FinalReminder, 7, DueDate)]);
        assert_eq!(without.with_weeks_before_reminder(3), None);
    }
}
