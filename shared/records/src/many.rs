//! Many records at once: each taken in by itself, in order within a debtor, with its own result.

use std::collections::HashMap;

use contracts::api::bulk::{BulkRecord, RecordKind};
use contracts::api::debtors::DebtorBody;
use contracts::api::invoices::InvoiceBody;
use contracts::api::mandates::MandateBody;
use contracts::api::payments::PaymentBody;
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::calendar::today;
use domain::ids::{DebtorId, IdError, InvoiceId, MandateId, PaymentId};
use domain::intake::Upsert;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::de::DeserializeOwned;

use crate::{Origin, Records, checked_debtor, checked_invoice, checked_mandate};

/// Debtors whose records are taken in at once.
const AT_ONCE: usize = 16;

/// A record as it is told: its kind, its id at the source, and the body of the single `PUT`.
pub type Record = BulkRecord;

/// What became of one record: what taking it in did, or why it is refused for good.
pub type Taken = Result<Upsert, Failure>;

impl Records {
    /// Takes records in, many debtors at once; those of one debtor one after the other, in their order. A result for each,
    /// in their order.
    ///
    /// # Errors
    /// Only what keeps every record out, such as a store that is away: what was taken in before is taken in, and telling
    /// all of it again changes nothing.
    pub async fn take_all_in(&self, origin: &Origin, records: Vec<Record>) -> Result<Vec<Taken>, Failure> {
        let count = records.len();
        // One look at the settings for all: a change that comes meanwhile has every dossier looked at again, later.
        let settings = self.administration(&origin.administration).await?.value;
        let settings = &settings;
        let groups = by_debtor(records);
        let done = stream::iter(groups.into_iter().map(|group| async move {
            let mut results = Vec::with_capacity(group.len());
            for (place, record) in group {
                results.push((place, self.take_in(origin, settings, record).await?));
            }
            Ok::<_, Failure>(results)
        }));
        let done: Vec<Vec<(usize, Taken)>> = done.buffer_unordered(AT_ONCE).try_collect().await?;
        let mut results: Vec<(usize, Taken)> = Vec::with_capacity(count);
        results.extend(done.into_iter().flatten());
        results.sort_by_key(|(place, _)| *place);
        Ok(results.into_iter().map(|(_, result)| result).collect())
    }

    /// Takes one record in.
    ///
    /// # Errors
    /// What keeps every record out; why just this one is refused is in [`Taken`].
    async fn take_in(
        &self,
        origin: &Origin,
        settings: &Administration,
        record: Record,
    ) -> Result<Taken, Failure> {
        let done = match record.kind {
            RecordKind::Debtor => self.debtor(origin, settings, record).await,
            RecordKind::Invoice => self.invoice(origin, settings, record).await,
            RecordKind::Payment => self.payment(origin, settings, record).await,
            RecordKind::Mandate => self.mandate(origin, record).await,
        };
        match done {
            Err(failure @ (Failure::Unavailable { .. } | Failure::Bug { .. })) => Err(failure),
            other => Ok(other),
        }
    }

    async fn debtor(&self, origin: &Origin, settings: &Administration, record: Record) -> Taken {
        let id = id(&record.id, DebtorId::parse)?;
        let debtor = checked_debtor(body::<DebtorBody>(&record.body)?, id)?;
        self.debtor_under(origin, settings, debtor).await
    }

    async fn invoice(&self, origin: &Origin, settings: &Administration, record: Record) -> Taken {
        let id = id(&record.id, InvoiceId::parse)?;
        let (debtor, invoice) = checked_invoice(body::<InvoiceBody>(&record.body)?, id)?;
        self.invoice_under(origin, settings, &debtor, invoice, None).await
    }

    async fn mandate(&self, origin: &Origin, record: Record) -> Taken {
        let id = id(&record.id, MandateId::parse)?;
        let body = body::<MandateBody>(&record.body)?;
        let (debtor, told) = checked_mandate(body, id, today(self.now()?))?;
        self.put_mandate(origin, &debtor, told).await
    }

    async fn payment(&self, origin: &Origin, settings: &Administration, record: Record) -> Taken {
        let id = id(&record.id, PaymentId::parse)?;
        let checked = body::<PaymentBody>(&record.body)?.check()?;
        self.payment_under(origin, settings, &id, checked).await
    }
}

/// Records in groups that do not touch each other's dossiers, each with its place in the call. A payment on an invoice
/// goes with the invoice where that is in the same call.
fn by_debtor(records: Vec<Record>) -> Vec<Vec<(usize, Record)>> {
    let text = |record: &Record, field: &str| record.body[field].as_str().map(str::to_owned);
    let mut debtor_of_invoice = HashMap::new();
    let mut group_of_debtor: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<(usize, Record)>> = Vec::new();
    for (place, record) in records.into_iter().enumerate() {
        let debtor = match record.kind {
            RecordKind::Debtor => Some(record.id.clone()),
            RecordKind::Invoice | RecordKind::Mandate => text(&record, "debtorId"),
            RecordKind::Payment => {
                let invoice = text(&record, "invoiceId");
                let of_invoice = invoice.as_ref().and_then(|id| debtor_of_invoice.get(id).cloned());
                of_invoice.or_else(|| text(&record, "debtorId")).or(invoice.map(|id| format!("invoice {id}")))
            }
        };
        // A record that names nobody is refused by itself.
        let debtor = debtor.unwrap_or_default();
        if record.kind == RecordKind::Invoice {
            debtor_of_invoice.insert(record.id.clone(), debtor.clone());
        }
        let group = *group_of_debtor.entry(debtor).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push((place, record));
    }
    groups
}

fn id<T>(text: &str, parse: impl Fn(&str) -> Result<T, IdError>) -> Result<T, Failure> {
    parse(text).map_err(|e| Failure::bad_input("id", "not_an_id", e.to_string()))
}

fn body<T: DeserializeOwned>(value: &serde_json::Value) -> Result<T, Failure> {
    Ok(runtime::json::from_value(value)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_of_one_debtor_stay_together_and_in_order() {
        let record = |kind, id: &str, body| Record { kind, id: id.to_owned(), body };
        let records = vec![
            record(RecordKind::Debtor, "d1", json!({})),
            record(RecordKind::Debtor, "d2", json!({})),
            record(RecordKind::Invoice, "i1", json!({ "debtorId": "d1" })),
            record(RecordKind::Payment, "p1", json!({ "invoiceId": "i1" })),
            record(RecordKind::Payment, "p2", json!({ "debtorId": "d2" })),
            record(RecordKind::Payment, "p3", json!({ "invoiceId": "elsewhere" })),
            record(RecordKind::Invoice, "i2", json!({})),
        ];
        let places: Vec<Vec<usize>> =
            by_debtor(records).iter().map(|g| g.iter().map(|(place, _)| *place).collect()).collect();
        assert_eq!(places, [vec![0, 2, 3], vec![1, 4], vec![5], vec![6]]);
    }
}
