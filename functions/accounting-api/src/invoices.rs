//! Invoices and credit notes: upsert and reads.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::api::ListPage;
use contracts::api::invoices::{InvoiceBody, InvoiceStatus, InvoiceView};
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::dossier::Dossier;
use domain::ids::{DebtorId, InvoiceId};
use domain::invoice::Invoice;
use jiff::Timestamp;
use runtime::http::{ApiError, Body, Caller, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{App, answers, origin, page_size};

/// Debtors that one page of the list of everybody's invoices looks at.
const MOST_DEBTORS: usize = 25;

/// Create or replace an invoice or credit note by the source system's own id.
#[utoipa::path(put, path = "/v1/invoices/{invoiceId}", tag = "invoices", request_body = InvoiceBody,
    params(("invoiceId" = String, Path, description = "the source system's own id")),
    responses((status = 201, body = contracts::api::bulk::UpsertView), (status = 200, body = contracts::api::bulk::UpsertView),
        (status = 400, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvoiceId>,
    Body(body): Body<InvoiceBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("invoices:write")?;
    let (debtor, invoice) = records::checked_invoice(body, id.clone())?;
    let upsert = app.records().put_invoice(&origin(&caller), &debtor, invoice, None).await?;
    Ok(answers::upserted(id.as_str(), upsert))
}

/// The debtor's dossier and the invoice, open or closed.
pub async fn find(app: &App, caller: &Caller, id: &InvoiceId) -> Result<(Dossier, Invoice), Failure> {
    let missing = || Failure::not_found("invoice");
    let owner = app.store.invoice_owner(&caller.administration, id).await?.ok_or_else(missing)?;
    let dossier = app.store.dossier(&caller.administration, &owner).await?.ok_or_else(missing)?.value;
    let open = dossier.invoices.get(id).filter(|i| i.deleted_at.is_none()).cloned();
    let invoice = match open {
        Some(invoice) => invoice,
        None => {
            let closed = app.store.archived_invoice(&caller.administration, &owner, id).await?;
            closed.filter(|i| i.deleted_at.is_none()).ok_or_else(missing)?
        }
    };
    Ok((dossier, invoice))
}

/// One invoice or credit note.
#[utoipa::path(get, path = "/v1/invoices/{invoiceId}", tag = "invoices", params(("invoiceId" = String, Path)),
    responses((status = 200, body = InvoiceView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvoiceId>,
) -> Result<Json<InvoiceView>, ApiError> {
    caller.require_scope("invoices:read")?;
    let administration = app.administration(&caller.administration).await?.value;
    let (dossier, invoice) = find(&app, &caller, &id).await?;
    Ok(Json(InvoiceView::of(&invoice, &dossier, &administration, app.now()?)))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct ListQuery {
    pub debtor_id: Option<String>,
    pub status: Option<InvoiceStatus>,
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Invoices of debtors about whom anything changed after this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    pub updated_after: Option<Timestamp>,
}

/// Where a list of invoices stands: at which debtor, and how far into their open or closed invoices.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Place {
    /// Cursor of the debtors that follow the one at hand.
    debtors: Option<String>,
    debtor: Option<DebtorId>,
    /// The last open invoice that was listed.
    after: Option<InvoiceId>,
    /// The open ones are done.
    closed: bool,
    archive: Option<String>,
}

impl Place {
    fn parse(cursor: &str) -> Result<Place, Failure> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let place = bytes.and_then(|b| serde_json::from_slice(&b).ok());
        place.ok_or_else(|| Failure::bad_input("cursor", "bad_cursor", "is not a cursor of this list"))
    }

    fn cursor(&self) -> Result<String, Failure> {
        let bytes = serde_json::to_vec(self).map_err(|e| Failure::bug(e.to_string()))?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// Invoices and credit notes: one debtor's, or everybody's in the order of the debtors' last change. A page may be
/// short, or empty, before the last one.
#[utoipa::path(get, path = "/v1/invoices", tag = "invoices", params(ListQuery),
    responses((status = 200, body = ListPage<InvoiceView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<InvoiceView>>, ApiError> {
    caller.require_scope("invoices:read")?;
    let limit = page_size(query.limit)? as usize;
    let mut place = match &query.cursor {
        Some(cursor) => Place::parse(cursor)?,
        None => Place::default(),
    };
    let one = query
        .debtor_id
        .as_deref()
        .map(|id| DebtorId::parse(id).map_err(|e| Failure::bad_input("debtorId", "not_an_id", e.to_string())))
        .transpose()?;
    if query.cursor.is_none() {
        place.debtor = one.clone();
    }
    let listing = Listing {
        app: &app,
        caller: &caller,
        administration: app.administration(&caller.administration).await?.value,
        status: query.status,
        limit,
        now: app.now()?,
    };
    let mut items = Vec::new();
    for _ in 0..MOST_DEBTORS {
        if place.debtor.is_none()
            && !(one.is_none() && listing.next_debtor(&mut place, query.updated_after).await?)
        {
            return Ok(Json(ListPage { items, next_cursor: None }));
        }
        listing.of_debtor(&mut place, &mut items).await?;
        if items.len() >= limit {
            break;
        }
    }
    // A place with neither a debtor nor debtors to come is the end.
    let ended = place.debtor.is_none() && (one.is_some() || place.debtors.is_none());
    let next_cursor = if ended { None } else { Some(place.cursor()?) };
    Ok(Json(ListPage { items, next_cursor }))
}

struct Listing<'a> {
    app: &'a App,
    caller: &'a Caller,
    administration: Administration,
    status: Option<InvoiceStatus>,
    limit: usize,
    now: Timestamp,
}

impl Listing<'_> {
    /// Moves on to the next debtor. Says whether there is one.
    async fn next_debtor(
        &self,
        place: &mut Place,
        updated_after: Option<Timestamp>,
    ) -> Result<bool, Failure> {
        let cursor = place.debtors.take();
        let page =
            self.app.store.dossiers(&self.caller.administration, updated_after, 1, cursor.as_deref()).await?;
        let debtor = page.items.first().map(|d| d.value.debtor.id.clone());
        *place = Place { debtors: page.next, debtor, ..Place::default() };
        Ok(place.debtor.is_some())
    }

    async fn of_debtor(&self, place: &mut Place, items: &mut Vec<InvoiceView>) -> Result<(), Failure> {
        let Some(debtor) = place.debtor.clone() else { return Ok(()) };
        let Some(found) = self.app.store.dossier(&self.caller.administration, &debtor).await? else {
            place.debtor = None;
            return Ok(());
        };
        let dossier = found.value;
        if !place.closed {
            for (id, invoice) in &dossier.invoices {
                if place.after.as_ref().is_some_and(|after| id <= after) {
                    continue;
                }
                if items.len() >= self.limit {
                    return Ok(());
                }
                self.add(invoice, &dossier, items);
                place.after = Some(id.clone());
            }
            place.closed = true;
        }
        while items.len() < self.limit {
            let room = u32::try_from(self.limit - items.len()).unwrap_or(u32::MAX);
            let cursor = place.archive.take();
            let store = &self.app.store;
            let page = store
                .archived_invoices(&self.caller.administration, &debtor, room, cursor.as_deref())
                .await?;
            for invoice in &page.items {
                self.add(invoice, &dossier, items);
            }
            place.archive = page.next;
            if place.archive.is_none() {
                place.debtor = None;
                return Ok(());
            }
        }
        Ok(())
    }

    fn add(&self, invoice: &Invoice, dossier: &Dossier, items: &mut Vec<InvoiceView>) {
        let view = InvoiceView::of(invoice, dossier, &self.administration, self.now);
        let wanted = self.status.is_none_or(|status| view.status == status);
        if wanted && invoice.deleted_at.is_none() {
            items.push(view);
        }
    }
}
