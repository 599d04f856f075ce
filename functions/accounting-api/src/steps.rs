//! Editing the next step of an invoice, and the claim on one of any day.

use axum::Json;
use axum::extract::State;
use contracts::api::debtors::next_views;
use contracts::api::steps::{ClaimView, PreviewView, StepEditBody, StepEditView};
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::calendar::today;
use domain::dossier::{Dossier, Draft};
use domain::editing::{self, Edit};
use domain::ids::{AdministrationId, DebtorId, InvoiceId};
use jiff::Timestamp;
use jiff::civil::Date;
use pages::mail::of_notice::{Along, written};
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde::Deserialize;
use store::until_no_conflict;
use utoipa::IntoParams;

use crate::App;

/// Edit the next step of an invoice: skip it, reset to an earlier one, set its day, send it now; or preview it.
#[utoipa::path(post, path = "/v1/invoices/{invoiceId}/step", tag = "invoices", request_body = StepEditBody,
    params(("invoiceId" = String, Path)),
    responses((status = 200, body = StepEditView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvoiceId>,
    Body(body): Body<StepEditBody>,
) -> Result<Json<StepEditView>, ApiError> {
    let wanted = body.check().map_err(Failure::from)?;
    caller.require_scope(if wanted.is_some() { "invoices:write" } else { "invoices:read" })?;
    let debtor = owner(&app, &caller.administration, &id).await?;
    let settings = app.administration(&caller.administration).await?.value;
    let now = app.now()?;
    let Some(edit) = wanted else {
        let dossier = app.dossier(&caller.administration, &debtor).await?.value;
        let preview = preview(&app, &dossier, &settings, &id, now).await?;
        return Ok(Json(view(&id, &dossier, &settings, now, preview)));
    };
    let dossier = change(&app, &caller, &settings, &debtor, &id, &edit).await?;
    Ok(Json(view(&id, &dossier, &settings, app.now()?, None)))
}

async fn change(
    app: &App,
    caller: &Caller,
    settings: &Administration,
    debtor: &DebtorId,
    id: &InvoiceId,
    edit: &Edit,
) -> Result<Dossier, Failure> {
    until_no_conflict(|| async {
        let known = app.dossier(&caller.administration, debtor).await?;
        let mut draft = Draft::of(known.value, app.now()?, &caller.subject);
        editing::edit(&mut draft, settings, id, edit)?;
        app.store.commit(settings, &draft, Some(known.version), Vec::new()).await?;
        Ok(draft.dossier)
    })
    .await
}

async fn owner(
    app: &App,
    administration: &AdministrationId,
    invoice: &InvoiceId,
) -> Result<DebtorId, Failure> {
    let owner = app.store.invoice_owner(administration, invoice).await?;
    owner.ok_or(Failure::not_found("invoice"))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClaimQuery {
    /// The day of the claim; today where it is absent.
    #[param(value_type = Option<String>, format = Date)]
    pub on: Option<Date>,
}

/// What is claimed on an invoice on one day: principal, collection costs and interest (articles 6:44, 6:96, 6:119 and 6:119a
/// BW), from what was booked up to and including it. The same day gives the same answer, whatever is booked later.
#[utoipa::path(get, path = "/v1/invoices/{invoiceId}/claim", tag = "invoices",
    params(("invoiceId" = String, Path), ClaimQuery),
    responses((status = 200, body = ClaimView), (status = 404, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn claim(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvoiceId>,
    Query(query): Query<ClaimQuery>,
) -> Result<Json<ClaimView>, ApiError> {
    caller.require_scope("invoices:read")?;
    let debtor = owner(&app, &caller.administration, &id).await?;
    let dossier = app.dossier(&caller.administration, &debtor).await?.value;
    let invoice = match dossier.invoices.get(&id) {
        Some(invoice) => invoice.clone(),
        None => {
            let archived = app.store.archived_invoice(&caller.administration, &debtor, &id).await;
            archived.map_err(Failure::from)?.ok_or(Failure::not_found("invoice"))?
        }
    };
    let on = query.on.unwrap_or(today(app.now()?));
    let specification = invoice
        .specification(on)
        .map_err(|error| Failure::rejected("interest_rates_ended", error.to_string()))?;
    Ok(Json(ClaimView::of(&id, &specification)))
}

fn view(
    id: &InvoiceId,
    dossier: &Dossier,
    settings: &Administration,
    now: Timestamp,
    preview: Option<PreviewView>,
) -> StepEditView {
    let (next_action, no_action) = next_views(dossier, settings, now);
    StepEditView { invoice_id: id.to_string(), next_action, no_action, preview }
}

async fn preview(
    app: &App,
    dossier: &Dossier,
    settings: &Administration,
    id: &InvoiceId,
    now: Timestamp,
) -> Result<Option<PreviewView>, Failure> {
    let Some(found) = domain::preview::next_notice(dossier, settings, id, now) else { return Ok(None) };
    let missing = || Failure::bug("a previewed notice is not in its dossier");
    let notice = found.draft.dossier.notice(&found.notice).ok_or_else(missing)?;
    let texts = app.store.texts_of(&found.draft.dossier, settings, &found.notice).await?;
    let portal = app.portal_link(notice.channel);
    // Which documents will go along is known when it leaves.
    let along = Along { qr: true, documents: 0 };
    let told = written(&found.draft.dossier, settings, notice, found.on, &portal, along, &texts);
    let written = told.map_err(|e| Failure::bug(format!("a notice cannot be written: {e}")))?.said;
    Ok(Some(PreviewView {
        on: found.on,
        kind: notice.kind.name().to_owned(),
        channel: notice.channel.name().to_owned(),
        amount: notice.amount.to_string(),
        invoice_ids: notice.lines.iter().map(|l| l.invoice.to_string()).collect(),
        subject: written.subject,
        text: written.text,
        html: written.html,
    }))
}
