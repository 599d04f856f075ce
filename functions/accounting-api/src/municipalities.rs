//! The directory: through which platform each municipality receives signals, and since when.

use axum::Json;
use axum::extract::State;
use contracts::api::municipalities::{DatedPlatformView, MunicipalitiesView, MunicipalityView};
use contracts::failure::Failure;
use domain::calendar::today;
use domain::provider::Provider;
use runtime::http::{ApiError, Caller, Query};
use serde::Deserialize;
use store::Municipality;
use utoipa::IntoParams;

use crate::App;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DirectoryQuery {
    /// bkr or inforing: those that read this platform today.
    pub provider: Option<String>,
}

/// Every municipality of the directory, by its code. It is the same for all administrations.
#[utoipa::path(get, path = "/v1/municipalities", tag = "signals", params(DirectoryQuery),
    responses((status = 200, body = MunicipalitiesView), (status = 400, body = contracts::problem::Problem)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<DirectoryQuery>,
) -> Result<Json<MunicipalitiesView>, ApiError> {
    caller.require_scope("signals:read")?;
    let wanted = query.provider.as_deref().map(str::parse::<Provider>).transpose();
    let wanted =
        wanted.map_err(|error| Failure::bad_input("provider", "unknown_value", error.to_string()))?;
    let day = today(app.now()?);
    let view = |municipality: Municipality| {
        let merged = municipality.merged.as_ref();
        let is_part_of_another = merged.is_some_and(|merger| merger.on <= day);
        let provider = municipality.provider_on(day).filter(|_| !is_part_of_another);
        let platforms = municipality.platforms.iter();
        MunicipalityView {
            provider: provider.map(|p| p.to_string()),
            platforms: platforms
                .map(|p| DatedPlatformView { provider: p.provider.to_string(), from: p.from })
                .collect(),
            merged_into: merged.map(|merger| merger.into.clone()),
            merged_on: merged.map(|merger| merger.on),
            municipality: municipality.code,
        }
    };
    let all = app.store.municipalities().await.map_err(Failure::from)?.into_iter().map(view);
    let wanted = wanted.map(|provider| provider.to_string());
    let items = all.filter(|m| wanted.is_none() || m.provider == wanted).collect();
    Ok(Json(MunicipalitiesView { items }))
}
