//! Notes about debtors and invoices: for the desk alone.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use contracts::api::ListPage;
use contracts::api::notes::{About, NoteBody, NoteView};
use contracts::failure::Failure;
use domain::dossier::{Dossier, Draft};
use domain::ids::{DebtorId, InvoiceId, NoteId};
use domain::note;
use http::{HeaderMap, StatusCode};
use runtime::http::{ApiError, Caller, Path, Query, require_json};
use store::{Along, Versioned, until_no_conflict};

use crate::debtors::PageQuery;
use crate::{App, answers, page_size};

const ROUTE: &str = "POST /v1/notes";

/// Notes among which one that the same request made before is looked for.
const LOOKED_BACK: u32 = 20;

fn missing() -> Failure {
    Failure::not_found("note")
}

/// Make a note about a debtor or an invoice.
#[utoipa::path(post, path = "/v1/notes", tag = "notes", request_body = NoteBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = NoteView), (status = 400, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    caller.require_scope("notes:write")?;
    require_json(&headers)?;
    let body: NoteBody = runtime::json::from_slice(&raw)?;
    let (about, text) = body.check().map_err(Failure::from)?;
    let request = answers::key_hash(ROUTE, &headers);
    answers::once(&app, &caller.administration, ROUTE, &headers, &raw, || async {
        let (debtor, invoice) = place(&app, &caller, about).await?;
        Ok((StatusCode::CREATED, add(&app, &caller, &debtor, invoice, &text, request).await?))
    })
    .await
}

/// Whose note it is: the debtor's that is named, or of whom the invoice is.
async fn place(app: &App, caller: &Caller, about: About) -> Result<(DebtorId, Option<InvoiceId>), Failure> {
    let unknown = || Failure::bad_input("invoiceId", "unknown_invoice", "names a known invoice");
    match about {
        About::Debtor(debtor) => Ok((debtor, None)),
        About::Invoice(invoice) => {
            let owner = app.store.invoice_owner(&caller.administration, &invoice).await?;
            Ok((owner.ok_or_else(unknown)?, Some(invoice)))
        }
    }
}

async fn add(
    app: &App,
    caller: &Caller,
    debtor: &DebtorId,
    invoice: Option<InvoiceId>,
    text: &str,
    request: Option<String>,
) -> Result<NoteView, Failure> {
    let id = &caller.administration;
    let settings = app.administration(id).await?.value;
    until_no_conflict(|| async {
        let known = dossier(app, caller, debtor, crate::unknown_debtor).await?;
        let now = app.now()?;
        if request.is_some() {
            let last = app.store.notes(id, debtor, LOOKED_BACK, None).await?;
            let made = last
                .items
                .iter()
                .find(|n| answers::is_repetition(n.request.as_ref(), request.as_ref(), n.at, now));
            if let Some(made) = made {
                return Ok(NoteView::of(made, debtor));
            }
        }
        let mut draft = Draft::of(known.value, now, &caller.subject);
        let note = note::add(&mut draft, invoice.clone(), text.to_owned(), request.clone());
        let along = vec![Along::Note(Box::new(note.clone()))];
        app.store.commit(&settings, &draft, Some(known.version), along).await?;
        Ok(NoteView::of(&note, debtor))
    })
    .await
}

async fn dossier(
    app: &App,
    caller: &Caller,
    debtor: &DebtorId,
    missing: impl Fn() -> Failure,
) -> Result<Versioned<Dossier>, Failure> {
    let known = app.store.dossier(&caller.administration, debtor).await?;
    known.filter(|k| k.value.deleted_at.is_none()).ok_or_else(missing)
}

/// The notes about a debtor and their invoices, the last made first.
#[utoipa::path(get, path = "/v1/debtors/{debtorId}/notes", tag = "notes",
    params(("debtorId" = String, Path), PageQuery),
    responses((status = 200, body = ListPage<NoteView>), (status = 404, body = contracts::problem::Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(debtor): Path<DebtorId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<ListPage<NoteView>>, ApiError> {
    caller.require_scope("notes:read")?;
    let limit = page_size(query.limit)?;
    dossier(&app, &caller, &debtor, || Failure::not_found("debtor")).await?;
    let page = app.store.notes(&caller.administration, &debtor, limit, query.cursor.as_deref()).await;
    let page = page.map_err(Failure::from)?;
    let items = page.items.iter().map(|note| NoteView::of(note, &debtor)).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

/// Take a note away: what it said is gone, and that it was there stays on the timeline.
#[utoipa::path(delete, path = "/v1/notes/{noteId}", tag = "notes", params(("noteId" = String, Path)),
    responses((status = 204), (status = 404, body = contracts::problem::Problem)))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<NoteId>,
) -> Result<StatusCode, ApiError> {
    caller.require_scope("notes:write")?;
    let debtor = id.debtor().ok_or_else(missing)?;
    let of = &caller.administration;
    let settings = app.administration(of).await?.value;
    until_no_conflict(|| async {
        let known = dossier(&app, &caller, &debtor, missing).await?;
        let note = app.store.note(of, &debtor, &id).await?.ok_or_else(missing)?;
        let mut draft = Draft::of(known.value, app.now()?, &caller.subject);
        note::remove(&mut draft, &note);
        let along = vec![Along::NoteGone(id.clone())];
        app.store.commit(&settings, &draft, Some(known.version), along).await?;
        Ok::<(), Failure>(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
