//! What a package tells, taken in by the same functions as everything else: in order within a debtor, many debtors at once.
//!
//! A package that knows nothing of a field leaves it out, and what is known here stays. An optional field that breaks a rule
//! (a telephone number with a name in it) is left out and named; the record comes in without it.

use std::collections::{BTreeSet, HashMap};

use contracts::api::debtors::DebtorBody;
use contracts::api::invoices::InvoiceBody;
use contracts::api::payments::PaymentBody;
use contracts::failure::{Class, Failure};
use domain::connection::{OddRecord, Options, Package};
use domain::debtor::Debtor;
use domain::deleting::Deletion;
use domain::hold::{Covers, Hold, HoldReason, HoldScope};
use domain::holding::{self, Lifting};
use domain::ids::{DebtorId, IdError, InvoiceId, PaymentId};
use domain::intake::Upsert;
use domain::invoice::Invoice;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use outside::accounting::{GoneKind, Told};
use records::{Origin, Records, checked_debtor, checked_invoice};
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::WantedDocument;

/// Debtors whose records are taken in at once.
const AT_ONCE: usize = 16;

/// Fields of a debtor without which the record still says whose it is.
const OPTIONAL: [&str; 7] = ["emails", "phone", "mobile", "kvkNumber", "vatId", "iban", "address"];

/// Why a hold stands that a package asked for.
const NO_DUNNING: &str = "the accounting package says that this debtor is not to be dunned";

/// What became of the records.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub created: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub ignored: u64,
    pub gone: u64,
    pub odd: Vec<OddRecord>,
    /// Invoices and credit notes that were told of.
    pub met: Vec<InvoiceId>,
}

/// What is wrong with one record.
struct Odd {
    field: String,
    why: String,
}

impl Odd {
    fn new(field: &str, why: &str) -> Odd {
        Odd { field: field.to_owned(), why: why.to_owned() }
    }

    fn of(failure: &Failure) -> Odd {
        match failure {
            Failure::BadInput(violations) => match violations.first() {
                Some(first) => Odd::new(&first.path, first.code),
                None => Odd::new("", "bad_input"),
            },
            other => Odd::new("", other.code()),
        }
    }
}

/// What was done with one record.
enum Done {
    Upserted(Upsert),
    Gone,
    Nothing,
}

/// Takes in one page. `documents` is the package whose documents are to be fetched, if it has any.
///
/// # Errors
/// Only what keeps every record out.
pub(crate) async fn take(
    records: &Records,
    origin: &Origin,
    options: &Options,
    documents: Option<Package>,
    told: Vec<Told>,
    now: Timestamp,
) -> Result<Taken, Failure> {
    let mut taken = Taken::default();
    for told in &told {
        if let Told::Invoice { id, .. } = told
            && let Ok(id) = InvoiceId::parse(id)
        {
            taken.met.push(id);
        }
    }
    let intake = Intake { records, origin, options, documents };
    let groups = by_debtor(told);
    let done = stream::iter(groups.into_iter().map(|group| async move {
        let mut results = Vec::with_capacity(group.len());
        for told in group {
            let id = id_of(&told).to_owned();
            let mut odd = Vec::new();
            let done = intake.one(told, &mut odd).await?;
            results.push((id, done, odd));
        }
        Ok::<_, Failure>(results)
    }));
    let done: Vec<Vec<_>> = done.buffer_unordered(AT_ONCE).try_collect().await?;
    for (id, done, odd) in done.into_iter().flatten() {
        match done {
            Done::Upserted(Upsert::Created) => taken.created += 1,
            Done::Upserted(Upsert::Changed) => taken.changed += 1,
            Done::Upserted(Upsert::Unchanged | Upsert::Older) => taken.unchanged += 1,
            Done::Upserted(Upsert::Ignored(_)) => taken.ignored += 1,
            Done::Gone => taken.gone += 1,
            Done::Nothing => {}
        }
        let odd = odd.into_iter();
        taken.odd.extend(odd.map(|Odd { field, why }| OddRecord { id: id.clone(), field, why, at: now }));
    }
    Ok(taken)
}

fn id_of(told: &Told) -> &str {
    match told {
        Told::Debtor { id, .. }
        | Told::Invoice { id, .. }
        | Told::Payment { id, .. }
        | Told::Gone { id, .. }
        | Told::Unreadable { id, .. } => id,
        Told::Dunning { debtor, .. } => debtor,
    }
}

/// Records in groups that do not touch each other's dossiers. A payment goes with its invoice where that is on the page.
fn by_debtor(told: Vec<Told>) -> Vec<Vec<Told>> {
    let text = |body: &Value, field: &str| body[field].as_str().map(str::to_owned);
    let mut debtor_of_invoice: HashMap<String, String> = HashMap::new();
    let mut place: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<Told>> = Vec::new();
    for told in told {
        let whose = match &told {
            Told::Debtor { id, .. } | Told::Dunning { debtor: id, .. } => id.clone(),
            Told::Invoice { id, body } => {
                let debtor = text(body, "debtorId").unwrap_or_default();
                debtor_of_invoice.insert(id.clone(), debtor.clone());
                debtor
            }
            Told::Payment { body, .. } => {
                let invoice = text(body, "invoiceId");
                let known = invoice.as_ref().and_then(|id| debtor_of_invoice.get(id).cloned());
                known.or_else(|| text(body, "debtorId")).or(invoice).unwrap_or_default()
            }
            Told::Gone { id, .. } | Told::Unreadable { id, .. } => id.clone(),
        };
        let group = *place.entry(whose).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push(told);
    }
    groups
}

#[derive(Clone, Copy)]
struct Intake<'a> {
    records: &'a Records,
    origin: &'a Origin,
    options: &'a Options,
    documents: Option<Package>,
}

impl Intake<'_> {
    async fn one(&self, told: Told, odd: &mut Vec<Odd>) -> Result<Done, Failure> {
        let done = match told {
            Told::Debtor { id, body } => self.debtor(&id, body, odd).await,
            Told::Invoice { id, body } => self.invoice(&id, body).await,
            Told::Payment { id, body } => self.payment(&id, body).await,
            Told::Gone { kind, id } => self.gone(kind, &id).await,
            Told::Dunning { debtor, wanted } => self.dunning(&debtor, wanted).await,
            Told::Unreadable { field, why, .. } => {
                odd.push(Odd { field, why });
                Ok(Done::Nothing)
            }
        };
        match done {
            Err(failure) if matches!(failure.class(), Class::BadInput | Class::Rejected) => {
                odd.push(Odd::of(&failure));
                Ok(Done::Nothing)
            }
            other => other,
        }
    }

    async fn debtor(&self, id: &str, body: Value, odd: &mut Vec<Odd>) -> Result<Done, Failure> {
        let id = parse(id, DebtorId::parse)?;
        let mut body = body;
        let mut left_out = BTreeSet::new();
        let mut debtor = loop {
            match body_of::<DebtorBody>(&body).and_then(|body| checked_debtor(body, id.clone())) {
                Ok(debtor) => break debtor,
                Err(failure) => leave_out(&mut body, &failure, &mut left_out, odd)?,
            }
        };
        if let Some(known) = self.records.store.dossier(&self.origin.administration, &id).await? {
            keep_what_is_not_told(&mut debtor, known.value.debtor, &body);
        }
        Ok(Done::Upserted(self.records.put_debtor(self.origin, debtor).await?))
    }

    async fn invoice(&self, id: &str, body: Value) -> Result<Done, Failure> {
        let id = parse(id, InvoiceId::parse)?;
        let (debtor, mut invoice) = checked_invoice(body_of::<InvoiceBody>(&body)?, id)?;
        if body.get("recurringTerm").is_none() {
            invoice.recurring_term = self.options.recurring_terms;
        }
        if let Some(ledger) = &mut invoice.ledger {
            ledger.by_write_back = self.options.write_back;
        }
        let known = self.known_invoice(&debtor, &invoice.id).await?;
        self.want_document(&invoice, known.as_ref()).await?;
        if let Some(known) = known {
            keep_of_invoice(&mut invoice, known, &body);
        }
        Ok(Done::Upserted(self.records.put_invoice(self.origin, &debtor, invoice, None).await?))
    }

    /// Notes that the document of an invoice on which something is open is to be fetched: a new one's, or one's that was
    /// written anew. Before it is taken in, so that a run that dies in between loses nothing.
    async fn want_document(&self, invoice: &Invoice, known: Option<&Invoice>) -> Result<(), Failure> {
        let Some(package) = self.documents else { return Ok(()) };
        let written = |i: &Invoice| (i.number.clone(), i.issue_date, i.due_date, i.total);
        let is_known = known.is_some_and(|known| written(known) == written(invoice));
        if is_known || !invoice.is_open() {
            return Ok(());
        }
        let wanted = WantedDocument { invoice: invoice.id.clone(), number: invoice.number.clone(), tries: 0 };
        Ok(self.records.store.want_document(&self.origin.administration, package, &wanted).await?)
    }

    async fn known_invoice(&self, debtor: &DebtorId, id: &InvoiceId) -> Result<Option<Invoice>, Failure> {
        let store = &self.records.store;
        let Some(mut known) = store.dossier(&self.origin.administration, debtor).await? else {
            return Ok(None);
        };
        if let Some(invoice) = known.value.invoices.remove(id) {
            return Ok(Some(invoice));
        }
        Ok(store.archived_invoice(&self.origin.administration, debtor, id).await?)
    }

    async fn payment(&self, id: &str, body: Value) -> Result<Done, Failure> {
        let id = parse(id, PaymentId::parse)?;
        let checked = body_of::<PaymentBody>(&body)?.check()?;
        Ok(Done::Upserted(self.records.put_payment(self.origin, &id, checked).await?))
    }

    /// What the package has no more is deleted here, as of the version that is known: a newer one brings it back.
    async fn gone(&self, kind: GoneKind, id: &str) -> Result<Done, Failure> {
        let (records, origin) = (self.records, self.origin);
        let deletion = match kind {
            GoneKind::Invoice => {
                let id = parse(id, InvoiceId::parse)?;
                let owner = records.store.invoice_owner(&origin.administration, &id).await?;
                let Some(debtor) = owner else { return Ok(Done::Nothing) };
                let Some(known) = self.known_invoice(&debtor, &id).await? else { return Ok(Done::Nothing) };
                records.delete_invoice(origin, &id, known.modified_at).await?
            }
            GoneKind::Payment => {
                let id = parse(id, PaymentId::parse)?;
                let known = records.store.payment(&origin.administration, &id).await?;
                let Some(known) = known else { return Ok(Done::Nothing) };
                records.delete_payment(origin, &id, known.value.payment.modified_at).await?
            }
            GoneKind::Debtor => {
                let id = parse(id, DebtorId::parse)?;
                let known = records.store.dossier(&origin.administration, &id).await?;
                let Some(known) = known else { return Ok(Done::Nothing) };
                records.delete_debtor(origin, &id, known.value.debtor.modified_at).await?
            }
        };
        Ok(if deletion == Deletion::Deleted { Done::Gone } else { Done::Nothing })
    }

    /// A debtor whom the package does not want dunned is held, and no longer once it does.
    async fn dunning(&self, debtor: &str, wanted: bool) -> Result<Done, Failure> {
        let debtor = parse(debtor, DebtorId::parse)?;
        let Some(known) = self.records.store.dossier(&self.origin.administration, &debtor).await? else {
            return Ok(Done::Nothing);
        };
        let ours = |h: &&Hold| h.scope == HoldScope::Debtor && says(h, NO_DUNNING);
        let now = self.records.now()?;
        let held = known.value.holds.iter().filter(ours).any(|h| h.stands_at(now));
        if held != wanted {
            return Ok(Done::Nothing);
        }
        let missing = || Failure::bug("a dossier went while it was changed");
        let change = self.records.change(self.origin, &debtor, missing, |draft, settings| {
            let now = draft.now;
            let standing = draft.dossier.holds.iter().filter(ours).find(|h| h.stands_at(now));
            match standing.map(|h| h.id.clone()) {
                Some(hold) if wanted => {
                    let reason = "the accounting package wants this debtor dunned again";
                    holding::lift(draft, &hold, settings, Lifting::ByHand, reason)?;
                }
                None if !wanted => {
                    let reason = HoldReason::Asked { text: NO_DUNNING.to_owned() };
                    holding::place(draft, HoldScope::Debtor, Covers::Reminders, reason, None, None);
                }
                _ => {}
            }
            Ok(())
        });
        change.await?;
        Ok(Done::Nothing)
    }
}

fn says(hold: &Hold, words: &str) -> bool {
    matches!(&hold.reason, HoldReason::Asked { text } if text == words)
}

fn parse<T>(text: &str, parse: impl Fn(&str) -> Result<T, IdError>) -> Result<T, Failure> {
    parse(text).map_err(|e| Failure::bad_input("id", "not_an_id", e.to_string()))
}

fn body_of<T: DeserializeOwned>(body: &Value) -> Result<T, Failure> {
    Ok(runtime::json::from_value(body)?)
}

/// Leaves out the optional fields that break a rule and names them.
///
/// # Errors
/// Something that is not optional breaks one.
fn leave_out(
    body: &mut Value,
    failure: &Failure,
    left_out: &mut BTreeSet<&'static str>,
    odd: &mut Vec<Odd>,
) -> Result<(), Failure> {
    let Failure::BadInput(violations) = failure else { return Err(failure.clone()) };
    for violation in violations {
        let top = violation.path.split(['.', '[']).next().unwrap_or_default();
        let field = OPTIONAL.iter().find(|field| **field == top && !left_out.contains(*field));
        let field = field.ok_or_else(|| failure.clone());
        // Two violations of one field: it is left out already.
        let field = match field {
            Ok(field) => *field,
            Err(_) if left_out.contains(top) => continue,
            Err(failure) => return Err(failure),
        };
        odd.push(Odd::new(&violation.path, violation.code));
        let index = violation.path.split(['[', ']']).nth(1).and_then(|i| i.parse::<usize>().ok());
        match (index, body[field].as_array_mut()) {
            // One bad address of several: the others stay, and are looked at again.
            (Some(at), Some(items)) if at < items.len() && items.len() > 1 => {
                items.remove(at);
                return Ok(());
            }
            _ => {
                body[field] = Value::Null;
                left_out.insert(field);
            }
        }
    }
    Ok(())
}

/// What the package has no field for stays as it is known here.
fn keep_what_is_not_told(debtor: &mut Debtor, known: Debtor, body: &Value) {
    let told = |field: &str| body.get(field).is_some();
    if !told("person") {
        debtor.person = known.person;
    }
    if !told("labels") {
        debtor.labels = known.labels;
    }
    if !told("language") {
        debtor.language = known.language;
    }
    if !told("policyId") {
        debtor.policy_id = known.policy_id;
    }
}

fn keep_of_invoice(invoice: &mut Invoice, known: Invoice, body: &Value) {
    let told = |field: &str| body.get(field).is_some();
    if !told("paymentReference") {
        invoice.payment_reference = known.payment_reference;
    }
    if !told("paymentCondition") {
        invoice.payment_condition = known.payment_condition;
    }
    if !told("corrects") {
        invoice.corrects = known.corrects;
    }
    if !told("lines") {
        (invoice.lines, invoice.parties) = (known.lines, known.parties);
    }
    if !told("labels") {
        invoice.labels = known.labels;
    }
    if !told("policyId") {
        invoice.policy_id = known.policy_id;
    }
}
