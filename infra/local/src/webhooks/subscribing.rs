//! The demonstration's administration subscribes the receiver, as its user would.

use std::net::SocketAddr;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::Receiver;
use crate::credentials::Credentials;
use crate::failure::{Failure, Outcome, While};

/// What subscribes.
#[derive(Debug)]
pub struct Subscribing<'a> {
    pub door: SocketAddr,
    pub credentials: &'a Credentials,
    pub receiver: &'a Receiver,
}

impl Subscribing<'_> {
    /// Subscribes, or tells where the receiver is in this run. One that lost the secret gets a new one.
    pub async fn subscribe(&self) -> Outcome<()> {
        let http = Client::builder().build().during("preparing HTTP")?;
        let body = json!({
            "url": format!("http://{}/local/webhooks/receiver", self.door),
            "description": "the receiver of the local run"
        });
        let put = self.call(&http, Method::PUT, "", &body).await?;
        let mut secret = put["secret"].as_str().map(str::to_owned);
        if secret.is_none() && !self.receiver.knows_a_secret() {
            let rotated = self.call(&http, Method::POST, "/rotate-secret", &Value::Null).await?;
            secret = rotated["secret"].as_str().map(str::to_owned);
        }
        if let Some(secret) = secret {
            self.receiver.learn(&secret)?;
            self.call(&http, Method::POST, "/test", &Value::Null).await?;
        }
        Ok(())
    }

    async fn call(&self, http: &Client, method: Method, path: &str, body: &Value) -> Outcome<Value> {
        let mut request = http.request(method, format!("http://{}/v1/webhooks/local{path}", self.door));
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.bearer_auth(&self.credentials.token).send().await;
        let answer = answer.during("subscribing the webhook receiver")?;
        let status = answer.status();
        let body: Value = answer.json().await.during("subscribing the webhook receiver")?;
        if status.is_success() {
            Ok(body)
        } else {
            Err(Failure::because(format!("the webhook receiver could not be subscribed: {status} {body}")))
        }
    }
}
