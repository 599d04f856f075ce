//! Payment requests, and the keys of payment providers.

use domain::Violation;
use domain::ids::{DebtorId, InvoiceId, PaymentRequestId, PlanId};
use domain::payment_request::{
    PaymentProvider, PaymentRequest, ProviderRules, RequestAbout, TakenBackKind, is_method,
};
use domain::requesting::Asked;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// Longest address that a debtor is sent back to, in characters.
const LONGEST_URL: usize = 500;

/// Longest key of a provider, in characters.
const LONGEST_KEY: usize = 400;

/// Secrets of signed callbacks at most: two while they rotate, and some to spare.
const MOST_SIGNING_SECRETS: usize = 4;

/// A request to pay, as it is made: about an invoice, about an instalment of a plan, or about all that a debtor owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaymentRequestBody {
    pub invoice_id: Option<String>,
    /// With `instalment`.
    pub plan_id: Option<String>,
    /// Its number, from 1 on: what has to be paid by its day, the ones before it included.
    pub instalment: Option<u16>,
    /// All that this debtor owes.
    pub debtor_id: Option<String>,
    /// `mollie` or `paypal`; the settings' default when absent.
    pub provider: Option<String>,
    /// One of the methods that the settings offer; all of them when absent.
    pub method: Option<String>,
    /// Where the debtor goes after paying: https. The portal when absent.
    pub return_url: Option<String>,
}

/// Whom a request asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payer {
    /// Whoever owns this invoice.
    OwnerOf(InvoiceId),
    Debtor(DebtorId),
}

impl PaymentRequestBody {
    /// Whom it asks, and what.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self, request: Option<String>) -> Result<(Payer, Asked), Vec<Violation>> {
        let mut fields = Fields::new();
        let named = [self.invoice_id.is_some(), self.plan_id.is_some(), self.debtor_id.is_some()];
        if named.iter().filter(|named| **named).count() != 1 {
            let detail = "exactly one of invoiceId, planId and debtorId says what the request is about";
            fields.refuse("invoiceId", "one_of_three", detail);
        }
        if self.plan_id.is_some() != self.instalment.is_some() {
            fields.refuse(
                "instalment",
                "goes_with_plan",
                "names an instalment of the plan, and only of a plan",
            );
        }
        let invoice = self.invoice_id.and_then(|id| fields.id("invoiceId", &id, InvoiceId::parse));
        let debtor = self.debtor_id.and_then(|id| fields.id("debtorId", &id, DebtorId::parse));
        let plan = self.plan_id.and_then(|id| fields.id("planId", &id, PlanId::parse));
        let of_plan = plan.zip(self.instalment).and_then(|(plan, number)| {
            let debtor = plan.debtor();
            if debtor.is_none() {
                fields.refuse("planId", "not_an_id", "is the id of a payment plan");
            }
            debtor.map(|debtor| (Payer::Debtor(debtor), RequestAbout::Instalment { plan, number }))
        });
        let about = invoice
            .map(|id| (Payer::OwnerOf(id.clone()), RequestAbout::Invoice { invoice: id }))
            .or(of_plan)
            .or_else(|| debtor.map(|id| (Payer::Debtor(id), RequestAbout::Everything)));
        let provider = self.provider.and_then(|text| match text.parse::<PaymentProvider>() {
            Ok(provider) => Some(provider),
            Err(error) => {
                fields.refuse("provider", "unknown_provider", &error.to_string());
                None
            }
        });
        if self.method.as_deref().is_some_and(|method| !is_method(method)) {
            fields.refuse("method", "not_a_method", "has 1 to 32 small letters, digits or '_'");
        }
        let return_url = self.return_url.and_then(|url| address(&mut fields, "returnUrl", &url));
        let method = self.method;
        let value =
            about.map(|(payer, about)| (payer, Asked { about, provider, method, return_url, request }));
        fields.finish(value)
    }
}

/// An address that a browser is sent to.
fn address(fields: &mut Fields, path: &str, url: &str) -> Option<String> {
    let local = ["http://localhost:", "http://127.0.0.1:"].iter().any(|start| url.starts_with(start));
    let plain = url.chars().all(|c| c.is_ascii_graphic());
    if url.len() <= LONGEST_URL && plain && (url.starts_with("https://") || local) {
        return Some(url.to_owned());
    }
    fields.refuse(path, "not_an_address", "is an https address of at most 500 characters");
    None
}

/// A request as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRequestView {
    pub id: String,
    pub debtor_id: String,
    pub invoice_id: Option<String>,
    pub plan_id: Option<String>,
    pub instalment: Option<u16>,
    /// What is asked, in euros: as it was open when the request was made.
    pub amount: String,
    pub provider: String,
    /// What the debtor may choose from; empty: all that the provider offers.
    pub methods: Vec<String>,
    /// `created`, `open`, `paid`, `failed`, `expired`, `cancelled`, `refunded` or `charged_back`.
    pub state: String,
    /// Why it failed or was cancelled, as a code.
    pub reason: Option<String>,
    /// Where the debtor pays, while that is possible.
    pub checkout_url: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// The provider's own id.
    pub provider_reference: Option<String>,
    /// What came in, and the payment that it became.
    pub paid: Option<PaidView>,
    /// What went back of that.
    pub taken_back: Vec<TakenBackView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaidView {
    pub payment_id: String,
    pub amount: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TakenBackView {
    /// The provider's own id of it.
    pub id: String,
    /// `refund` or `chargeback`.
    pub kind: String,
    pub amount: String,
    /// The money is back.
    pub undone: bool,
}

impl PaymentRequestView {
    pub fn of(request: &PaymentRequest) -> PaymentRequestView {
        let (invoice, plan, instalment) = match &request.about {
            RequestAbout::Invoice { invoice } => (Some(invoice), None, None),
            RequestAbout::Instalment { plan, number } => (None, Some(plan), Some(*number)),
            RequestAbout::Everything => (None, None, None),
        };
        PaymentRequestView {
            id: request.id.to_string(),
            debtor_id: debtor(&request.id),
            invoice_id: invoice.map(ToString::to_string),
            plan_id: plan.map(ToString::to_string),
            instalment,
            amount: request.amount.to_string(),
            provider: request.provider.to_string(),
            methods: request.methods.clone(),
            state: request.state.code().to_owned(),
            reason: request.reason.clone(),
            checkout_url: request.checkout_url.clone().filter(|_| request.can_still_open()),
            expires_at: request.expires_at,
            made_at: request.made_at,
            provider_reference: request.reference.clone(),
            paid: request
                .received
                .as_ref()
                .map(|r| PaidView { payment_id: r.payment.to_string(), amount: r.amount.to_string() }),
            taken_back: request
                .taken_back
                .iter()
                .map(|t| TakenBackView {
                    id: t.id.clone(),
                    kind: match t.kind {
                        TakenBackKind::Refund => "refund",
                        TakenBackKind::Chargeback => "chargeback",
                    }
                    .to_owned(),
                    amount: t.amount.to_string(),
                    undone: t.undone,
                })
                .collect(),
        }
    }
}

fn debtor(id: &PaymentRequestId) -> String {
    id.debtor().map(|debtor| debtor.to_string()).unwrap_or_default()
}

/// The keys of a provider and how it is used. What is absent stays as it is. Keys are kept among the secrets and never shown
/// again.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PaymentProviderBody {
    /// Mollie: `live_...` or `test_...`.
    pub api_key: Option<String>,
    /// Mollie: the secrets of signed callbacks, at most four; an empty list forgets them.
    pub signing_secrets: Option<Vec<String>>,
    /// PayPal.
    pub client_id: Option<String>,
    /// PayPal.
    pub client_secret: Option<String>,
    /// PayPal: the id of the webhook that calls `callbackUrl`. Without it no callback can be checked.
    pub webhook_id: Option<String>,
    /// The methods that debtors may choose from, by the provider's names, at most 20; an empty list: all.
    pub methods: Option<Vec<String>>,
    /// Requests may be made through it.
    pub enabled: Option<bool>,
    /// It is the one of requests that name none.
    pub default: Option<bool>,
}

/// Names what is there, and nothing of it.
impl std::fmt::Debug for PaymentProviderBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PaymentProviderBody").finish_non_exhaustive()
    }
}

impl PaymentProviderBody {
    /// Every field that breaks a rule for this provider. The settings say what they think of methods.
    pub fn check(&self, provider: PaymentProvider) -> Result<(), Vec<Violation>> {
        let mut fields = Fields::new();
        let mut key = |path: &str, text: Option<&String>, of: PaymentProvider| {
            let Some(text) = text else { return };
            if of != provider {
                fields.refuse(path, "of_another_provider", "is no key of this provider");
            } else if text.is_empty()
                || text.len() > LONGEST_KEY
                || !text.chars().all(|c| c.is_ascii_graphic())
            {
                fields.refuse(path, "not_a_key", "has 1 to 400 visible characters");
            }
        };
        key("apiKey", self.api_key.as_ref(), PaymentProvider::Mollie);
        key("clientId", self.client_id.as_ref(), PaymentProvider::PayPal);
        key("clientSecret", self.client_secret.as_ref(), PaymentProvider::PayPal);
        key("webhookId", self.webhook_id.as_ref(), PaymentProvider::PayPal);
        for secret in self.signing_secrets.iter().flatten() {
            key("signingSecrets", Some(secret), PaymentProvider::Mollie);
        }
        if self.signing_secrets.as_ref().is_some_and(|all| all.len() > MOST_SIGNING_SECRETS) {
            fields.refuse("signingSecrets", "too_many", "has at most 4 secrets");
        }
        fields.finish(Some(()))
    }
}

/// How a provider is used, without its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentProviderView {
    pub provider: String,
    /// The keys that requests need are there.
    pub connected: bool,
    pub enabled: bool,
    /// It is the one of requests that name none.
    pub default: bool,
    pub methods: Vec<String>,
    /// How many secrets signed callbacks are checked with.
    pub signing_secrets: usize,
    /// Callbacks can be checked.
    pub callbacks: bool,
    /// Where the provider calls; PayPal and signed callbacks of Mollie are told this address by hand.
    pub callback_url: Option<String>,
}

impl PaymentProviderView {
    pub fn of(provider: PaymentProvider, rules: &ProviderRules, is_default: bool) -> PaymentProviderView {
        PaymentProviderView {
            provider: provider.to_string(),
            connected: false,
            enabled: rules.enabled,
            default: is_default,
            methods: rules.methods.clone(),
            signing_secrets: 0,
            callbacks: false,
            callback_url: None,
        }
    }
}
