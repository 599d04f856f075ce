//! Mandates: a debtor's leave to collect by direct debit.
//!
//! A mandate is known by its unique reference, which the debtor signed under and the bank sees. Once it ended it stays
//! ended: new leave is a new mandate under a new reference.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::debiting;
use crate::dossier::{Dossier, Draft};
use crate::ids::MandateId;
use crate::intake::Upsert;
use crate::refusal::Refusal;
use crate::timeline::Event;

/// Mandates of one debtor at most, ended ones included.
pub const MOST_MANDATES: usize = 50;

/// Months without a debit after which a mandate lapses (SEPA Core Rulebook, section 4.1; B2B the same).
const LAPSES_AFTER_MONTHS: i32 = 36;

/// Leave to collect from an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mandate {
    /// The unique mandate reference (UMR).
    pub id: MandateId,
    /// The rules that it was signed under.
    pub scheme: Scheme,
    /// For one collection, or for more.
    pub kind: MandateKind,
    /// The day of the signature.
    pub signed_on: Date,
    /// The account that is debited: checked by whoever took the mandate in.
    pub iban: String,
    /// The bank of that account, where it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bic: Option<String>,
    /// Whose account it is, where that is not the debtor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Whether it may be used.
    pub state: MandateState,
    /// The day of the last collection under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_on: Option<Date>,
    /// The account before a change that no collection has told the bank of yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amended_from: Option<String>,
    /// When the source system last changed this record.
    pub modified_at: Timestamp,
}

/// The two schemes of SEPA direct debit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scheme {
    /// For everyone; the debtor has eight weeks to have a debit refunded.
    Core,
    /// Between businesses; no refund of an authorised debit, and the debtor's bank has to know the mandate.
    B2b,
}

/// How often a mandate may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MandateKind {
    /// Until it ends.
    Recurrent,
    /// Once.
    OneOff,
}

/// Whether a mandate may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MandateState {
    /// It may.
    Active,
    /// The debtor took it back.
    Withdrawn {
        /// From this day on.
        on: Date,
    },
    /// It was for one collection, and that was made.
    Used {
        /// The day of that collection.
        on: Date,
    },
    /// A returned debit said that it cannot be used any more.
    Ended {
        /// From this day on.
        on: Date,
        /// The bank's reason code.
        code: String,
    },
}

impl Mandate {
    /// The last day on which it may be used if nothing more is collected under it.
    pub fn lapses_after(&self) -> Date {
        let from = self.last_used_on.map_or(self.signed_on, |used| used.max(self.signed_on));
        from.saturating_add(Span::new().months(LAPSES_AFTER_MONTHS))
    }

    /// It was not used for 36 months.
    pub fn is_lapsed(&self, on: Date) -> bool {
        on > self.lapses_after()
    }

    /// Nothing ended it; it may have lapsed.
    pub fn is_active(&self) -> bool {
        self.state == MandateState::Active
    }
}

/// The mandate that invoices of this debtor are collected under: of those that are active, the one that was signed last.
pub fn current(dossier: &Dossier) -> Option<&Mandate> {
    dossier.mandates.iter().filter(|m| m.is_active()).max_by_key(|m| (m.signed_on, m.modified_at))
}

/// The mandate with this reference.
///
/// # Errors
/// [`Refusal::NoSuchMandate`] where the debtor has none of this reference.
pub fn find<'a>(dossier: &'a Dossier, id: &MandateId) -> Result<&'a Mandate, Refusal> {
    dossier.mandates.iter().find(|m| m.id == *id).ok_or(Refusal::NoSuchMandate)
}

/// A mandate as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The unique mandate reference.
    pub id: MandateId,
    /// The rules that it was signed under; never changes.
    pub scheme: Scheme,
    /// For one collection, or for more; never changes.
    pub kind: MandateKind,
    /// The day of the signature; never changes.
    pub signed_on: Date,
    /// The account that is debited.
    pub iban: String,
    /// The bank of that account.
    pub bic: Option<String>,
    /// Whose account it is, where that is not the debtor.
    pub holder: Option<String>,
    /// The last collection under it by another system before this one.
    pub last_used_on: Option<Date>,
    /// The debtor took it back on this day.
    pub withdrawn_on: Option<Date>,
    /// When the source system last changed this record.
    pub modified_at: Timestamp,
}

/// Takes in a mandate, new or known. A changed account is told to the bank with the next collection.
///
/// # Errors
/// Names the rule that forbids it; then nothing was changed.
pub fn put(draft: &mut Draft, told: Told) -> Result<Upsert, Refusal> {
    let Some(known) = draft.dossier.mandates.iter().find(|m| m.id == told.id).cloned() else {
        return give(draft, told);
    };
    if told.modified_at < known.modified_at {
        return Ok(Upsert::Older);
    }
    let fixed = (told.scheme, told.kind, told.signed_on) == (known.scheme, known.kind, known.signed_on);
    if !fixed {
        return Err(Refusal::MandateIsFixed);
    }
    let mut fields = Vec::new();
    for (name, differs) in [
        ("iban", told.iban != known.iban),
        ("bic", told.bic != known.bic),
        ("holder", told.holder != known.holder),
    ] {
        if differs {
            fields.push(name.to_owned());
        }
    }
    if !known.is_active() {
        return if fields.is_empty() { Ok(Upsert::Unchanged) } else { Err(Refusal::MandateEnded) };
    }
    let account_moved = told.iban != known.iban && known.last_used_on.is_some();
    if let Some(mandate) = draft.dossier.mandates.iter_mut().find(|m| m.id == told.id) {
        mandate.modified_at = told.modified_at;
        mandate.iban = told.iban;
        mandate.bic = told.bic;
        mandate.holder = told.holder;
        if account_moved {
            mandate.amended_from.get_or_insert(known.iban);
            mandate.amended_from = mandate.amended_from.take().filter(|before| *before != mandate.iban);
        }
    }
    let withdrawn = told.withdrawn_on.is_some();
    if !fields.is_empty() {
        draft.record(Event::MandateAmended { mandate: told.id.clone(), fields: fields.clone() });
    }
    if let Some(on) = told.withdrawn_on {
        withdraw(draft, &told.id, on)?;
    }
    Ok(if withdrawn || !fields.is_empty() { Upsert::Changed } else { Upsert::Unchanged })
}

fn give(draft: &mut Draft, told: Told) -> Result<Upsert, Refusal> {
    if told.scheme == Scheme::B2b && !draft.dossier.debtor.is_business() {
        return Err(Refusal::SchemeForBusinesses);
    }
    if draft.dossier.mandates.len() >= MOST_MANDATES {
        return Err(Refusal::TooManyMandates);
    }
    let id = told.id.clone();
    draft.dossier.mandates.push(Mandate {
        id: told.id,
        scheme: told.scheme,
        kind: told.kind,
        signed_on: told.signed_on,
        iban: told.iban,
        bic: told.bic,
        holder: told.holder,
        state: MandateState::Active,
        last_used_on: told.last_used_on,
        amended_from: None,
        modified_at: told.modified_at,
    });
    draft.record(Event::MandateGiven { mandate: id.clone(), scheme: told.scheme });
    if let Some(on) = told.withdrawn_on {
        withdraw(draft, &id, on)?;
    }
    Ok(Upsert::Created)
}

/// The debtor takes a mandate back: what was announced under it is not collected. What a batch holds already is. Once
/// more changes nothing.
///
/// # Errors
/// [`Refusal::NoSuchMandate`].
pub fn withdraw(draft: &mut Draft, id: &MandateId, on: Date) -> Result<(), Refusal> {
    if !find(&draft.dossier, id)?.is_active() {
        return Ok(());
    }
    set_state(draft, id, MandateState::Withdrawn { on });
    draft.record(Event::MandateWithdrawn { mandate: id.clone() });
    debiting::cancel_under(draft, id, "mandate_withdrawn");
    Ok(())
}

/// A returned debit said that the mandate cannot be used any more.
pub(crate) fn end(draft: &mut Draft, id: &MandateId, on: Date, code: &str) {
    if find(&draft.dossier, id).is_ok_and(Mandate::is_active) {
        set_state(draft, id, MandateState::Ended { on, code: code.to_owned() });
        draft.record(Event::MandateEnded { mandate: id.clone(), code: code.to_owned() });
        debiting::cancel_under(draft, id, "mandate_ended");
    }
}

fn set_state(draft: &mut Draft, id: &MandateId, state: MandateState) {
    if let Some(mandate) = draft.dossier.mandates.iter_mut().find(|m| m.id == *id) {
        mandate.state = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn mandate(signed_on: Date, last_used_on: Option<Date>) -> Mandate {
        Mandate {
            id: MandateId::parse("M1").unwrap(),
            scheme: Scheme::Core,
            kind: MandateKind::Recurrent,
            signed_on,
            iban: "NL91ABNA0417164300".into(),
            bic: None,
            holder: None,
            state: MandateState::Active,
            last_used_on,
            amended_from: None,
            modified_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_mandate_lapses_36_months_after_its_last_use() {
        // (signed on, last used on, last day)
        let table = [
            (date(2023, 11, 25), None, date(2026, 11, 25)),
            (date(2020, 1, 1), Some(date(2024, 2, 29)), date(2027, 2, 28)),
            (date(2024, 5, 1), Some(date(2023, 1, 1)), date(2027, 5, 1)), // used under an older signature
        ];
        for (signed, used, last) in table {
            let mandate = mandate(signed, used);
            assert!(!mandate.is_lapsed(last), "{signed}");
            assert!(mandate.is_lapsed(crate::calendar::plus_days(last, 1)), "{signed}");
        }
    }
}
