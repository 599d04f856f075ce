//! Subscriptions to webhooks: put, read, enable, rotate, try, repeat.
//!
//! What is absent: any call to a subscriber. This function looks where an address leads, keeps what people bring, and hints;
//! `dispatch-webhooks` calls.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::api::ListPage;
use contracts::api::webhooks::{
    DeliveryView, ReplayBody, ReplayOf, TestAsked, WebhookBody, WebhookView, WebhookWithSecret, WebhooksView,
};
use contracts::failure::Failure;
use contracts::queues::DispatchWebhooks;
use domain::ids::{AdministrationId, DebtorId, WebhookId};
use domain::webhook::{Choice, DisabledReason, MOST_SUBSCRIPTIONS, OLD_SECRET_SIGNS, Replay, Subscription};
use domain::webhook_event::WebhookEvent;
use domain::webhook_lane::Place;
use http::StatusCode;
use jiff::Timestamp;
use outside::secrets::{Secrets, SecretsManager};
use outside::webhooks::destination::{Destinations, SystemNames};
use outside::webhooks::secrets::{SECRET_BYTES, SigningSecrets, secrets_name};
use runtime::hints::{Hints, SqsHints, hint};
use runtime::http::{ApiError, Body, Caller, Path, Query};
use runtime::{Error, Start};
use store::until_no_conflict;

use crate::imports::ListQuery;
use crate::{App, page_size};

/// What webhooks need beside the store.
#[derive(Debug, Clone)]
pub struct Webhooks {
    pub secrets: Arc<dyn Secrets>,
    /// Says where messages may go.
    pub destinations: Arc<Destinations>,
    /// The queue of `dispatch-webhooks`.
    pub dispatches: Arc<dyn Hints>,
    /// What the names of secrets begin with.
    pub prefix: String,
}

impl Webhooks {
    /// As the environment names them.
    ///
    /// # Errors
    /// A variable is missing.
    pub fn of(start: &Start) -> Result<Webhooks, Error> {
        let text = |name: &str| start.environment.text(name).map(str::to_owned);
        let is_local = start.environment.optional("TIJDIG_WEBHOOKS_TO_THIS_MACHINE")?.is_some();
        let destinations = Destinations::for_local_run(Arc::new(SystemNames), is_local);
        let queue = text("TIJDIG_DISPATCH_WEBHOOKS_QUEUE_URL")?;
        Ok(Webhooks {
            secrets: Arc::new(SecretsManager::new(&start.aws)),
            destinations: Arc::new(destinations),
            dispatches: Arc::new(SqsHints::new(aws_sdk_sqs::Client::new(&start.aws), queue)),
            prefix: text("TIJDIG_PREFIX")?,
        })
    }

    async fn hint(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        debtor: Option<DebtorId>,
    ) -> Result<(), Failure> {
        let message = DispatchWebhooks {
            administration: administration.clone(),
            webhook_id: Some(webhook.clone()),
            debtor_id: debtor,
            sequence: None,
        };
        hint(&*self.dispatches, &message).await
    }

    /// The secret of a subscription, made where there is none: then it is shown.
    async fn secret(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
    ) -> Result<Option<String>, Failure> {
        let name = secrets_name(&self.prefix, administration, webhook);
        if SigningSecrets::kept(&*self.secrets, &name).await?.is_some() {
            return Ok(None);
        }
        let made = SigningSecrets::new(&random()?);
        made.keep(&*self.secrets, &name).await?;
        Ok(Some(made.current.expose().to_owned()))
    }

    /// A new secret in place of the one that is kept, which signs beside it until then.
    async fn rotate(
        &self,
        administration: &AdministrationId,
        webhook: &WebhookId,
        until: Timestamp,
    ) -> Result<String, Failure> {
        let name = secrets_name(&self.prefix, administration, webhook);
        let next = match SigningSecrets::kept(&*self.secrets, &name).await? {
            Some(kept) => kept.rotated(&random()?, until),
            None => SigningSecrets::new(&random()?),
        };
        next.keep(&*self.secrets, &name).await?;
        Ok(next.current.expose().to_owned())
    }
}

fn random() -> Result<[u8; SECRET_BYTES], Failure> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| Failure::unavailable("no random bytes"))?;
    Ok(bytes)
}

fn missing() -> Failure {
    Failure::not_found("webhook")
}

impl App {
    /// Changes a subscription that is there. What the change said, with the subscription as it is then.
    async fn change_webhook<T>(
        &self,
        caller: &Caller,
        id: &WebhookId,
        change: impl Fn(&mut Subscription, Timestamp) -> Result<T, Failure>,
    ) -> Result<(T, Subscription), Failure> {
        let now = self.now()?;
        let changed = self.store.change_subscription(&caller.administration, id, |s| change(s, now)).await?;
        changed.ok_or_else(missing)
    }
}

/// All subscriptions, and the events that can be subscribed to.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks",
    responses((status = 200, body = WebhooksView)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<WebhooksView>, ApiError> {
    caller.require_scope("webhooks:read")?;
    let now = app.now()?;
    let found = app.store.subscriptions(&caller.administration).await.map_err(Failure::from)?;
    let items = found.iter().map(|subscription| WebhookView::of(subscription, now)).collect();
    Ok(Json(WebhooksView { items, events: WebhookEvent::ALL.to_vec() }))
}

/// One subscription.
#[utoipa::path(get, path = "/v1/webhooks/{webhookId}", tag = "webhooks", params(("webhookId" = String, Path)),
    responses((status = 200, body = WebhookView), (status = 404, body = contracts::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WebhookId>,
) -> Result<Json<WebhookView>, ApiError> {
    caller.require_scope("webhooks:read")?;
    let found = app.store.subscription(&caller.administration, &id).await.map_err(Failure::from)?;
    Ok(Json(WebhookView::of(&found.ok_or_else(missing)?.value, app.now()?)))
}

/// Subscribe, or change a subscription. Messages follow Standard Webhooks; they hold ids and no personal data, and come in
/// order for each debtor, at least once under the same `webhook-id`. The secret that they are signed with is shown once, when
/// the subscription is made.
#[utoipa::path(put, path = "/v1/webhooks/{webhookId}", tag = "webhooks", params(("webhookId" = String, Path)),
    request_body = WebhookBody,
    responses((status = 200, body = WebhookWithSecret), (status = 201, body = WebhookWithSecret),
        (status = 400, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WebhookId>,
    Body(body): Body<WebhookBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("webhooks:write")?;
    let choice = body.check().map_err(Failure::from)?;
    let refused = |error: outside::webhooks::destination::DestinationError| {
        Failure::bad_input("url", error.code(), error.to_string())
    };
    app.webhooks.destinations.find(&choice.url).await.map_err(refused)?;
    let (subscription, is_new) = until_no_conflict(|| app.chosen(&caller, &id, &choice)).await?;
    // After the subscription: of two who put it at once, one makes it, and that one's secret is shown.
    let secret = app.webhooks.secret(&caller.administration, &id).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let webhook = WebhookView::of(&subscription, app.now()?);
    Ok((status, Json(WebhookWithSecret { webhook, secret })).into_response())
}

impl App {
    /// Stores what was chosen. Whether the subscription is new.
    async fn chosen(
        &self,
        caller: &Caller,
        id: &WebhookId,
        choice: &Choice,
    ) -> Result<(Subscription, bool), Failure> {
        let (administration, now) = (&caller.administration, self.now()?);
        let Some(known) = self.store.subscription(administration, id).await? else {
            if self.store.subscriptions(administration).await?.len() >= MOST_SUBSCRIPTIONS {
                let detail = format!("an administration has at most {MOST_SUBSCRIPTIONS} webhooks");
                return Err(Failure::rejected("too_many_webhooks", detail));
            }
            let made = Subscription::new(id.clone(), choice.clone(), now);
            self.store.put_subscription(administration, &made, None).await?;
            return Ok((made, true));
        };
        let mut changed = known.value.clone();
        changed.choose(choice.clone(), now);
        if changed != known.value {
            self.store.put_subscription(administration, &changed, Some(known.version)).await?;
        }
        Ok((changed, false))
    }
}

/// End a subscription: nothing is told any more, and its secret is deleted.
#[utoipa::path(delete, path = "/v1/webhooks/{webhookId}", tag = "webhooks", params(("webhookId" = String, Path)),
    responses((status = 204), (status = 404, body = contracts::problem::Problem)))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WebhookId>,
) -> Result<StatusCode, ApiError> {
    caller.require_scope("webhooks:write")?;
    until_no_conflict(|| async {
        let known = app.store.subscription(&caller.administration, &id).await?.ok_or_else(missing)?;
        Ok(app.store.delete_subscription(&caller.administration, &id, known.version).await?)
    })
    .await?;
    let name = secrets_name(&app.webhooks.prefix, &caller.administration, &id);
    app.webhooks.secrets.delete(&name).await.map_err(Failure::from)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a new secret. It is shown once; the one before signs beside it for another 24 hours, so that receivers can change over.
#[utoipa::path(post, path = "/v1/webhooks/{webhookId}/rotate-secret", tag = "webhooks",
    params(("webhookId" = String, Path)),
    responses((status = 200, body = WebhookWithSecret), (status = 404, body = contracts::problem::Problem)))]
pub async fn rotate_secret(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WebhookId>,
) -> Result<Json<WebhookWithSecret>, ApiError> {
    caller.require_scope("webhooks:write")?;
    let (administration, now) = (&caller.administration, app.now()?);
    app.store.subscription(administration, &id).await.map_err(Failure::from)?.ok_or_else(missing)?;
    let secret = app.webhooks.rotate(administration, &id, now + OLD_SECRET_SIGNS).await?;
    let rotated = app.change_webhook(&caller, &id, |subscription, now| {
        subscription.rotated(now);
        Ok(())
    });
    let (_, subscription) = rotated.await?;
    Ok(Json(WebhookWithSecret { webhook: WebhookView::of(&subscription, now), secret: Some(secret) }))
}

/// Let messages leave again. What waits is delivered, in order, as far as it happened in the last thirty days.
#[utoipa::path(post, path = "/v1/webhooks/{webhookId}/enable", tag = "webhooks",
    params(("webhookId" = String, Path)),
    responses((status = 200, body = WebhookView), (status = 404, body = contracts::problem::Problem)))]
pub async fn enable(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WebhookId>,
) -> Result<Json<WebhookView>, ApiError> {
    caller.require_scope("webhooks:write")?;
    let enable = |subscription: &mut Subscription, now| {
        subscription.enable(now);
        Ok(())
    };
    let (_, subscription) = app.change_webhook(&caller, &id, enable).await?;
    app.webhooks.hint(&caller.administration, &id, None).await?;
    Ok(Json(WebhookView::of(&subscription, app.now()?)))
}

/// Let nothing leave until it is enabled. What happens meanwhile waits.
#[utoipa::path(post, path = "/v1/webhooks/{webhookId}/disable", tag = "webhooks",
    params(("webhookId" = String, Path)),
    responses((status = 200, body = WebhookView), (status = 404, body = contracts::problem::Problem)))]
pub async fn disable(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WebhookId>,
) -> Result<Json<WebhookView>, ApiError> {
    caller.require_scope("webhooks:write")?;
    let disable = |subscription: &mut Subscription, now| {
        subscription.disable(DisabledReason::Asked, now);
        Ok(())
    };
    let (_, subscription) = app.change_webhook(&caller, &id, disable).await?;
    Ok(Json(WebhookView::of(&subscription, app.now()?)))
}

/// Send a test message, also to one that is disabled. It is tried once; how it went stands among the deliveries.
#[utoipa::path(post, path = "/v1/webhooks/{webhookId}/test", tag = "webhooks", params(("webhookId" = String, Path)),
    responses((status = 202, body = TestAsked), (status = 404, body = contracts::problem::Problem)))]
pub async fn test(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WebhookId>,
) -> Result<Response, ApiError> {
    caller.require_scope("webhooks:write")?;
    let ask = |subscription: &mut Subscription, now| Ok(subscription.ask_test(now));
    let (number, _) = app.change_webhook(&caller, &id, ask).await?;
    app.webhooks.hint(&caller.administration, &id, None).await?;
    let asked = TestAsked { delivery_id: Place::test_id(&id, number) };
    Ok((StatusCode::ACCEPTED, Json(asked)).into_response())
}

/// Deliver again: everything of the log that happened between two instants, or one delivery. Each comes under the id that it
/// had, in order for each debtor and before what is new.
#[utoipa::path(post, path = "/v1/webhooks/{webhookId}/replay", tag = "webhooks",
    params(("webhookId" = String, Path)), request_body = ReplayBody,
    responses((status = 202, body = WebhookView), (status = 400, body = contracts::problem::Problem),
        (status = 404, body = contracts::problem::Problem), (status = 409, body = contracts::problem::Problem)))]
pub async fn replay(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WebhookId>,
    Body(body): Body<ReplayBody>,
) -> Result<Response, ApiError> {
    caller.require_scope("webhooks:write")?;
    let (administration, now) = (&caller.administration, app.now()?);
    let subscription = match body.check(now).map_err(Failure::from)? {
        ReplayOf::Between(since, until) => {
            let replay = Replay { since, until, cursor: None, asked_at: now };
            let ask = |subscription: &mut Subscription, _| {
                may_replay(subscription)?;
                if subscription.replay.is_some() {
                    let detail = "the replay before this one is still being prepared";
                    return Err(Failure::rejected("replay_under_way", detail));
                }
                subscription.replay = Some(replay.clone());
                Ok(())
            };
            let (_, subscription) = app.change_webhook(&caller, &id, ask).await?;
            app.webhooks.hint(administration, &id, None).await?;
            subscription
        }
        ReplayOf::One(delivery) => {
            let found = app.store.subscription(administration, &id).await.map_err(Failure::from)?;
            let subscription = found.ok_or_else(missing)?.value;
            may_replay(&subscription)?;
            let no_delivery = || Failure::not_found("delivery");
            let (debtor, place) = Place::of_delivery(&id, &delivery).ok_or_else(no_delivery)?;
            let kept = app.store.deliveries_at(administration, &id, &debtor, &[place]).await;
            if kept.map_err(Failure::from)?.is_empty() {
                return Err(no_delivery().into());
            }
            app.store.repeat_deliveries(administration, &id, &debtor, &[place], now).await?;
            app.webhooks.hint(administration, &id, Some(debtor)).await?;
            subscription
        }
    };
    Ok((StatusCode::ACCEPTED, Json(WebhookView::of(&subscription, now))).into_response())
}

fn may_replay(subscription: &Subscription) -> Result<(), Failure> {
    if subscription.is_enabled() {
        return Ok(());
    }
    Err(Failure::rejected("webhook_disabled", "nothing leaves while it is disabled: enable it first"))
}

/// What was delivered in the last thirty days, and how: what happened last comes first.
#[utoipa::path(get, path = "/v1/webhooks/{webhookId}/deliveries", tag = "webhooks",
    params(("webhookId" = String, Path), ListQuery),
    responses((status = 200, body = ListPage<DeliveryView>), (status = 404, body = contracts::problem::Problem)))]
pub async fn deliveries(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WebhookId>,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListPage<DeliveryView>>, ApiError> {
    caller.require_scope("webhooks:read")?;
    let administration = &caller.administration;
    app.store.subscription(administration, &id).await.map_err(Failure::from)?.ok_or_else(missing)?;
    let (limit, cursor) = (page_size(query.limit)?, query.cursor.as_deref());
    let page = app.store.deliveries(administration, &id, limit, cursor).await.map_err(Failure::from)?;
    let items = page.items.iter().map(DeliveryView::of).collect();
    Ok(Json(ListPage { items, next_cursor: page.next }))
}
