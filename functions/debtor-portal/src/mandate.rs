//! The debtor gives a mandate for direct debit, or takes it back.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use contracts::failure::Failure;
use domain::calendar::today;
use domain::ids::MandateId;
use domain::mandate::{self, MandateKind, Scheme, Told};
use http::{HeaderMap, StatusCode};
use pages::portal::{self, Done, Form, MandatePage, Mandated};

use crate::Portal;
use crate::answers::{Trouble, go_to, page};
use crate::forms::{self, fields};
use crate::visitor::Visitor;

const HERE: &str = "/portal/my/direct-debit";

fn show(visitor: &Visitor, status: StatusCode, form: &Form) -> Result<Response, Trouble> {
    let rules = &visitor.settings.direct_debit;
    let creditor_id = rules.creditor_id.as_ref().filter(|_| rules.enabled).cloned();
    let shown = match (mandate::current(&visitor.dossier), creditor_id) {
        (Some(given), _) => MandatePage::Given(Mandated(given)),
        (None, Some(creditor_id)) => MandatePage::Give { creditor_id },
        (None, None) => MandatePage::Off,
    };
    page(status, portal::mandate(&visitor.frame(), &shown, form))
}

pub(crate) async fn get(visitor: Visitor) -> Result<Response, Trouble> {
    show(&visitor, StatusCode::OK, &Form::default())
}

pub(crate) async fn post(
    State(portal): State<Portal>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let form = match forms::of_visitor(&visitor, &headers, fields(&body)) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    match form.value("act") {
        "withdraw" => withdraw(&portal, &visitor).await,
        _ => give(&portal, &visitor, form).await,
    }
}

/// Takes back the mandate that is used; where there is none, nothing is left to be done.
async fn withdraw(portal: &Portal, visitor: &Visitor) -> Result<Response, Trouble> {
    if let Some(given) = mandate::current(&visitor.dossier) {
        portal.records().withdraw_mandate(&visitor.origin(), &given.id, today(visitor.now)).await?;
    }
    Ok(go_to(&format!("{HERE}?done={}", Done::MandateWithdrawn.name())))
}

/// Its reference comes from the form that it was given with: sent twice it is one mandate.
async fn give(portal: &Portal, visitor: &Visitor, mut form: Form) -> Result<Response, Trouble> {
    let rules = &visitor.settings.direct_debit;
    let offered = rules.enabled && rules.creditor_id.is_some();
    let Some(request) = visitor.request(form.value("once")).filter(|_| offered) else {
        return show(visitor, StatusCode::UNPROCESSABLE_ENTITY, &form);
    };
    let iban = formats::iban::check(form.value("iban")).ok();
    if iban.is_none() {
        form.refuse("iban", if form.value("iban").is_empty() { "required" } else { "not_an_iban" });
    }
    let holder = form.value("holder").to_owned();
    if holder.is_empty() {
        form.refuse("holder", "required");
    } else if holder.chars().count() > 70 || holder.chars().any(char::is_control) {
        form.refuse("holder", "too_long");
    }
    if form.value("agree") != "yes" {
        form.refuse("agree", "agree");
    }
    let Some(iban) = iban.filter(|_| form.is_good()) else {
        return show(visitor, StatusCode::UNPROCESSABLE_ENTITY, &form);
    };
    let on = today(visitor.now);
    let mark: String = request.chars().take(12).collect();
    let id = format!("P{}-{mark}", on.strftime("%Y%m%d"));
    let told = Told {
        id: MandateId::parse(&id).map_err(|_| Failure::bug("a reference that was made here is none"))?,
        // Everybody's: the debtor has eight weeks to have a debit refunded.
        scheme: Scheme::Core,
        kind: MandateKind::Recurrent,
        signed_on: on,
        iban,
        bic: None,
        holder: Some(holder),
        last_used_on: None,
        withdrawn_on: None,
        modified_at: visitor.now,
    };
    match portal.records().put_mandate(&visitor.origin(), &visitor.session.debtor, told).await {
        Ok(_) => Ok(go_to(&format!("{HERE}?done={}", Done::Mandate.name()))),
        Err(Failure::Rejected { code, .. }) => {
            form.refuse("iban", code);
            show(visitor, StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        Err(failure) => Err(failure.into()),
    }
}
