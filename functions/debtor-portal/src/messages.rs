//! Questions of the debtor and answers of the desk, about an invoice or about nothing in particular.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::failure::Failure;
use domain::ids::MessageId;
use domain::invoice::Invoice;
use domain::message::{Author, LONGEST_TEXT, Message};
use domain::messaging::Written;
use http::{HeaderMap, StatusCode};
use pages::portal::{self, Done, Form};
use records::{Messages, attachment_key};

use crate::Portal;
use crate::answers::{Trouble, go_to, page};
use crate::forms;
use crate::invoice::{download, find};
use crate::uploads::{self, Upload};
use crate::visitor::Visitor;

/// Messages that are shown: the last ones.
const MOST_SHOWN: u32 = 50;

const HERE: &str = "/portal/my/messages";

fn messages(portal: &Portal) -> Messages {
    Messages { records: portal.records(), files: portal.files.clone() }
}

/// The invoice that is named, if it is one of this debtor's.
async fn about(portal: &Portal, visitor: &Visitor, id: &str) -> Result<Option<Invoice>, Failure> {
    if id.is_empty() {
        return Ok(None);
    }
    match find(portal, visitor, id).await {
        Ok(invoice) => Ok(Some(invoice)),
        Err(Failure::NotFound { .. }) => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn latest(portal: &Portal, visitor: &Visitor) -> Result<Vec<Message>, Failure> {
    let session = &visitor.session;
    let page = portal.store.messages(&session.administration, &session.debtor, MOST_SHOWN, None).await?;
    Ok(page.items)
}

/// What was written, the last first. What the desk wrote is read by being shown.
pub(crate) async fn get(State(portal): State<Portal>, visitor: Visitor) -> Result<Response, Trouble> {
    let shown = latest(&portal, &visitor).await?;
    for message in shown.iter().filter(|m| m.author == Author::Desk && m.read.is_none()) {
        messages(&portal).read(&visitor.origin(), &message.id).await?;
    }
    let about = about(&portal, &visitor, &visitor.asked("invoice").unwrap_or_default()).await?;
    page(StatusCode::OK, portal::messages(&visitor.frame(), &shown, about.as_ref(), &Form::default()))
}

/// Writes a message to the desk. Sent twice it is one message.
pub(crate) async fn post(
    State(portal): State<Portal>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let read = uploads::read(&headers, body, &["form_token", "once", "text", "invoice"], "file").await;
    let Upload { fields, file, too_large } = match read {
        Some(upload) => upload,
        None => return Ok(forms::not_ours(visitor.language)),
    };
    let mut form = match forms::of_visitor(&visitor, &headers, Some(fields)) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    let about = about(&portal, &visitor, form.value("invoice")).await?;
    let text = forms::lines(&mut form, "text", LONGEST_TEXT);
    let file = uploads::checked(&mut form, file, too_large);
    if form.is_good() {
        let written = Written {
            author: Author::Debtor,
            invoice: about.as_ref().map(|invoice| invoice.id.clone()),
            text,
            attachments: Vec::new(),
            request: visitor.request(form.value("once")),
        };
        let (origin, debtor) = (visitor.origin(), &visitor.session.debtor);
        let files: Vec<_> = file.into_iter().collect();
        let missing = || Failure::not_found("debtor");
        match messages(&portal).write(&origin, debtor, &written, &files, missing).await {
            Ok(_) => return Ok(go_to(&format!("{HERE}?done={}", Done::Question.name()))),
            Err(Failure::Rejected { code, .. }) => form.refuse("text", code),
            Err(failure) => return Err(failure.into()),
        }
    }
    let shown = latest(&portal, &visitor).await?;
    let shown = portal::messages(&visitor.frame(), &shown, about.as_ref(), &form);
    page(StatusCode::UNPROCESSABLE_ENTITY, shown)
}

/// A file that goes along with a message of this debtor's: saved and never shown.
pub(crate) async fn attachment(
    State(portal): State<Portal>,
    visitor: Visitor,
    Path((id, number)): Path<(String, usize)>,
) -> Result<Response, Trouble> {
    let missing = || Failure::not_found("attachment");
    let session = &visitor.session;
    let id = MessageId::parse(&id).map_err(|_| missing())?;
    if id.debtor().as_ref() != Some(&session.debtor) {
        return Err(missing().into());
    }
    let message = portal.store.message(&session.administration, &id).await?.ok_or_else(missing)?;
    let attached = number.checked_sub(1).and_then(|place| message.attachments.get(place));
    let attached = attached.ok_or_else(missing)?;
    let key = attachment_key(&session.administration, &session.debtor, attached);
    let bytes = portal.files.read(&key, None).await?;
    let ending = attached.content_type.rsplit('/').next().unwrap_or_default();
    Ok(download(bytes, attached.content_type.clone(), &format!("{id}-{number}.{ending}")))
}
