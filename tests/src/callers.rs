//! Whoever calls from outside: the municipalities' platforms and the payment providers.

use axum::body::Body;
use domain::provider::Provider;
use http::{Request, StatusCode};
use jiff::Timestamp;
use outside::webhook_signature::sign;
use serde_json::{Value, json};

use crate::world::{BKR_SOURCE, INFORING_SOURCE, World, keys_of};

impl World {
    /// A municipality's feedback about a signal, signed by the provider that has it.
    pub async fn feedback(&self, provider: Provider, reference: &str, id: &str, code: &str) -> StatusCode {
        self.feedback_of(provider, reference, id, code, self.now()).await
    }

    /// The same, about something that happened at another time.
    pub async fn feedback_of(
        &self,
        provider: Provider,
        reference: &str,
        id: &str,
        code: &str,
        time: Timestamp,
    ) -> StatusCode {
        let body = feedback_body(provider, reference, id, code, time);
        self.callback(provider, provider, id, self.now(), &body).await
    }

    /// A callback to one provider's address, signed with the key of another where they differ.
    pub async fn callback(
        &self,
        to: Provider,
        signed_by: Provider,
        id: &str,
        signed_at: Timestamp,
        body: &Value,
    ) -> StatusCode {
        let text = body.to_string();
        let headers = signed(signed_by, id, signed_at, &text);
        self.callback_with(&to.to_string(), &headers, &text).await
    }

    /// A callback with these headers, whatever they say.
    pub async fn callback_with(&self, to: &str, headers: &[(&str, String)], body: &str) -> StatusCode {
        let request = || {
            let mut request = Request::builder()
                .method("POST")
                .uri(format!("/callbacks/municipality/{to}"))
                .header("content-type", "application/cloudevents+json");
            for (name, value) in headers {
                request = request.header(*name, value);
            }
            request.body(Body::from(body.to_owned())).expect("a request")
        };
        self.insist(&self.callbacks, request).await.status
    }

    /// Connects the administration with both payment providers; Mollie is the default.
    pub async fn connect_payment_providers(&self) {
        let mollie = json!({
            "apiKey": "test_canaryApiKey", "signingSecrets": ["canarySigningSecret"], "enabled": true,
            "methods": ["ideal", "creditcard"], "default": true
        });
        self.put("/v1/payment-providers/mollie", &mollie).await;
        let paypal = json!({
            "clientId": "canaryClientId", "clientSecret": "canaryClientSecret", "webhookId": "canaryWebhook",
            "enabled": true
        });
        self.put("/v1/payment-providers/paypal", &paypal).await;
    }

    /// The path at which a provider calls about this administration.
    pub async fn payment_callback_path(&self, provider: &str) -> String {
        let view = self.get(&format!("/v1/payment-providers/{provider}")).await;
        let url = view["callbackUrl"].as_str().expect("an address").to_owned();
        url.strip_prefix("https://api.example.nl").expect("our address").to_owned()
    }

    /// Mollie calls about a payment.
    pub async fn mollie_calls(&self, reference: &str) -> StatusCode {
        let path = self.payment_callback_path("mollie").await;
        let headers = [("content-type", "application/x-www-form-urlencoded".to_owned())];
        self.payment_callback(&path, &headers, &format!("id={reference}")).await
    }

    /// PayPal calls about an order, with a signature that holds.
    pub async fn paypal_calls(&self, reference: &str) -> StatusCode {
        let path = self.payment_callback_path("paypal").await;
        let headers = [("paypal-transmission-sig", "good".to_owned())];
        let body = json!({ "event_type": "CHECKOUT.ORDER.APPROVED", "resource": { "id": reference } });
        self.payment_callback(&path, &headers, &body.to_string()).await
    }

    /// A call to this path with these headers, whatever they say.
    pub async fn payment_callback(&self, path: &str, headers: &[(&str, String)], body: &str) -> StatusCode {
        let request = || {
            let mut request = Request::builder().method("POST").uri(path);
            for (name, value) in headers {
                request = request.header(*name, value);
            }
            request.body(Body::from(body.to_owned())).expect("a request")
        };
        self.insist(&self.payment_callbacks, request).await.status
    }
}

/// What an accounting tool may read and write.
pub(crate) const SCOPES: &str = "debtors invoices payments holds signals plans disputes promises messages cases bank settings direct-debits connections webhooks";

/// The report of a municipality, as its provider sends it.
pub fn feedback_body(provider: Provider, reference: &str, id: &str, code: &str, time: Timestamp) -> Value {
    let source = match provider {
        Provider::Bkr => BKR_SOURCE,
        Provider::Inforing => INFORING_SOURCE,
    };
    json!({
        "specversion": "1.0", "id": id, "source": source, "type": "nl.vroegsignalering.feedback",
        "time": time.to_string(),
        "data": { "providerReference": reference, "code": code, "text": null }
    })
}

/// The headers of a webhook that this provider signed.
pub fn signed(by: Provider, id: &str, at: Timestamp, body: &str) -> [(&'static str, String); 3] {
    let signature = sign(&keys_of(by), id, at, body.as_bytes()).expect("a signature");
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at.as_second().to_string()),
        ("webhook-signature", signature),
    ]
}
