//! Lines of our own direct debits: the money that a collection brought, and what of it went back.
//!
//! The bank gives our references back, so that nothing is guessed. What the line says is booked before the line itself is
//! stored, in as many writes as there are debtors; each debit is booked once, so a line that is told again goes on where it
//! stopped.

use contracts::failure::Failure;
use domain::bank::BankLine;
use domain::bank_line::LineState;
use domain::debit_batch::{BatchEntry, EntryReturn, Reference};
use domain::ids::{AdministrationId, MandateId};
use domain::matching::NoMatch;
use domain::return_reason::is_code;

use crate::{Booked, Origin, Records};

/// The code of a return for which the bank gave none.
const NO_REASON: &str = "MS03";

impl Records {
    /// What a line is that names direct debits of ours, which are booked; `None` where it names none.
    pub(super) async fn of_direct_debits(
        &self,
        origin: &Origin,
        line: &BankLine,
    ) -> Result<Option<LineState>, Failure> {
        let done = if line.amount.is_positive() {
            self.collected(origin, line).await
        } else {
            self.went_back(origin, line).await
        };
        match done {
            // It looks like a reference of ours and is none, or its batch was given up: anything else is looked for.
            Err(Failure::Rejected { .. } | Failure::BadInput(_) | Failure::NotFound { .. }) => Ok(None),
            other => other,
        }
    }

    async fn collected(&self, origin: &Origin, line: &BankLine) -> Result<Option<LineState>, Failure> {
        let Some((reference, text)) = reference_in(line) else { return Ok(None) };
        let booked = self.book_direct_debits(origin, &reference, line.amount, line.booked_on).await?;
        Ok(Some(match booked {
            Booked::Debits(_) => LineState::DirectDebits { reference: text },
            Booked::AmountDiffers { .. } => LineState::Unmatched(NoMatch::CollectionDiffers),
        }))
    }

    async fn went_back(&self, origin: &Origin, line: &BankLine) -> Result<Option<LineState>, Failure> {
        let Some(reference) = self.of_one_debit(&origin.administration, line).await? else { return Ok(None) };
        let Some(entry) = self.direct_debits(&origin.administration, &reference).await?.pop() else {
            return Ok(None);
        };
        // A bank may add interest to what it takes back, and never gives a part.
        if -line.amount < entry.amount {
            return Ok(Some(LineState::Unmatched(NoMatch::CollectionDiffers)));
        }
        let code = line.return_reason.clone().filter(|code| is_code(code));
        let code = code.unwrap_or_else(|| NO_REASON.to_owned());
        let came_back = EntryReturn { code, on: line.booked_on };
        self.return_direct_debit(origin, &reference, &came_back).await?;
        Ok(Some(LineState::DirectDebits { reference: entry.end_to_end_id }))
    }

    /// The one transaction that a line which went out names; by its mandate where the bank gives nothing else back.
    async fn of_one_debit(
        &self,
        administration: &AdministrationId,
        line: &BankLine,
    ) -> Result<Option<Reference>, Failure> {
        if let Some((reference @ Reference::Entry(..), _)) = reference_in(line) {
            return Ok(Some(reference));
        }
        let mandate = line.mandate_id.as_deref().and_then(|id| MandateId::parse(id).ok());
        let Some(mandate) = mandate else { return Ok(None) };
        for reference in self.direct_debits_under(administration, &mandate).await? {
            let entry: Option<BatchEntry> = self.direct_debits(administration, &reference).await?.pop();
            if entry.is_some_and(|entry| entry.returned.is_none() && entry.amount == -line.amount) {
                return Ok(Some(reference));
            }
        }
        Ok(None)
    }
}

/// The reference of ours that a line gives back, as it stands there: that of one transaction before that of a batch, and
/// what stands in its own field before what stands in the text.
fn reference_in(line: &BankLine) -> Option<(Reference, String)> {
    let fields = [line.end_to_end_id.as_deref(), line.batch_id.as_deref(), line.bank_reference.as_deref()];
    let parse = |text: &str| Reference::parse(text).map(|reference| (reference, text.trim().to_owned()));
    let found: Vec<(Reference, String)> =
        fields.into_iter().flatten().chain(line.text.split_whitespace()).filter_map(parse).collect();
    let one = found.iter().find(|(reference, _)| matches!(reference, Reference::Entry(..)));
    one.or(found.first()).cloned()
}

#[cfg(test)]
mod tests {
    use domain::Money;
    use domain::ids::BankLineId;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_reference_is_found_where_banks_put_it() {
        const ENTRY: &str = "DD20260902-1-00112233aabbccdd";
        // (EndToEndId, PmtInfId, text, found)
        let table = [
            (Some(ENTRY), Some("DD20260902-1-2"), "", Some(ENTRY)),
            (Some("NOTPROVIDED"), Some("DD20260902-1-2"), "", Some("DD20260902-1-2")),
            (None, None, "SEPA INCASSO DD20260902-1 AANTAL 12", Some("DD20260902-1")),
            (None, Some("DD20260902-1-2"), ENTRY, Some(ENTRY)),
            (Some("E-1"), None, "Factuur E-1 DD20260902", None),
            (None, None, "", None),
        ];
        for (end_to_end, batch, text, expected) in table {
            let line = BankLine {
                id: BankLineId::parse("l1").unwrap(),
                booked_on: date(2026, 9, 3),
                valued_on: None,
                amount: Money::from_cents(121_00),
                reversal: false,
                counterparty_name: None,
                counterparty_account: None,
                structured_reference: None,
                text: text.to_owned(),
                end_to_end_id: end_to_end.map(str::to_owned),
                mandate_id: None,
                batch_id: batch.map(str::to_owned),
                return_reason: None,
                bank_reference: None,
            };
            let found = reference_in(&line).map(|(_, text)| text);
            assert_eq!(found.as_deref(), expected, "{end_to_end:?} {batch:?} {text}");
        }
    }
}
