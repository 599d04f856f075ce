//! Standard texts: what the desk says often. Kept under a name, looked through before that, and filled for one debtor.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::api::ListPage;
use contracts::api::standard_texts::{FillBody, FilledView, StandardTextBody, StandardTextView};
use contracts::failure::Failure;
use domain::calendar::today;
use domain::ids::{DebtorId, InvoiceId, StandardTextId};
use domain::standard_text::MOST_STANDARD_TEXTS;
use http::StatusCode;
use pages::own::standard;
use runtime::http::{ApiError, Body, Caller, Path, Query};

use crate::imports::ListQuery;
use crate::messages::whose;
use crate::{App, page_size};

fn missing() -> Failure {
    Failure::not_found("standard text")
}

/// All standard texts, in the order of their names.
#[utoipa::path(get, path = "/v1/standard-texts", tag = "messages", params(ListQuery),
    responses((status = 200, body = ListPage<StandardTextView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<StandardTextView>>, ApiError> {
    caller.require_scope("settings:read")?;
    let (limit, cursor) = (page_size(query.limit)?, query.cursor.as_deref());
    let page = app.store.standard_texts(&caller.administration, limit, cursor).await;
    let page = page.map_err(Failure::from)?;
    let items = page.items.iter().map(StandardTextView::of).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

/// One standard text.
#[utoipa::path(get, path = "/v1/standard-texts/{textId}", tag = "messages", params(("textId" = String, Path)),
    responses((status = 200, body = StandardTextView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<StandardTextId>,
) -> Result<Json<StandardTextView>, ApiError> {
    caller.require_scope("settings:read")?;
    let known = app.store.standard_text(&caller.administration, &id).await.map_err(Failure::from)?;
    Ok(Json(StandardTextView::of(&known.ok_or_else(missing)?)))
}

/// Keep a standard text. It is kept only where it can be filled for every debtor that there can be, as `/v1/texts` are.
#[utoipa::path(put, path = "/v1/standard-texts/{textId}", tag = "messages", request_body = StandardTextBody,
    params(("textId" = String, Path)),
    responses((status = 201, body = StandardTextView), (status = 200, body = StandardTextView),
        (status = 400, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<StandardTextId>,
    Body(body): Body<StandardTextBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("settings:write")?;
    let now = app.now()?;
    let text = body.check(id, &caller.subject, now).map_err(Failure::from)?;
    let administration = app.administration(&caller.administration).await?.value;
    let wrong = standard::check(&text.text, text.language, &administration, today(now));
    let wrong = wrong.map_err(|error| Failure::bug(error.to_string()))?;
    if !wrong.is_empty() {
        return Err(Failure::from(wrong).into());
    }
    let known = app.store.standard_text(&administration.id, &text.id).await.map_err(Failure::from)?;
    if known.is_none() {
        let most = u32::try_from(MOST_STANDARD_TEXTS).unwrap_or(u32::MAX);
        let all = app.store.standard_texts(&administration.id, most, None).await.map_err(Failure::from)?;
        if all.items.len() >= MOST_STANDARD_TEXTS {
            let detail = format!("an administration has at most {MOST_STANDARD_TEXTS} standard texts");
            return Err(Failure::rejected("too_many_standard_texts", detail).into());
        }
    }
    app.store.put_standard_text(&administration.id, &text).await.map_err(Failure::from)?;
    let status = if known.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(StandardTextView::of(&text))).into_response())
}

/// Take a standard text away.
#[utoipa::path(delete, path = "/v1/standard-texts/{textId}", tag = "messages", params(("textId" = String, Path)),
    responses((status = 204), (status = 404, body = contracts::problem::Problem)))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<StandardTextId>,
) -> Result<StatusCode, ApiError> {
    caller.require_scope("settings:write")?;
    let known = app.store.standard_text(&caller.administration, &id).await.map_err(Failure::from)?;
    known.ok_or_else(missing)?;
    app.store.delete_standard_text(&caller.administration, &id).await.map_err(Failure::from)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A standard text as it reads for one debtor: to be changed, or sent as it is. Stores and sends nothing.
#[utoipa::path(post, path = "/v1/standard-texts/{textId}/fill", tag = "messages", request_body = FillBody,
    params(("textId" = String, Path)),
    responses((status = 200, body = FilledView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem)))]
pub async fn fill(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<StandardTextId>,
    Body(body): Body<FillBody>,
) -> Result<Json<FilledView>, ApiError> {
    caller.require_scope("messages:read")?;
    let (debtor, invoice) = body.check().map_err(Failure::from)?;
    let known = app.store.standard_text(&caller.administration, &id).await.map_err(Failure::from)?;
    known.ok_or_else(missing)?;
    let debtor = whose(&app, &caller, Some(&debtor), invoice.as_ref()).await?;
    Ok(Json(FilledView { text: filled(&app, &caller, &id, &debtor, invoice.as_ref()).await? }))
}

/// What a standard text comes to for this debtor.
pub(crate) async fn filled(
    app: &App,
    caller: &Caller,
    id: &StandardTextId,
    debtor: &DebtorId,
    invoice: Option<&InvoiceId>,
) -> Result<String, Failure> {
    let (store, administration) = (&app.store, &caller.administration);
    let unknown =
        || Failure::bad_input("standardTextId", "unknown_text", "names a standard text that is kept");
    let text = store.standard_text(administration, id).await?.ok_or_else(unknown)?;
    let dossier = store.dossier(administration, debtor).await?.filter(|k| k.value.deleted_at.is_none());
    let dossier = dossier.ok_or_else(crate::unknown_debtor)?.value;
    let archived = match invoice.filter(|id| !dossier.invoices.contains_key(*id)) {
        Some(id) => store.archived_invoice(administration, debtor, id).await?,
        None => None,
    };
    let about = invoice.and_then(|id| dossier.invoices.get(id)).or(archived.as_ref());
    let settings = app.administration(administration).await?.value;
    let said = standard::fill(&text, &dossier, about, &settings, today(app.now()?));
    said.map_err(|error| match error {
        standard::FillError::Text(error) => Failure::bug(error.to_string()),
        // What the creditor's own data made of it since it was kept.
        standard::FillError::Cannot(rule) => Failure::rejected(
            "standard_text_cannot_be_filled",
            format!("cannot be filled for this debtor: {rule}"),
        ),
    })
}
