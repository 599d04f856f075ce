//! The first page, and where help is.

use axum::response::Response;
use http::StatusCode;
use pages::portal;

use crate::answers::{Trouble, page};
use crate::visitor::Visitor;

pub(crate) async fn get(visitor: Visitor) -> Result<Response, Trouble> {
    let shown = portal::overview(&visitor.frame(), &visitor.dossier, &visitor.settings, visitor.now);
    page(StatusCode::OK, shown)
}

pub(crate) async fn help(visitor: Visitor) -> Result<Response, Trouble> {
    page(StatusCode::OK, portal::help(&visitor.frame(), &visitor.dossier.debtor))
}
