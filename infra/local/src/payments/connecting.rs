//! The demonstration's administration is connected with both stand-ins, as its user would: keys are given over the API, and
//! PayPal is told where its events go.

use std::net::SocketAddr;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::Payments;
use crate::credentials::Credentials;
use crate::failure::{Failure, Outcome, While};

/// What connects.
#[derive(Debug)]
pub struct Connecting<'a> {
    pub door: SocketAddr,
    pub credentials: &'a Credentials,
    pub payments: &'a Payments,
}

impl Connecting<'_> {
    /// Gives the keys, unless an earlier run did. Mollie is the provider of a request that names none.
    pub async fn connect(&self) -> Outcome<()> {
        let http = Client::builder().build().during("preparing HTTP")?;
        if self.call(&http, Method::GET, "mollie", &Value::Null).await?["connected"] != true {
            let keys = json!({
                "apiKey": self.credentials.mollie_key, "methods": ["ideal", "creditcard"],
                "enabled": true, "default": true
            });
            self.call(&http, Method::PUT, "mollie", &keys).await?;
        }
        if self.call(&http, Method::GET, "paypal", &Value::Null).await?["callbacks"] != true {
            let keys = json!({
                "clientId": self.credentials.paypal_client, "clientSecret": self.credentials.paypal_secret
            });
            let view = self.call(&http, Method::PUT, "paypal", &keys).await?;
            let webhook = self.payments.register(view["callbackUrl"].as_str().unwrap_or_default())?;
            self.call(&http, Method::PUT, "paypal", &json!({ "webhookId": webhook, "enabled": true }))
                .await?;
        }
        Ok(())
    }

    async fn call(&self, http: &Client, method: Method, provider: &str, body: &Value) -> Outcome<Value> {
        let mut request =
            http.request(method, format!("http://{}/v1/payment-providers/{provider}", self.door));
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.bearer_auth(&self.credentials.token).send().await;
        let answer = answer.during("connecting the payment providers")?;
        let status = answer.status();
        let body: Value = answer.json().await.during("connecting the payment providers")?;
        if status.is_success() {
            Ok(body)
        } else {
            // The answer quotes no key.
            Err(Failure::because(format!("{provider} could not be connected: {status} {body}")))
        }
    }
}
