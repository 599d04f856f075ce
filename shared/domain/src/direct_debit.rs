//! Direct debit: which invoices are collected, on which day, and how an administration does it.
//!
//! **The invoice is the pre-notification.** It names the day ("on or about") and the amount, so that nothing is collected
//! before its due date, nor within the days of pre-notification after its issue date, nor more than it says. What no
//! invoice could name is not collected: an invoice from before the mandate, costs and interest. One collection is about one
//! invoice, so that a return is about one invoice as well.
//!
//! While an invoice is being collected it is held ([`crate::hold::HoldReason::DirectDebit`]): its waiting time stands still,
//! and after a return the policy goes on where it stopped, after the days of grace.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::administration::Administration;
use crate::calendar::{plus_days, today};
use crate::debit_batch::BatchId;
use crate::dossier::Dossier;
use crate::hold::{Hold, HoldReason, day_after_grace};
use crate::ids::{DebitId, InvoiceId, MandateId};
use crate::invoice::{Invoice, InvoiceKind};
use crate::mandate::{self, Mandate, Scheme};
use crate::return_reason::{Treatment, by_default};
use crate::step::StepKind;
use crate::target2;

/// How an administration collects by direct debit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectDebitRules {
    /// Nothing is collected while it is off.
    pub enabled: bool,
    /// The SEPA creditor identifier; checked when it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor_id: Option<String>,
    /// Days between the issue of an invoice and its collection: 14 by the rulebooks, fewer where that was agreed.
    pub pre_notification_days: u16,
    /// TARGET days between the submission of a batch and its collection, under the Core scheme. One since November 2016,
    /// whatever the sequence; a bank may ask for more.
    pub lead_days_core: u16,
    /// The same under the scheme for businesses.
    pub lead_days_b2b: u16,
    /// Debits of one batch at most.
    pub most_per_batch: u16,
    /// Days after a return until it is collected once more, where that is what is done.
    pub retry_after_days: u16,
    /// How often one invoice is collected once more.
    pub most_retries: u16,
    /// What is done about a return with these codes, where that is not [`by_default`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returns: BTreeMap<String, Treatment>,
}

impl Default for DirectDebitRules {
    fn default() -> DirectDebitRules {
        DirectDebitRules {
            enabled: false,
            creditor_id: None,
            pre_notification_days: 14,
            lead_days_core: 1,
            lead_days_b2b: 1,
            most_per_batch: 10_000,
            retry_after_days: 5,
            most_retries: 1,
            returns: BTreeMap::new(),
        }
    }
}

impl DirectDebitRules {
    /// TARGET days between submission and collection.
    pub fn lead_days(&self, scheme: Scheme) -> u16 {
        match scheme {
            Scheme::Core => self.lead_days_core,
            Scheme::B2b => self.lead_days_b2b,
        }
    }

    /// What is done about a return with this code. An unknown one is put before a person.
    pub fn treatment(&self, code: &str) -> Treatment {
        self.returns.get(code).copied().or_else(|| by_default(code)).unwrap_or(Treatment::AskPerson)
    }
}

/// One collection of one invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Debit {
    /// `{debtor}.b{number}`.
    pub id: DebitId,
    /// What is collected.
    pub invoice: InvoiceId,
    /// Under which mandate.
    pub mandate: MandateId,
    /// In euros: the most that is collected while it is announced, then what is collected.
    pub amount: Money,
    /// The day on which the money moves.
    pub collect_on: Date,
    /// The day on which a batch takes it up.
    pub submit_on: Date,
    /// 1, and one more each time that the invoice is collected once more.
    pub attempt: u16,
    /// The batch that took it up last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
    /// When it was decided on.
    pub announced_at: Timestamp,
    /// How far it is.
    pub state: DebitState,
}

/// How far a collection is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DebitState {
    /// Its day is fixed; no batch has it yet.
    Announced,
    /// A batch has it.
    Batched {
        /// What was open on the invoice then, in euros.
        open_before: Money,
    },
    /// The money came in.
    Collected {
        /// On this day.
        on: Date,
    },
    /// It came back.
    Returned {
        /// On this day.
        on: Date,
        /// The bank's reason code.
        code: String,
    },
    /// It was not collected.
    Cancelled {
        /// On this day.
        on: Date,
        /// Why, as a stable code.
        reason: String,
    },
}

impl DebitState {
    /// As it stands on the HTTP surface.
    pub fn name(&self) -> &'static str {
        match self {
            DebitState::Announced => "announced",
            DebitState::Batched { .. } => "batched",
            DebitState::Collected { .. } => "collected",
            DebitState::Returned { .. } => "returned",
            DebitState::Cancelled { .. } => "cancelled",
        }
    }
}

impl Debit {
    /// It is announced or in a batch: its invoice is held.
    pub fn lives(&self) -> bool {
        matches!(self.state, DebitState::Announced | DebitState::Batched { .. })
    }

    /// No batch has it yet.
    pub fn is_announced(&self) -> bool {
        self.state == DebitState::Announced
    }
}

/// Why an invoice is not collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCollected {
    /// The administration does not collect by direct debit.
    Off,
    /// No mandate is active.
    NoMandate,
    /// The mandate was not used for 36 months.
    MandateLapsed,
    /// The invoice was issued before the mandate was signed: it could not announce a debit.
    BeforeMandate,
    /// It is a credit note, or nothing is open on it.
    NothingOpen,
    /// What the debtor has to their credit covers it.
    CoveredByCredit,
    /// A payment plan is about it.
    InPlan,
    /// The debtor disputes it.
    Disputed,
    /// The debtor promised to pay it by a day.
    Promised,
    /// Another hold stands.
    Held,
    /// A reminder left about it: it is followed up by other means.
    FollowedUp,
    /// It is ready for the bailiff.
    HandedOver,
    /// It came back before, and nothing says to try again.
    ReturnedBefore,
    /// It is being collected.
    UnderWay,
    /// It falls due later than the day that was announced.
    DueLater,
}

impl NotCollected {
    /// The stable name of the reason.
    pub fn code(self) -> &'static str {
        match self {
            NotCollected::Off => "direct_debit_off",
            NotCollected::NoMandate => "no_mandate",
            NotCollected::MandateLapsed => "mandate_lapsed",
            NotCollected::BeforeMandate => "issued_before_mandate",
            NotCollected::NothingOpen => "nothing_open",
            NotCollected::CoveredByCredit => "covered_by_credit",
            NotCollected::InPlan => "in_plan",
            NotCollected::Disputed => "disputed",
            NotCollected::Promised => "promised",
            NotCollected::Held => "held",
            NotCollected::FollowedUp => "followed_up",
            NotCollected::HandedOver => "handed_over",
            NotCollected::ReturnedBefore => "returned_before",
            NotCollected::UnderWay => "under_way",
            NotCollected::DueLater => "due_later",
        }
    }
}

/// The mandate under which this invoice may be collected for the first time now, or why it is not.
pub fn collectable<'a>(
    dossier: &'a Dossier,
    administration: &Administration,
    invoice: &Invoice,
    now: Timestamp,
) -> Result<&'a Mandate, NotCollected> {
    let mandate = usable(dossier, administration, invoice, now)?;
    let about = dossier.debits.iter().filter(|d| d.invoice == invoice.id);
    for debit in about {
        match debit.state {
            DebitState::Announced | DebitState::Batched { .. } => return Err(NotCollected::UnderWay),
            DebitState::Returned { .. } => return Err(NotCollected::ReturnedBefore),
            // It came in, and was taken back by something that is no return: a person looks.
            DebitState::Collected { .. } => return Err(NotCollected::ReturnedBefore),
            DebitState::Cancelled { .. } => {}
        }
    }
    Ok(mandate)
}

/// Whether this announced debit may still be collected, and under which mandate.
pub fn stands<'a>(
    dossier: &'a Dossier,
    administration: &Administration,
    debit: &Debit,
    now: Timestamp,
) -> Result<&'a Mandate, NotCollected> {
    let invoice = dossier.invoices.get(&debit.invoice).ok_or(NotCollected::NothingOpen)?;
    if invoice.due_date > debit.collect_on {
        return Err(NotCollected::DueLater);
    }
    usable(dossier, administration, invoice, now)
}

/// The same, whatever became of earlier debits.
pub(crate) fn usable<'a>(
    dossier: &'a Dossier,
    administration: &Administration,
    invoice: &Invoice,
    now: Timestamp,
) -> Result<&'a Mandate, NotCollected> {
    let rules = &administration.direct_debit;
    if !rules.enabled || rules.creditor_id.is_none() {
        return Err(NotCollected::Off);
    }
    if invoice.kind == InvoiceKind::CreditNote || !invoice.open().is_positive() {
        return Err(NotCollected::NothingOpen);
    }
    let mandate = mandate::current(dossier).ok_or(NotCollected::NoMandate)?;
    if mandate.is_lapsed(today(now)) {
        return Err(NotCollected::MandateLapsed);
    }
    if invoice.issue_date < mandate.signed_on {
        return Err(NotCollected::BeforeMandate);
    }
    let holds = dossier.holds_on(&invoice.id, StepKind::Reminder, &administration.holds);
    if let Some(hold) = holds.filter(|h| h.stands_at(now)).find(|h| !is_of_debit(h)) {
        return Err(match hold.reason {
            HoldReason::PaymentPlan { .. } => NotCollected::InPlan,
            HoldReason::Dispute { .. } => NotCollected::Disputed,
            HoldReason::Promise { .. } => NotCollected::Promised,
            HoldReason::HandedOver { .. } => NotCollected::HandedOver,
            _ => NotCollected::Held,
        });
    }
    if invoice.took(StepKind::ReadyForBailiff) {
        return Err(NotCollected::HandedOver);
    }
    if invoice.steps.iter().any(|s| s.kind >= StepKind::Reminder && !s.skipped) {
        return Err(NotCollected::FollowedUp);
    }
    if dossier.is_covered(today(now)) {
        return Err(NotCollected::CoveredByCredit);
    }
    Ok(mandate)
}

pub(crate) fn is_of_debit(hold: &Hold) -> bool {
    matches!(hold.reason, HoldReason::DirectDebit { .. })
}

/// The day of collection of an invoice and the day of its submission: not before the due date, nor within the
/// pre-notification, nor within the grace after a hold, nor sooner than a batch that leaves on `submit_from` can bring it.
pub fn collection_days(
    dossier: &Dossier,
    administration: &Administration,
    invoice: &Invoice,
    scheme: Scheme,
    submit_from: Date,
) -> (Date, Date) {
    let rules = &administration.direct_debit;
    let announced = plus_days(invoice.issue_date, i32::from(rules.pre_notification_days));
    let holds = dossier.holds_on(&invoice.id, StepKind::Reminder, &administration.holds);
    let ended = holds.filter(|h| h.ends_at().is_some() && !is_of_debit(h));
    let grace = day_after_grace(i32::from(administration.grace_days), ended);
    let wanted = invoice.due_date.max(announced).max(grace.unwrap_or(invoice.due_date));
    days_from(rules, scheme, wanted, submit_from)
}

/// The first day of collection on or after `wanted` that a batch of `submit_from` or later can bring, and the day of that
/// batch.
pub(crate) fn days_from(
    rules: &DirectDebitRules,
    scheme: Scheme,
    wanted: Date,
    submit_from: Date,
) -> (Date, Date) {
    let lead = rules.lead_days(scheme);
    let soonest = target2::after(target2::on_or_after(submit_from), lead);
    let collect_on = target2::on_or_after(wanted.max(soonest));
    (collect_on, target2::before(collect_on, lead))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_days_of_collection_and_submission() {
        let rules = DirectDebitRules::default();
        let two = DirectDebitRules { lead_days_core: 2, ..DirectDebitRules::default() };
        let d = date;
        // (rules, wanted, a batch leaves from, collected on, submitted on)
        let table = [
            (&rules, d(2026, 11, 25), d(2026, 11, 2), d(2026, 11, 25), d(2026, 11, 24)),
            (&rules, d(2026, 11, 25), d(2026, 11, 24), d(2026, 11, 25), d(2026, 11, 24)), // the day before: in time
            (&rules, d(2026, 11, 25), d(2026, 11, 25), d(2026, 11, 26), d(2026, 11, 25)), // on the day: a day later
            (&rules, d(2026, 11, 25), d(2026, 11, 26), d(2026, 11, 27), d(2026, 11, 26)), // after it
            (&rules, d(2026, 11, 28), d(2026, 11, 2), d(2026, 11, 30), d(2026, 11, 27)),  // a Saturday
            (&rules, d(2026, 4, 3), d(2026, 3, 2), d(2026, 4, 7), d(2026, 4, 2)),         // over Easter
            (&rules, d(2026, 4, 7), d(2026, 4, 3), d(2026, 4, 8), d(2026, 4, 7)), // asked on Good Friday
            (&rules, d(2026, 12, 25), d(2026, 12, 1), d(2026, 12, 28), d(2026, 12, 24)), // over Christmas
            (&two, d(2026, 11, 25), d(2026, 11, 23), d(2026, 11, 25), d(2026, 11, 23)),
            (&two, d(2026, 11, 25), d(2026, 11, 24), d(2026, 11, 26), d(2026, 11, 24)),
            (&two, d(2026, 12, 28), d(2026, 12, 1), d(2026, 12, 28), d(2026, 12, 23)),
        ];
        for (rules, wanted, from, collect, submit) in table {
            let lead = rules.lead_days_core;
            let got = days_from(rules, Scheme::Core, wanted, from);
            assert_eq!(got, (collect, submit), "{wanted} from {from}, {lead} days");
        }
    }

    #[test]
    fn settings_choose_what_is_done_about_a_code() {
        let mut rules = DirectDebitRules::default();
        assert_eq!(rules.treatment("AM04"), Treatment::Retry);
        assert_eq!(rules.treatment("XX99"), Treatment::AskPerson);
        rules.returns.insert("AM04".into(), Treatment::FollowUp);
        rules.returns.insert("XX99".into(), Treatment::EndMandate);
        assert_eq!(rules.treatment("AM04"), Treatment::FollowUp);
        assert_eq!(rules.treatment("XX99"), Treatment::EndMandate);
    }
}
