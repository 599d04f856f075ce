//! The first page: what needs somebody, and the search.
//!
//! The counters of the work lists take their place here: until then the page knows those of signals.

use axum::extract::State;
use axum::response::Response;
use domain::overview::Place;
use pages::desk;

use crate::App;
use crate::answer::{Refusal, page};
use crate::signals::counts;
use crate::visitor::Visitor;

pub async fn page_of_today(State(app): State<App>, visitor: Visitor) -> Result<Response, Refusal> {
    let administration = app.records().administration(&visitor.administration).await?.value;
    let counts = counts(&app, &visitor, &Place::default()).await?;
    page(desk::home(&visitor.frame(&administration, None), &counts))
}
