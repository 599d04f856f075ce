//! The settings and their earlier versions, to look at.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::settings::Settings;
use pages::desk;

use crate::App;
use crate::answer::{Refusal, page};
use crate::debtors::parameter;
use crate::visitor::Visitor;

pub async fn page_of(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let administration = app.records().administration(&visitor.administration).await?.value;
    let frame = visitor.frame(&administration, None);
    let current = Settings::of(&administration);
    let wanted = parameter(query.as_deref(), "version");
    let wanted: u32 = match wanted {
        None => current.version,
        Some(text) => text.parse().map_err(|_| Refusal::NOT_FOUND)?,
    };
    if wanted == current.version {
        return page(desk::settings(&frame, &current, None));
    }
    let earlier = app.store.earlier_settings(&visitor.administration, wanted).await?;
    let earlier = earlier.ok_or(Refusal::NOT_FOUND)?;
    page(desk::settings(&frame, &earlier.value, Some((&earlier.by, earlier.at))))
}
