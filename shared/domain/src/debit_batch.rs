//! Batches of direct debits: what goes to the bank in one file.
//!
//! A batch is open while debits join it, then sealed: nothing joins any more, so its entries are final and its file is the
//! same however often it is written. Each entry is stored in the same write as the dossier that gave it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::ids::{DebitId, DebtorId, InvoiceId, MandateId};
use crate::mandate::Scheme;

pub use crate::ids::BatchId;

/// What the id of a batch begins with; then the day, and a number within the day.
const PREFIX: &str = "DD";

impl BatchId {
    /// The batch of this day with this number, from 1: `DD20261125-1`.
    pub fn of(day: Date, number: u32) -> BatchId {
        let text = format!("{PREFIX}{}-{number}", day.strftime("%Y%m%d"));
        // Letters, digits and a hyphen, and short.
        BatchId::parse(&text).unwrap_or_else(|_| unreachable!("a day and a number make an id"))
    }

    /// The batch that a reference at the bank is of: the message's, a payment information's or a transaction's.
    pub fn in_reference(reference: &str) -> Option<BatchId> {
        let mut parts = reference.trim().split('-');
        let (day, number) = (parts.next()?, parts.next()?);
        let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        let is_day = day.strip_prefix(PREFIX).is_some_and(|d| d.len() == 8 && digits(d));
        let fits = is_day && digits(number) && number.len() <= 9;
        fits.then(|| BatchId::parse(&format!("{day}-{number}")).ok()).flatten()
    }
}

/// The reference of one transaction (EndToEndId): names its batch, and tells entries of it apart. 35 characters at most.
pub fn end_to_end_id(batch: &BatchId, debit: &DebitId) -> String {
    // FNV-1a of 64 bits. Two debits of one batch with one hash do not meet: an entry is stored only where none is.
    let hash = debit
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{batch}-{hash:016x}")
}

/// What an R-transaction or the bank's credit names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A whole batch, by its message id.
    Batch(BatchId),
    /// One block of it, by its payment information id.
    Block(BatchId, u32),
    /// One transaction, by its end-to-end id.
    Entry(BatchId, String),
}

impl Reference {
    /// Reads a reference as a bank gives it back; `None` where it is none of ours.
    pub fn parse(text: &str) -> Option<Reference> {
        let text = text.trim();
        let batch = BatchId::in_reference(text)?;
        let rest = text.strip_prefix(batch.as_str())?;
        if rest.is_empty() {
            return Some(Reference::Batch(batch));
        }
        let rest = rest.strip_prefix('-')?;
        if rest.len() == 16 && rest.chars().all(|c| c.is_ascii_hexdigit()) {
            // Some banks give references back in capitals.
            let id = format!("{batch}-{}", rest.to_ascii_lowercase());
            return Some(Reference::Entry(batch, id));
        }
        let number = rest.parse::<u32>().ok().filter(|_| rest.len() <= 4)?;
        Some(Reference::Block(batch, number))
    }

    /// The batch that it is of.
    pub fn batch(&self) -> &BatchId {
        match self {
            Reference::Batch(batch) | Reference::Block(batch, _) | Reference::Entry(batch, _) => batch,
        }
    }
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// Unique within the administration; the message id of its file.
    pub id: BatchId,
    /// The day on which it is made and submitted.
    pub day: Date,
    /// When it was opened; the time of creation in its file.
    pub created_at: Timestamp,
    /// Who collects, as it was when the batch was opened.
    pub creditor: Collector,
    /// How far it is.
    pub state: BatchState,
    /// What is in it; known once its file is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<BatchFile>,
    /// When its state last changed.
    pub updated_at: Timestamp,
}

/// Who collects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Collector {
    /// The account holder.
    pub name: String,
    /// The account that the money comes to.
    pub iban: String,
    /// The bank of that account, where it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bic: Option<String>,
    /// The SEPA creditor identifier.
    pub creditor_id: String,
}

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BatchState {
    /// Debits join it.
    Open,
    /// Nothing joins it any more; its file is to be written.
    Sealed,
    /// Its file is there, to be submitted to the bank.
    Ready,
    /// Somebody submitted it.
    Submitted,
    /// The bank took it in.
    Accepted,
    /// The bank refused it, or it was given up: its debits are to be released.
    Rejected,
    /// Its debits were released: they are announced anew.
    Released,
}

impl BatchState {
    /// As it stands on the HTTP surface.
    pub fn name(self) -> &'static str {
        match self {
            BatchState::Open => "open",
            BatchState::Sealed => "sealed",
            BatchState::Ready => "ready",
            BatchState::Submitted => "submitted",
            BatchState::Accepted => "accepted",
            BatchState::Rejected => "rejected",
            BatchState::Released => "released",
        }
    }

    /// The schedule has work to do on it.
    pub fn is_under_way(self) -> bool {
        matches!(self, BatchState::Open | BatchState::Sealed | BatchState::Rejected)
    }

    /// Whether somebody may say that it has become this.
    pub fn may_become(self, next: BatchState) -> bool {
        use BatchState::{Accepted, Ready, Rejected, Submitted};
        matches!((self, next), (Ready, Submitted | Accepted | Rejected) | (Submitted, Accepted | Rejected))
    }
}

/// What is in a batch, and its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchFile {
    /// Transactions in it.
    pub count: u32,
    /// Their sum, in euros.
    pub total: Money,
    /// The file's bytes, by their SHA-256.
    pub sha256: String,
    /// Where it is kept.
    pub key: String,
}

/// One transaction of a batch, with all that its file says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchEntry {
    /// Its reference, which comes back on bank statements.
    pub end_to_end_id: String,
    /// The batch that it is in.
    pub batch: BatchId,
    /// The collection.
    pub debit: DebitId,
    /// Who is debited.
    pub debtor: DebtorId,
    /// What is collected.
    pub invoice: InvoiceId,
    /// In euros.
    pub amount: Money,
    /// What was open on the invoice when it joined, in euros.
    pub open_before: Money,
    /// The day on which the money moves.
    pub collect_on: Date,
    /// Which rules.
    pub scheme: Scheme,
    /// Where it stands among the collections under its mandate.
    pub sequence: Sequence,
    /// The mandate.
    pub mandate: MandateId,
    /// The day of its signature.
    pub signed_on: Date,
    /// The account that is debited.
    pub iban: String,
    /// Its bank, where it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bic: Option<String>,
    /// Whose account it is.
    pub name: String,
    /// The account before the change that this transaction tells the bank of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amended_from: Option<String>,
    /// What the debtor reads on their statement.
    pub text: String,
    /// When the mandate was used before, should the batch be rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_before: Option<Date>,
    /// 1, and one more each time that the invoice is collected once more.
    pub attempt: u16,
    /// The day on which the money was booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_on: Option<Date>,
    /// Why and when it came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<EntryReturn>,
    /// Its batch was rejected, and it is no part of one any more.
    #[serde(default)]
    pub released: bool,
}

/// A transaction that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryReturn {
    /// The bank's reason code.
    pub code: String,
    /// The day on which it came back.
    pub on: Date,
}

/// Where a transaction stands among those under its mandate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sequence {
    /// `FRST`.
    First,
    /// `RCUR`.
    Recurrent,
    /// `OOFF`.
    OneOff,
}

/// Transactions of a batch that have scheme, sequence and day in common: one payment information of the file, and where
/// the bank books in batches one line of its statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block<'a> {
    /// From 1, in the order of scheme, sequence and day.
    pub number: u32,
    /// Which rules.
    pub scheme: Scheme,
    /// Of all of them.
    pub sequence: Sequence,
    /// The day on which the money moves.
    pub collect_on: Date,
    /// In the order of their references.
    pub entries: Vec<&'a BatchEntry>,
}

impl Block<'_> {
    /// Its payment information id.
    pub fn id(&self, batch: &BatchId) -> String {
        format!("{batch}-{}", self.number)
    }
}

/// The blocks of a batch: the same for the same entries, in whatever order they come.
pub fn blocks(entries: &[BatchEntry]) -> Vec<Block<'_>> {
    let mut sorted: Vec<&BatchEntry> = entries.iter().collect();
    let of = |e: &BatchEntry| (e.scheme, e.sequence, e.collect_on);
    sorted.sort_by(|a, b| (of(a), &a.end_to_end_id).cmp(&(of(b), &b.end_to_end_id)));
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for entry in sorted {
        match blocks.last_mut() {
            Some(block) if (block.scheme, block.sequence, block.collect_on) == of(entry) => {
                block.entries.push(entry);
            }
            _ => blocks.push(Block {
                number: u32::try_from(blocks.len()).unwrap_or(u32::MAX).saturating_add(1),
                scheme: entry.scheme,
                sequence: entry.sequence,
                collect_on: entry.collect_on,
                entries: vec![entry],
            }),
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn references_are_found_in_what_a_bank_gives_back() {
        let batch = BatchId::of(date(2026, 11, 25), 3);
        assert_eq!(batch.as_str(), "DD20261125-3");
        let debit = DebtorId::parse(&"d".repeat(64)).unwrap().debit(12);
        let entry = end_to_end_id(&batch, &debit);
        assert!(entry.len() <= 35, "{entry}");
        let capitals = entry.to_ascii_uppercase();
        let table = [
            ("DD20261125-3", Some(Reference::Batch(batch.clone()))),
            (" DD20261125-3 ", Some(Reference::Batch(batch.clone()))),
            ("DD20261125-3-2", Some(Reference::Block(batch.clone(), 2))),
            (entry.as_str(), Some(Reference::Entry(batch.clone(), entry.clone()))),
            (capitals.as_str(), Some(Reference::Entry(batch.clone(), entry.clone()))),
            ("DD20261125", None),
            ("DD2026112-3", None),
            ("DD20261125-", None),
            ("DD20261125-3-", None),
            ("DD20261125-3-x", None),
            ("XX20261125-3", None),
            ("NOTPROVIDED", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(Reference::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_batch_becomes_only_what_follows() {
        use BatchState::{Accepted, Open, Ready, Rejected, Released, Sealed, Submitted};
        let all = [Open, Sealed, Ready, Submitted, Accepted, Rejected, Released];
        let allowed = [
            (Ready, Submitted),
            (Ready, Accepted),
            (Ready, Rejected),
            (Submitted, Accepted),
            (Submitted, Rejected),
        ];
        for from in all {
            for to in all {
                assert_eq!(from.may_become(to), allowed.contains(&(from, to)), "{from:?} to {to:?}");
            }
        }
    }
}
