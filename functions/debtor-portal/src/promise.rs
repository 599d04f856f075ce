//! The debtor promises to pay by a day.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use contracts::failure::Failure;
use domain::Money;
use domain::access::BY_DEBTOR;
use domain::calendar::{plus_days, today};
use domain::dossier::Draft;
use domain::ids::InvoiceId;
use domain::promise::{self, Promised};
use http::{HeaderMap, StatusCode};
use jiff::civil::Date;
use pages::portal::{self, Done, Form};

use crate::Portal;
use crate::answers::{Trouble, go_to, page};
use crate::forms::{self, fields};
use crate::visitor::Visitor;

/// The invoice that the address names, if it is one of this debtor's that is open.
fn named(visitor: &Visitor) -> Option<InvoiceId> {
    let id = InvoiceId::parse(&visitor.asked("invoice")?).ok()?;
    visitor.dossier.open_invoices().any(|i| i.id == id).then_some(id)
}

fn promised(visitor: &Visitor, pay_by: Date, request: Option<String>) -> Promised {
    let invoices = named(visitor).map(|id| vec![id]);
    Promised { invoices, amount: None, pay_by, request }
}

/// What a promise would be about, in euros; nothing where none can be made.
fn total(visitor: &Visitor) -> Option<Money> {
    let mut draft = Draft::of(visitor.dossier.clone(), visitor.now, BY_DEBTOR);
    let promised = promised(visitor, draft.today(), None);
    let id = promise::make(&mut draft, &visitor.settings, &promised).ok()?;
    promise::find(&draft.dossier, &id).ok().map(|promise| promise.amount)
}

fn show(visitor: &Visitor, status: StatusCode, form: &Form) -> Result<Response, Trouble> {
    let first = today(visitor.now);
    let last = plus_days(first, i32::from(visitor.settings.promises.most_days));
    let about_one = named(visitor).is_some();
    page(status, portal::promise(&visitor.frame(), about_one, total(visitor), (first, last), form))
}

pub(crate) async fn get(visitor: Visitor) -> Result<Response, Trouble> {
    show(&visitor, StatusCode::OK, &Form::default())
}

/// Makes the promise. Sent twice it is one promise.
pub(crate) async fn post(
    State(portal): State<Portal>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let mut form = match forms::of_visitor(&visitor, &headers, fields(&body)) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    let Ok(day) = form.value("day").parse::<Date>() else {
        form.refuse("day", if form.value("day").is_empty() { "required" } else { "not_a_date" });
        return show(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &form);
    };
    let promised = promised(&visitor, day, visitor.request(form.value("once")));
    let session = &visitor.session;
    let missing = || Failure::not_found("debtor");
    let (records, origin) = (portal.records(), visitor.origin());
    let made = records.change(&origin, &session.debtor, missing, |draft, settings| {
        let made_before = |p: &promise::Promise| p.request.is_some() && p.request == promised.request;
        if draft.dossier.promises.iter().any(made_before) {
            return Ok(());
        }
        promise::make(draft, settings, &promised).map(|_| ())
    });
    match made.await {
        Ok(_) => {
            let now = || portal.now().ok();
            portal.store.wait_for_calls(&session.administration, &session.debtor, &now).await?;
            Ok(go_to(&format!("/portal/my?done={}", Done::Promise.name())))
        }
        Err(Failure::Rejected { code, .. }) => {
            form.refuse(
                "day",
                match code {
                    "step_in_past" => "in_the_past",
                    "promise_too_late" => "too_late",
                    "too_many_promises" => "too_many_times",
                    "promised_already" => "already",
                    other => other,
                },
            );
            show(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        Err(failure) => Err(failure.into()),
    }
}
