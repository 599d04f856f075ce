//! Payment providers: their keys go in, and never out again.

use ::payment_requests::{Connection, KeysChange};
use axum::Json;
use axum::extract::State;
use contracts::api::payment_requests::{PaymentProviderBody, PaymentProviderView};
use contracts::failure::Failure;
use domain::administration::Administration;
use domain::changing::put_settings;
use domain::payment_request::{PaymentProvider, UnknownPaymentProvider};
use domain::settings::Settings;
use outside::http::Secret;
use runtime::http::{ApiError, Body, Caller, Path};

use crate::App;
use crate::changes::{Decision, change};

/// How a payment provider is connected and used.
#[utoipa::path(get, path = "/v1/payment-providers/{provider}", tag = "payment requests",
    params(("provider" = String, Path, description = "`mollie` or `paypal`")),
    responses((status = 200, body = PaymentProviderView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(provider): Path<String>,
) -> Result<Json<PaymentProviderView>, ApiError> {
    caller.require_scope("settings:read")?;
    let provider = known(&provider)?;
    let administration = app.administration(&caller.administration).await?.value;
    let connection = app.payment_requests().connection(&caller.administration, provider).await?;
    Ok(Json(view(provider, &administration, connection)))
}

/// Give the keys of a payment provider, or change how it is used. What is left out stays as it is. A provider that is the
/// default is made so by its settings in the same call.
#[utoipa::path(put, path = "/v1/payment-providers/{provider}", tag = "payment requests",
    params(("provider" = String, Path, description = "`mollie` or `paypal`")), request_body = PaymentProviderBody,
    responses((status = 200, body = PaymentProviderView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(provider): Path<String>,
    Body(body): Body<PaymentProviderBody>,
) -> Result<Json<PaymentProviderView>, ApiError> {
    caller.require_scope("settings:write")?;
    let provider = known(&provider)?;
    body.check(provider).map_err(Failure::from)?;
    // The settings first: where they refuse the methods, no key is kept either.
    let administration = change(&app, &caller, |administration| async {
        let mut settings = Settings::of(&administration);
        apply(&mut settings, provider, &body);
        let wrong = settings.check(&administration);
        if !wrong.is_empty() {
            return Err(wrong.into());
        }
        Ok(match put_settings(&administration, &settings) {
            Some(change) => Decision::Changed(Box::new(change)),
            None => Decision::Unchanged(Box::new(administration)),
        })
    })
    .await?;
    let mut fresh = [0; 16];
    getrandom::fill(&mut fresh).map_err(|_| Failure::unavailable("no random bytes"))?;
    let requests = app.payment_requests();
    let connection = requests.connect(&caller.administration, provider, keys(body), &fresh).await?;
    Ok(Json(view(provider, &administration, connection)))
}

fn known(provider: &str) -> Result<PaymentProvider, Failure> {
    provider.parse().map_err(|_: UnknownPaymentProvider| Failure::not_found("payment provider"))
}

fn apply(settings: &mut Settings, provider: PaymentProvider, body: &PaymentProviderBody) {
    let rules = settings.payments.of_mut(provider);
    rules.enabled = body.enabled.unwrap_or(rules.enabled);
    if let Some(methods) = &body.methods {
        rules.methods.clone_from(methods);
    }
    match body.default {
        Some(true) => settings.payments.default_provider = Some(provider),
        Some(false) if settings.payments.default_provider == Some(provider) => {
            settings.payments.default_provider = None;
        }
        Some(false) | None => {}
    }
}

fn keys(body: PaymentProviderBody) -> KeysChange {
    KeysChange {
        api_key: body.api_key.map(Secret::new),
        signing_secrets: body.signing_secrets.map(|all| all.into_iter().map(Secret::new).collect()),
        client_id: body.client_id.map(Secret::new),
        client_secret: body.client_secret.map(Secret::new),
        webhook_id: body.webhook_id.map(Secret::new),
    }
}

fn view(
    provider: PaymentProvider,
    administration: &Administration,
    connection: Connection,
) -> PaymentProviderView {
    let rules = &administration.payments;
    let is_default = rules.default_provider == Some(provider);
    PaymentProviderView {
        connected: connection.connected,
        signing_secrets: connection.signing_secrets,
        callbacks: connection.callbacks,
        callback_url: connection.callback_url,
        ..PaymentProviderView::of(provider, rules.of(provider), is_default)
    }
}
