//! Direct debits, their batches, and what came back.

use domain::Violation;
use domain::debit_batch::{Batch, BatchEntry, BatchState, EntryReturn, Reference};
use domain::direct_debit::{Debit, DebitState};
use domain::ids::DebtorId;
use domain::return_reason::{Treatment, is_code};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// One collection of one invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DebitView {
    pub id: String,
    pub debtor_id: String,
    pub invoice_id: String,
    pub mandate_id: String,
    /// In euros: the most that is collected while it is announced, then what is collected.
    pub amount: String,
    /// `announced`, `batched`, `collected`, `returned` or `cancelled`.
    pub status: String,
    /// Why it was returned (the bank's code) or cancelled.
    pub reason: Option<String>,
    /// The batch that took it up last.
    pub batch_id: Option<String>,
    #[schema(value_type = String, format = Date)]
    pub collect_on: Date,
    /// 1, and one more each time that the invoice is collected once more.
    pub attempt: u16,
    #[schema(value_type = String, format = DateTime)]
    pub announced_at: Timestamp,
}

impl DebitView {
    pub fn of(debit: &Debit, debtor: &DebtorId) -> DebitView {
        let reason = match &debit.state {
            DebitState::Announced | DebitState::Batched { .. } | DebitState::Collected { .. } => None,
            DebitState::Returned { code, .. } => Some(code.clone()),
            DebitState::Cancelled { reason, .. } => Some(reason.clone()),
        };
        DebitView {
            id: debit.id.to_string(),
            debtor_id: debtor.to_string(),
            invoice_id: debit.invoice.to_string(),
            mandate_id: debit.mandate.to_string(),
            amount: debit.amount.to_string(),
            status: debit.state.name().to_owned(),
            reason,
            batch_id: debit.batch.as_ref().map(ToString::to_string),
            collect_on: debit.collect_on,
            attempt: debit.attempt,
            announced_at: debit.announced_at,
        }
    }
}

/// A batch: one pain.008 file for the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchView {
    /// Also the message id of its file.
    pub id: String,
    /// `open`, `sealed`, `ready`, `submitted`, `accepted`, `rejected` or `released`.
    pub status: String,
    /// The day on which it is to be submitted.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// Transactions in it; null until its file is there.
    pub count: Option<u32>,
    /// Their sum, in euros.
    pub total: Option<String>,
    /// SHA-256 of its file.
    pub sha256: Option<String>,
    /// Where its file can be downloaded for five minutes; only where one batch is read.
    pub download_url: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl BatchView {
    pub fn of(batch: &Batch, download_url: Option<String>) -> BatchView {
        BatchView {
            id: batch.id.to_string(),
            status: batch.state.name().to_owned(),
            day: batch.day,
            count: batch.file.as_ref().map(|f| f.count),
            total: batch.file.as_ref().map(|f| f.total.to_string()),
            sha256: batch.file.as_ref().map(|f| f.sha256.clone()),
            download_url,
            created_at: batch.created_at,
            updated_at: batch.updated_at,
        }
    }
}

/// One transaction of a batch, as the bank gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchedDebitView {
    /// The reference of the transaction (EndToEndId), which comes back on bank statements.
    pub end_to_end_id: String,
    pub debit_id: String,
    pub debtor_id: String,
    pub invoice_id: String,
    pub mandate_id: String,
    /// In euros.
    pub amount: String,
    #[schema(value_type = String, format = Date)]
    pub collect_on: Date,
    /// The day on which its money was booked.
    #[schema(value_type = Option<String>, format = Date)]
    pub booked_on: Option<Date>,
    /// The bank's reason code, where it came back.
    pub return_code: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    pub returned_on: Option<Date>,
    /// The batch was rejected, and gave it back.
    pub released: bool,
}

impl From<&BatchEntry> for BatchedDebitView {
    fn from(entry: &BatchEntry) -> BatchedDebitView {
        BatchedDebitView {
            end_to_end_id: entry.end_to_end_id.clone(),
            debit_id: entry.debit.to_string(),
            debtor_id: entry.debtor.to_string(),
            invoice_id: entry.invoice.to_string(),
            mandate_id: entry.mandate.to_string(),
            amount: entry.amount.to_string(),
            collect_on: entry.collect_on,
            booked_on: entry.booked_on,
            return_code: entry.returned.as_ref().map(|r| r.code.clone()),
            returned_on: entry.returned.as_ref().map(|r| r.on),
            released: entry.released,
        }
    }
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BatchStatusBody {
    pub status: BatchStatusName,
}

/// A batch that is rejected, by the bank or by hand before it was submitted, gives its debits back: they are announced
/// anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum BatchStatusName {
    Submitted,
    Accepted,
    Rejected,
}

impl From<BatchStatusName> for BatchState {
    fn from(name: BatchStatusName) -> BatchState {
        match name {
            BatchStatusName::Submitted => BatchState::Submitted,
            BatchStatusName::Accepted => BatchState::Accepted,
            BatchStatusName::Rejected => BatchState::Rejected,
        }
    }
}

/// A debit that came back: reject, return, refund or refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DebitReturnBody {
    /// The reference of the transaction (EndToEndId), as the bank gives it back.
    pub end_to_end_id: String,
    /// ISO 20022, four characters.
    #[schema(example = "AM04")]
    pub reason_code: String,
    pub returned_on: String,
}

impl DebitReturnBody {
    /// Which transaction came back, and why.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<(Reference, EntryReturn), Vec<Violation>> {
        let mut fields = Fields::new();
        let reference = Reference::parse(&self.end_to_end_id);
        if !matches!(reference, Some(Reference::Entry(..))) {
            fields.refuse("endToEndId", "not_our_reference", "is the reference of one of our direct debits");
        }
        if !is_code(&self.reason_code) {
            let detail = "is four capital letters or digits, such as AM04";
            fields.refuse("reasonCode", "not_a_reason_code", detail);
        }
        let on = fields.date("returnedOn", &self.returned_on);
        let code = self.reason_code;
        fields.finish(reference.zip(on).map(|(reference, on)| (reference, EntryReturn { code, on })))
    }
}

/// What is done about a debit that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DebitReturnView {
    pub debit_id: String,
    pub debtor_id: String,
    pub invoice_id: String,
    /// `false` where the same return was told before: nothing was changed.
    pub applied: bool,
    /// `retry`, `followUp`, `endMandate` or `askPerson`; null where it was told before.
    #[schema(value_type = Option<String>)]
    pub treatment: Option<Treatment>,
    /// The money had been booked on the invoice, and was taken back.
    pub reversed: bool,
}
