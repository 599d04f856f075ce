//! Payment requests: made, created at the provider, looked at, and paid. The API, the portal, the provider's callbacks and
//! the schedule all end here.
//!
//! Creating, taking approved money and cancelling are calls to the outside: each is claimed in the debtor's dossier, made
//! once under a key of ours, and completed. What the provider says afterwards is fetched, never believed from a callback,
//! and applied by [`domain::requesting`].

mod check;
mod keys;
mod make;

use std::sync::Arc;

use contracts::failure::Failure;
use domain::ids::{AdministrationId, PaymentRequestId};
use domain::payment_request::{PaymentProvider, PaymentRequest};
use outside::http::{TIMEOUT, client};
use outside::payments::PaymentService;
use outside::payments::mollie::Mollie;
use outside::payments::paypal::PayPal;
use outside::secrets::Secrets;
use records::Records;
use runtime::config::Environment;

pub use check::Checked;
pub use keys::{Connection, KeysChange, callback_hash};

/// The providers, and how they reach us.
#[derive(Debug, Clone)]
pub struct Providers {
    /// Where the keys of each administration are kept.
    pub secrets: Arc<dyn Secrets>,
    /// What the names of secrets begin with, without a slash at the end.
    pub secrets_prefix: String,
    pub mollie: Arc<dyn PaymentService>,
    pub paypal: Arc<dyn PaymentService>,
    /// The address below which providers call, without a slash at the end.
    pub callbacks_url: String,
    /// Where a debtor goes after paying where the request names nothing.
    pub return_url: String,
}

impl Providers {
    /// As the environment says: `TIJDIG_MOLLIE_ENDPOINT`, `TIJDIG_PAYPAL_ENDPOINT`, `TIJDIG_PAYMENT_CALLBACKS`,
    /// `TIJDIG_PORTAL_URL` and `TIJDIG_PREFIX`.
    ///
    /// # Errors
    /// A variable is missing, or its address is none.
    pub fn from_environment(
        environment: &Environment,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Providers, runtime::Error> {
        let client = client(TIMEOUT)?;
        Ok(Providers {
            secrets,
            secrets_prefix: environment.text("TIJDIG_PREFIX")?.to_owned(),
            mollie: Arc::new(Mollie::new(client.clone(), environment.text("TIJDIG_MOLLIE_ENDPOINT")?)?),
            paypal: Arc::new(PayPal::new(client, environment.text("TIJDIG_PAYPAL_ENDPOINT")?)?),
            callbacks_url: environment.text("TIJDIG_PAYMENT_CALLBACKS")?.to_owned(),
            return_url: environment.text("TIJDIG_PORTAL_URL")?.to_owned(),
        })
    }

    /// The adapter of this provider.
    pub fn of(&self, provider: PaymentProvider) -> &dyn PaymentService {
        match provider {
            PaymentProvider::Mollie => &*self.mollie,
            PaymentProvider::PayPal => &*self.paypal,
        }
    }
}

/// Makes and follows payment requests. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PaymentRequests {
    pub records: Records,
    pub providers: Providers,
}

impl PaymentRequests {
    /// A payment request, over or not.
    ///
    /// # Errors
    /// The store is away, or there is none of this id.
    pub async fn get(
        &self,
        administration: &AdministrationId,
        id: &PaymentRequestId,
    ) -> Result<PaymentRequest, Failure> {
        let found = self.records.store.payment_request(administration, id).await?;
        found.ok_or_else(missing)
    }
}

fn missing() -> Failure {
    Failure::not_found("payment request")
}
