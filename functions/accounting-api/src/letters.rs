//! Print providers: their keys go in, and never out again.

use axum::Json;
use axum::extract::State;
use contracts::api::channels::{LetterProviderBody, LetterProviderView};
use contracts::api::fields::Fields;
use contracts::failure::Failure;
use domain::channels::LetterProvider;
use domain::ids::AdministrationId;
use outside::http::Secret;
use outside::letters::{PrinterKeys, keys_name};
use runtime::http::{ApiError, Body, Caller};

use crate::App;

/// Whether Pingen is connected.
#[utoipa::path(get, path = "/v1/letter-providers/pingen", tag = "notices",
    responses((status = 200, body = LetterProviderView)))]
pub async fn get(State(app): State<App>, caller: Caller) -> Result<Json<LetterProviderView>, ApiError> {
    caller.require_scope("settings:read")?;
    let secret = app.connections.secrets.get(&name(&app, &caller.administration)).await;
    let keys = secret.map_err(Failure::from)?.and_then(|secret| secret.parse::<PrinterKeys>());
    Ok(Json(view(keys)))
}

/// Give the keys of an account at Pingen. They take the place of those that were given before.
#[utoipa::path(put, path = "/v1/letter-providers/pingen", tag = "notices", request_body = LetterProviderBody,
    responses((status = 200, body = LetterProviderView), (status = 400, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<LetterProviderBody>,
) -> Result<Json<LetterProviderView>, ApiError> {
    caller.require_scope("settings:write")?;
    let mut fields = Fields::new();
    let client_id = fields.text("clientId", &body.client_id, 200);
    let client_secret = fields.text("clientSecret", &body.client_secret, 200);
    let organisation = fields.text("organisation", &body.organisation, 64);
    let keys = client_id.zip(client_secret).zip(organisation).map(|((id, secret), organisation)| {
        PrinterKeys { client_id: Secret::new(id), client_secret: Secret::new(secret), organisation }
    });
    let keys = fields.finish(keys).map_err(Failure::from)?;
    let text = serde_json::to_string(&keys).map_err(|_| Failure::bug("keys cannot be written"))?;
    let name = name(&app, &caller.administration);
    app.connections.secrets.put(&name, &Secret::new(text)).await.map_err(Failure::from)?;
    Ok(Json(view(Some(keys))))
}

fn name(app: &App, administration: &AdministrationId) -> String {
    keys_name(&app.connections.prefix, administration.as_str(), LetterProvider::Pingen)
}

fn view(keys: Option<PrinterKeys>) -> LetterProviderView {
    LetterProviderView {
        provider: LetterProvider::Pingen,
        connected: keys.is_some(),
        organisation: keys.map(|keys| keys.organisation),
    }
}
