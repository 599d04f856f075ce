//! Mails that debtors send to the creditor: brought by whatever receives them, filed by themselves or by a person.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::api::ListPage;
use contracts::api::incoming_mails::{FileBody, IncomingMailBody, IncomingMailView};
use contracts::failure::Failure;
use domain::ids::IncomingMailId;
use http::StatusCode;
use records::{Brought, IncomingMails};
use runtime::http::{ApiError, Body, Caller, Path, Query};

use crate::imports::ListQuery;
use crate::messages::{taken, whose};
use crate::{App, origin, page_size};

impl App {
    fn incoming_mails(&self) -> IncomingMails {
        IncomingMails { messages: self.messages(), files: self.files.clone() }
    }
}

/// Bring a mail that came in. It becomes a message of the debtor whose notice it answers, else of the only debtor who has its
/// sender's address; else it waits for a person. Senders can be forged: what is filed opens a task, and nothing else. The same mail
/// again changes nothing.
#[utoipa::path(post, path = "/v1/incoming-mails", tag = "messages", request_body = IncomingMailBody,
    responses((status = 201, body = IncomingMailView), (status = 400, body = contracts::problem::Problem),
        (status = 409, body = contracts::problem::Problem)))]
pub async fn post(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<IncomingMailBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("messages:write")?;
    let brought = body.check().map_err(Failure::from)?;
    let (mails, origin) = (app.incoming_mails(), origin(&caller));
    // Its files are gone from where they were uploaded to.
    if let Some(known) = mails.known(&origin, &brought.message_id).await? {
        return Ok((StatusCode::CREATED, Json(IncomingMailView::of(&known))).into_response());
    }
    let (files, staged) = taken(&app, &caller, &brought.attachments).await?;
    let brought = Brought {
        message_id: brought.message_id,
        from: brought.from,
        subject: brought.subject,
        text: brought.text,
        in_reply_to: brought.in_reply_to,
        files,
    };
    let mail = mails.bring(&origin, &brought).await?;
    for key in staged {
        app.files.delete(&key).await.map_err(Failure::from)?;
    }
    Ok((StatusCode::CREATED, Json(IncomingMailView::of(&mail))).into_response())
}

/// Mails of which a person has to say whose they are, the oldest first.
#[utoipa::path(get, path = "/v1/incoming-mails", tag = "messages", params(ListQuery),
    responses((status = 200, body = ListPage<IncomingMailView>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<IncomingMailView>>, ApiError> {
    caller.require_scope("messages:read")?;
    let (limit, cursor) = (page_size(query.limit)?, query.cursor.as_deref());
    let page = app.store.unfiled_mails(&caller.administration, limit, cursor).await;
    let page = page.map_err(Failure::from)?;
    let items = page.items.iter().map(IncomingMailView::of).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}

/// Say whose a mail is. One that is filed stays where it is.
#[utoipa::path(post, path = "/v1/incoming-mails/{mailId}/file", tag = "messages", request_body = FileBody,
    params(("mailId" = String, Path)),
    responses((status = 200, body = IncomingMailView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn file(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<IncomingMailId>,
    Body(body): Body<FileBody>,
) -> Result<Json<IncomingMailView>, ApiError> {
    caller.require_scope("messages:write")?;
    let (debtor, invoice) = body.check().map_err(Failure::from)?;
    let debtor = whose(&app, &caller, debtor.as_ref(), invoice.as_ref()).await?;
    let mail = app.incoming_mails().file(&origin(&caller), &id, &debtor, invoice).await?;
    Ok(Json(IncomingMailView::of(&mail)))
}

/// Throw a mail away that is nobody's.
#[utoipa::path(delete, path = "/v1/incoming-mails/{mailId}", tag = "messages", params(("mailId" = String, Path)),
    responses((status = 204), (status = 404, body = contracts::problem::Problem)))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<IncomingMailId>,
) -> Result<StatusCode, ApiError> {
    caller.require_scope("messages:write")?;
    app.incoming_mails().discard(&origin(&caller), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
