//! The debtor objects to early signalling, or takes that back.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use pages::portal::{self, Done, Municipality};

use crate::Portal;
use crate::answers::{Trouble, go_to, page};
use crate::forms::{self, fields};
use crate::visitor::Visitor;

/// What stands on the timeline as the reason: debtors need not give one.
const REASON: &str = "by the debtor, on their page";

pub(crate) async fn get(visitor: Visitor) -> Result<Response, Trouble> {
    let known = Municipality(&visitor.dossier);
    page(StatusCode::OK, portal::municipality(&visitor.frame(), known, &visitor.settings))
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
    let (enabled, done) = match form.value("act") {
        "object" => (false, Done::Objected),
        "allow" => (true, Done::ObjectionWithdrawn),
        _ => return Ok(forms::not_ours(visitor.language)),
    };
    let debtor = &visitor.session.debtor;
    portal.records().set_early_signalling(&visitor.origin(), debtor, enabled, REASON).await?;
    Ok(go_to(&format!("/portal/my/municipality?done={}", done.name())))
}
