//! Invoices and credit notes.

use contracts::api::invoices::InvoiceBody;
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::debtor::Debtor;
use domain::dossier::Draft;
use domain::holding;
use domain::ids::{DebtorId, InvoiceId};
use domain::intake::{self, Upsert};
use domain::invoice::{Invoice, PaymentReference, ReferenceScheme};
use domain::made_reference;
use domain::refusal::Refusal;
use store::until_no_conflict;

use crate::arrivals::Standing;
use crate::{Origin, Records, known_policy, unknown_debtor};

/// Whose invoice and which, or what is wrong with the body, the payment reference included.
pub fn checked_invoice(body: InvoiceBody, id: InvoiceId) -> Result<(DebtorId, Invoice), Failure> {
    let (debtor, invoice) = body.into_invoice(id)?;
    if let Some(PaymentReference { scheme, value, .. }) = &invoice.payment_reference {
        let checked = match scheme {
            ReferenceScheme::Nl16 => formats::reference::check_nl(value),
            ReferenceScheme::Rf => formats::reference::check_rf(value),
            ReferenceScheme::Text => Ok(()),
        };
        checked.map_err(|e| Failure::bad_input("paymentReference.value", e.code(), e.to_string()))?;
    }
    Ok((debtor, invoice))
}

impl Records {
    /// Takes in an invoice or credit note. `newcomer` is who to make of a debtor that is not known yet.
    ///
    /// # Errors
    /// The debtor or the policy is not known, the invoice is another debtor's, or a rule of [`intake::put_invoice`].
    pub async fn put_invoice(
        &self,
        origin: &Origin,
        debtor: &DebtorId,
        invoice: Invoice,
        newcomer: Option<&Debtor>,
    ) -> Result<Upsert, Failure> {
        let settings = self.administration(&origin.administration).await?.value;
        self.invoice_under(origin, &settings, debtor, invoice, newcomer).await
    }

    /// The same under settings that were read before.
    pub(crate) async fn invoice_under(
        &self,
        origin: &Origin,
        settings: &Administration,
        debtor: &DebtorId,
        invoice: Invoice,
        newcomer: Option<&Debtor>,
    ) -> Result<Upsert, Failure> {
        store_invoice(self, origin, settings, debtor, invoice, newcomer).await
    }
}

async fn store_invoice(
    records: &Records,
    origin: &Origin,
    administration: &Administration,
    debtor: &DebtorId,
    invoice: Invoice,
    newcomer: Option<&Debtor>,
) -> Result<Upsert, Failure> {
    known_policy(administration, invoice.policy_id.as_ref())?;
    until_no_conflict(|| async {
        let now = records.now()?;
        let known = records.store.dossier(&origin.administration, debtor).await?;
        let is_new = known.is_none();
        let (mut draft, version) = match (known, newcomer) {
            (Some(known), _) => (Draft::of(known.value, now, &origin.by), Some(known.version)),
            (None, Some(newcomer)) => (Draft::created(newcomer.clone(), now, &origin.by), None),
            (None, None) => {
                return Err(unknown_debtor());
            }
        };
        let mut along = Vec::new();
        if is_new {
            let overcome = records.deletion_overcome(origin, &draft.dossier.debtor).await?;
            along.push(overcome.ok_or(Refusal::DebtorIsDeleted)?);
        }
        let mut archived = None;
        if !draft.dossier.invoices.contains_key(&invoice.id) {
            match records.standing(origin, administration, &draft, &invoice, is_new).await? {
                Standing::Closed(closed, back) => {
                    archived = Some(*closed);
                    along.extend(back);
                }
                Standing::New(beside) => along.extend(beside),
                Standing::Older => return Ok(Upsert::Older),
                Standing::Ignored(by) => return Ok(Upsert::Ignored(by)),
            }
        }
        let mut invoice = invoice.clone();
        let known = draft.dossier.invoices.get(&invoice.id).or(archived.as_ref());
        if made_reference::is_wanted(&invoice, known) {
            invoice.payment_reference = Some(records.made_reference(administration, &invoice).await?);
        }
        let upsert = intake::put_invoice(&mut draft, administration, invoice, archived)?;
        if !draft.is_unchanged() {
            holding::name_resumption(&mut draft, administration);
            records.store.commit(administration, &draft, version, along).await?;
        }
        Ok(upsert)
    })
    .await
}
