//! Messages between debtors and the desk: written, listed, read, with the files that go along.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use contracts::api::ListPage;
use contracts::api::documents::DocumentUploadView;
use contracts::api::messages::{
    AttachmentBody, AttachmentView, MessageAsked, MessageBody, MessageView, Words,
};
use contracts::failure::Failure;
use domain::Violation;
use domain::ids::{DebtorId, InvoiceId, MessageId};
use domain::message::Message;
use domain::messaging::{Written, unread};
use http::{HeaderMap, StatusCode};
use records::{CheckedFile, attachment_key};
use runtime::http::{ApiError, Caller, Path, Query, require_json};
use serde::Deserialize;
use store::table::Page;
use utoipa::IntoParams;

use crate::documents::{DOWNLOAD, UPLOAD, staged_key, uploaded};
use crate::standard_texts::filled;
use crate::{App, answers, origin, page_size, unguessable, unknown_debtor};

const ROUTE: &str = "POST /v1/messages";

/// Write a message. What the debtor wrote is put before the desk as a task, until it is read or answered. What the desk writes
/// ends the tasks of what the debtor wrote about the same invoice, or about none, and goes to the debtor by mail: within the
/// sending window, whatever the interval between reminders. A hold on reminders lets it pass; while one on everything stands it is
/// refused.
#[utoipa::path(post, path = "/v1/messages", tag = "messages", request_body = MessageBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = MessageView), (status = 400, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    raw: Bytes,
) -> Result<Response, ApiError> {
    caller.require_scope("messages:write")?;
    require_json(&headers)?;
    let body: MessageBody = runtime::json::from_slice(&raw)?;
    let asked = body.check().map_err(Failure::from)?;
    let request = answers::key_hash(ROUTE, &headers);
    answers::once(&app, &caller.administration, ROUTE, &headers, &raw, || async {
        Ok((StatusCode::CREATED, write(&app, &caller, &asked, request.as_deref()).await?))
    })
    .await
}

async fn write(
    app: &App,
    caller: &Caller,
    asked: &MessageAsked,
    request: Option<&str>,
) -> Result<MessageView, Failure> {
    let debtor = whose(app, caller, asked.debtor.as_ref(), asked.invoice.as_ref()).await?;
    let text = match &asked.words {
        Words::Text(text) => text.clone(),
        Words::Standard(id) => filled(app, caller, id, &debtor, asked.invoice.as_ref()).await?,
    };
    let (files, staged) = taken(app, caller, &asked.attachments).await?;
    let written = Written {
        author: asked.author,
        invoice: asked.invoice.clone(),
        text,
        attachments: Vec::new(),
        request: request.map(str::to_owned),
    };
    let (messages, origin) = (app.messages(), origin(caller));
    let done = messages.write(&origin, &debtor, &written, &files, unknown_debtor);
    let (message, dossier) = done.await?;
    for key in staged {
        app.files.delete(&key).await?;
    }
    Ok(MessageView::of(&message, Some(&dossier)))
}

/// The debtor who is named, or whose invoice is.
pub(crate) async fn whose(
    app: &App,
    caller: &Caller,
    debtor: Option<&DebtorId>,
    invoice: Option<&InvoiceId>,
) -> Result<DebtorId, Failure> {
    let Some(invoice) = invoice else { return debtor.cloned().ok_or_else(unknown_debtor) };
    let unknown = || Failure::bad_input("invoiceId", "unknown_invoice", "names a known invoice");
    let owner = app.store.invoice_owner(&caller.administration, invoice).await?.ok_or_else(unknown)?;
    if debtor.is_some_and(|debtor| *debtor != owner) {
        let detail = "is an invoice of the debtor that is named";
        return Err(Failure::bad_input("invoiceId", "invoice_of_another_debtor", detail));
    }
    Ok(owner)
}

/// The files that were uploaded for a message, and where they lie until it is written.
pub(crate) async fn taken(
    app: &App,
    caller: &Caller,
    attachments: &[AttachmentBody],
) -> Result<(Vec<CheckedFile>, Vec<String>), Failure> {
    let (mut files, mut staged) = (Vec::new(), Vec::new());
    for (place, attachment) in attachments.iter().enumerate() {
        let key = staged_key(&caller.administration, &attachment.upload_id);
        let key = key.map_err(|failure| within(failure, place))?;
        let bytes = uploaded(app, &key).await.map_err(|failure| within(failure, place))?;
        let file = CheckedFile::parse(&attachment.name, bytes);
        files.push(file.map_err(|failure| within(failure, place))?);
        staged.push(key);
    }
    Ok((files, staged))
}

/// The same failure, about the attachment at this place.
fn within(failure: Failure, place: usize) -> Failure {
    let moved = |violation: Violation| {
        // What is wrong with the bytes is wrong with the upload that is named.
        let field = if violation.path == "body" { "uploadId" } else { violation.path.as_str() };
        Violation::new(format!("attachments[{place}].{field}"), violation.code, violation.detail)
    };
    match failure {
        Failure::BadInput(found) => Failure::BadInput(found.into_iter().map(moved).collect()),
        other => other,
    }
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct MessageQuery {
    /// Those of this debtor.
    #[param(value_type = Option<String>)]
    pub debtor_id: Option<DebtorId>,
    /// Those about this invoice.
    #[param(value_type = Option<String>)]
    pub invoice_id: Option<InvoiceId>,
    /// `true`: those that nobody at the desk has read, of everybody or of the debtor.
    pub unread: Option<bool>,
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// Messages of a debtor or about an invoice, the last written first; or those that wait to be read at the desk, the oldest
/// first.
#[utoipa::path(get, path = "/v1/messages", tag = "messages", params(MessageQuery),
    responses((status = 200, body = ListPage<MessageView>), (status = 400, body = contracts::problem::Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<MessageQuery>,
) -> Result<Json<ListPage<MessageView>>, ApiError> {
    caller.require_scope("messages:read")?;
    let (limit, cursor) = (page_size(query.limit)?, query.cursor.as_deref());
    let (id, store) = (&caller.administration, &app.store);
    let found = match (&query.debtor_id, &query.invoice_id, query.unread.unwrap_or(false)) {
        (None, None, true) => store.unread_messages(id, limit, cursor).await,
        // A task for each of them stands in the dossier, which holds no more than one page takes.
        (Some(debtor), None, true) => {
            let waiting = match store.dossier(id, debtor).await.map_err(Failure::from)? {
                Some(known) => unread(&known.value).collect::<Vec<_>>(),
                None => Vec::new(),
            };
            store.messages_of(id, &waiting).await.map(|items| Page { items, next: None })
        }
        (Some(debtor), None, false) => store.messages(id, debtor, limit, cursor).await,
        (debtor, Some(invoice), false) => {
            let owner = whose(&app, &caller, debtor.as_ref(), Some(invoice)).await?;
            store.messages_about(id, &owner, invoice, limit, cursor).await
        }
        (_, Some(_), true) => {
            let detail = "is left out where `invoiceId` is there";
            return Err(Failure::bad_input("unread", "not_of_an_invoice", detail).into());
        }
        (None, None, false) => {
            let detail = "is there, or `invoiceId` or `unread` is";
            return Err(Failure::bad_input("debtorId", "required", detail).into());
        }
    };
    let page = found.map_err(Failure::from)?;
    let items = page.items.iter().map(|message| MessageView::of(message, None)).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

fn missing() -> Failure {
    Failure::not_found("message")
}

async fn find(app: &App, caller: &Caller, id: &MessageId) -> Result<Message, Failure> {
    app.store.message(&caller.administration, id).await?.ok_or_else(missing)
}

/// One message, with how its mail stands.
#[utoipa::path(get, path = "/v1/messages/{messageId}", tag = "messages", params(("messageId" = String, Path)),
    responses((status = 200, body = MessageView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MessageId>,
) -> Result<Json<MessageView>, ApiError> {
    caller.require_scope("messages:read")?;
    let message = find(&app, &caller, &id).await?;
    let debtor = id.debtor().ok_or_else(missing)?;
    let dossier = app.store.dossier(&caller.administration, &debtor).await.map_err(Failure::from)?;
    Ok(Json(MessageView::of(&message, dossier.as_ref().map(|known| &known.value))))
}

/// Whoever the message was for has read it: the desk what the debtor wrote, which ends its task; the debtor what the desk wrote.
/// Again changes nothing.
#[utoipa::path(post, path = "/v1/messages/{messageId}/read", tag = "messages", params(("messageId" = String, Path)),
    responses((status = 200, body = MessageView), (status = 404, body = contracts::problem::Problem)))]
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MessageId>,
) -> Result<Json<MessageView>, ApiError> {
    caller.require_scope("messages:write")?;
    let (message, dossier) = app.messages().read(&origin(&caller), &id).await?;
    Ok(Json(MessageView::of(&message, Some(&dossier))))
}

/// Where to upload a file that is to go along with a message. The message names it then; what is not named within a day is
/// thrown away.
#[utoipa::path(post, path = "/v1/message-uploads", tag = "messages",
    responses((status = 201, body = DocumentUploadView)))]
pub async fn upload(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    caller.require_scope("messages:write")?;
    let upload_id = unguessable::hexadecimal::<16>()?;
    let key = staged_key(&caller.administration, &upload_id)?;
    let upload = app.files.upload(&key, UPLOAD).await.map_err(Failure::from)?;
    let view = DocumentUploadView {
        upload_id,
        url: upload.url,
        headers: upload.headers.into_iter().collect(),
        expires_at: app.now()? + UPLOAD,
    };
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// A file that goes along with a message, with an address for its bytes.
#[utoipa::path(get, path = "/v1/messages/{messageId}/attachments/{number}", tag = "messages",
    params(("messageId" = String, Path), ("number" = usize, Path, description = "from 1")),
    responses((status = 200, body = AttachmentView), (status = 404, body = contracts::problem::Problem)))]
pub async fn attachment(
    State(app): State<App>,
    caller: Caller,
    Path((id, number)): Path<(MessageId, usize)>,
) -> Result<Json<AttachmentView>, ApiError> {
    caller.require_scope("messages:read")?;
    let message = find(&app, &caller, &id).await?;
    let missing = || Failure::not_found("attachment");
    let place = number.checked_sub(1).ok_or_else(missing)?;
    let attached = message.attachments.get(place).ok_or_else(missing)?;
    let debtor = id.debtor().ok_or_else(missing)?;
    let key = attachment_key(&caller.administration, &debtor, attached);
    // The address names the message and not the file: a file's name may hold what people typed.
    let ending = attached.name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let url = app.files.download_url(&key, &format!("{id}-{number}.{ending}"), DOWNLOAD).await;
    Ok(Json(AttachmentView::of(place, attached, Some(url.map_err(Failure::from)?))))
}
