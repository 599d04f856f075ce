//! What a person does: pays or does not on the provider's page, and gives back on the creditor's.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Json, Router};
use domain::Money;
use domain::payment_request::PaymentProvider;
use serde::Deserialize;

use super::paypal::Event;
use super::{Payments, Stand, Weather};
use crate::failure::Outcome;
use crate::problem;

/// What whoever is asked to pay does on the provider's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Choice {
    /// Pays.
    Paid,
    /// Tries to, and has not the means.
    Failed,
    /// Goes back.
    Cancelled,
    /// Lets its time run out.
    Expired,
}

impl Choice {
    fn at_mollie(self) -> &'static str {
        match self {
            Choice::Paid => "paid",
            Choice::Failed => "failed",
            Choice::Cancelled => "canceled",
            Choice::Expired => "expired",
        }
    }
}

impl Payments {
    /// Does what the person chose, and tells us where the provider would. Whether it was possible.
    pub async fn choose(&self, provider: PaymentProvider, id: &str, choice: Choice) -> Outcome<bool> {
        match provider {
            PaymentProvider::Mollie => {
                let done = self.change(|books, now| books.mollie.choose(id, choice.at_mollie(), now))?;
                self.mollie_tells(id, done).await
            }
            PaymentProvider::PayPal => match choice {
                Choice::Paid | Choice::Failed => {
                    let declines = choice == Choice::Failed;
                    let event = self.change(|books, now| books.paypal.approve(id, declines, now))?;
                    self.paypal_tells(id, event).await
                }
                Choice::Cancelled | Choice::Expired => self.change(|books, _| books.paypal.drop_order(id)),
            },
        }
    }

    /// Gives so much back, and tells us. Whether it was possible.
    pub async fn refund(&self, provider: PaymentProvider, id: &str, amount: Money) -> Outcome<bool> {
        match provider {
            PaymentProvider::Mollie => {
                let done = self.change(|books, now| books.mollie.refund(id, amount, now))?;
                self.mollie_tells(id, done).await
            }
            PaymentProvider::PayPal => {
                let event = self.change(|books, now| books.paypal.refund(id, amount, now))?;
                self.paypal_tells(id, event).await
            }
        }
    }

    /// Lets the payer's bank, or PayPal, take all of it back, and tells us. Whether it was possible.
    pub async fn charge_back(&self, provider: PaymentProvider, id: &str) -> Outcome<bool> {
        match provider {
            PaymentProvider::Mollie => {
                let done = self.change(|books, now| books.mollie.charge_back(id, now))?;
                self.mollie_tells(id, done).await
            }
            PaymentProvider::PayPal => {
                let event = self.change(|books, now| books.paypal.charge_back(id, now))?;
                self.paypal_tells(id, event).await
            }
        }
    }

    /// Gives what was charged back to the creditor again, and tells us. Whether it was possible.
    pub async fn reverse(&self, provider: PaymentProvider, id: &str) -> Outcome<bool> {
        match provider {
            PaymentProvider::Mollie => {
                let done = self.change(|books, now| books.mollie.reverse(id, now))?;
                self.mollie_tells(id, done).await
            }
            PaymentProvider::PayPal => {
                let event = self.change(|books, now| books.paypal.reverse(id, now))?;
                self.paypal_tells(id, event).await
            }
        }
    }

    /// Tells us once more of something that is there. Whether it is.
    pub async fn call_again(&self, provider: PaymentProvider, id: &str) -> Outcome<bool> {
        match provider {
            PaymentProvider::Mollie => self.mollie_tells(id, true).await,
            PaymentProvider::PayPal => {
                let order = self.inside().books.paypal.get(id).map(|order| order.shown.clone());
                self.paypal_tells(id, order.map(|order| ("CHECKOUT.ORDER.APPROVED", order))).await
            }
        }
    }

    async fn mollie_tells(&self, id: &str, done: bool) -> Outcome<bool> {
        if done && let Some(message) = self.mollies_message(id) {
            self.call(&message).await?;
        }
        Ok(done)
    }

    async fn paypal_tells(&self, id: &str, event: Option<Event>) -> Outcome<bool> {
        let Some(event) = event else { return Ok(false) };
        for message in self.paypals_messages(id, &event) {
            self.call(&message).await?;
        }
        Ok(true)
    }

    /// Tells us of something without whoever asked for it waiting.
    pub(super) fn tell_later(self: &Arc<Payments>, id: String, event: Event) {
        let stand = self.clone();
        tokio::spawn(async move {
            if let Err(failure) = stand.paypal_tells(&id, Some(event)).await {
                eprintln!("PayPal's stand-in could not call: {failure}");
            }
        });
    }
}

pub(super) fn routes() -> Router<Arc<Payments>> {
    Router::new()
        .route("/{provider}/checkout/{id}", post(chosen))
        .route("/{provider}/{id}/{act}", post(acted))
        .route("/weather", post(weather))
}

#[derive(Deserialize)]
struct Chosen {
    choice: Choice,
}

async fn chosen(
    State(stand): Stand,
    Path((provider, id)): Path<(PaymentProvider, String)>,
    Form(Chosen { choice }): Form<Chosen>,
) -> Response {
    let back = stand.return_address(provider, &id);
    match stand.choose(provider, &id, choice).await {
        Ok(true) => Redirect::to(&back.unwrap_or_else(|| "/local/payments".to_owned())).into_response(),
        Ok(false) => problem::answer(StatusCode::CONFLICT, "Nobody can pay this any more."),
        Err(failure) => problem::or(Err(failure)),
    }
}

/// What somebody does about a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Act {
    Refund,
    ChargeBack,
    Reverse,
    CallAgain,
}

#[derive(Deserialize)]
struct HowMuch {
    amount: Option<String>,
}

async fn acted(
    State(stand): Stand,
    Path((provider, id, act)): Path<(PaymentProvider, String, Act)>,
    Form(HowMuch { amount }): Form<HowMuch>,
) -> Response {
    let amount = amount.and_then(|text| Money::parse_amount(&text).ok()).unwrap_or(Money::ZERO);
    let done = match act {
        Act::Refund => stand.refund(provider, &id, amount).await,
        Act::ChargeBack => stand.charge_back(provider, &id).await,
        Act::Reverse => stand.reverse(provider, &id).await,
        Act::CallAgain => stand.call_again(provider, &id).await,
    };
    match done {
        Ok(true) => Redirect::to("/local/payments").into_response(),
        Ok(false) => problem::answer(StatusCode::CONFLICT, "That is not possible (any more)."),
        Err(failure) => problem::or(Err(failure)),
    }
}

async fn weather(State(stand): Stand, Json(weather): Json<Weather>) -> StatusCode {
    stand.set_weather(weather);
    StatusCode::NO_CONTENT
}
