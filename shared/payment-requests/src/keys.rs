//! The keys of one administration at one provider: put among the secrets, and never shown again.

use contracts::failure::Failure;
use domain::ids::AdministrationId;
use domain::payment_request::PaymentProvider;
use outside::http::Secret;
use outside::payments::ProviderKeys;
use outside::secrets::SecretsError;
use sha2::{Digest, Sha256};

use crate::{PaymentRequests, Providers};

/// What changes of the keys: what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeysChange {
    pub api_key: Option<Secret>,
    /// All of them; an empty list forgets them.
    pub signing_secrets: Option<Vec<Secret>>,
    pub client_id: Option<Secret>,
    pub client_secret: Option<Secret>,
    pub webhook_id: Option<Secret>,
}

/// How an administration is connected with a provider, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The keys that requests need are there.
    pub connected: bool,
    /// How many secrets signed callbacks are checked with.
    pub signing_secrets: usize,
    /// Callbacks can be checked.
    pub callbacks: bool,
    /// Where the provider calls. Unguessable: whoever has it can make us look at the provider, and nothing else.
    pub callback_url: Option<String>,
}

impl Providers {
    /// The keys; `None` where the administration never gave any.
    ///
    /// # Errors
    /// The secrets are away.
    pub async fn keys(
        &self,
        administration: &AdministrationId,
        provider: PaymentProvider,
    ) -> Result<Option<ProviderKeys>, Failure> {
        let found = self.secrets.get(&self.name(administration, provider)).await.map_err(failure)?;
        found
            .map(|secret| secret.parse().ok_or_else(|| Failure::bug("the keys of a provider are none")))
            .transpose()
    }

    fn name(&self, administration: &AdministrationId, provider: PaymentProvider) -> String {
        format!("{}/{administration}/payments/{provider}", self.secrets_prefix)
    }

    /// The address at which this provider calls about this administration.
    pub fn callback_url(&self, provider: PaymentProvider, keys: &ProviderKeys) -> String {
        format!("{}/{provider}/{}", self.callbacks_url, keys.callback_token.expose())
    }

    fn connection(&self, provider: PaymentProvider, keys: Option<&ProviderKeys>) -> Connection {
        let Some(keys) = keys else {
            return Connection { connected: false, signing_secrets: 0, callbacks: false, callback_url: None };
        };
        let (connected, callbacks) = match provider {
            // The classic callback needs no secret.
            PaymentProvider::Mollie => (keys.api_key.is_some(), true),
            PaymentProvider::PayPal => {
                (keys.client_id.is_some() && keys.client_secret.is_some(), keys.webhook_id.is_some())
            }
        };
        Connection {
            connected,
            signing_secrets: keys.signing_secrets.len(),
            callbacks,
            callback_url: Some(self.callback_url(provider, keys)),
        }
    }
}

impl PaymentRequests {
    /// How an administration is connected with a provider.
    ///
    /// # Errors
    /// The secrets are away.
    pub async fn connection(
        &self,
        administration: &AdministrationId,
        provider: PaymentProvider,
    ) -> Result<Connection, Failure> {
        let keys = self.providers.keys(administration, provider).await?;
        Ok(self.providers.connection(provider, keys.as_ref()))
    }

    /// Puts keys in place of those that they name. `fresh` becomes the address of callbacks where there is none yet.
    ///
    /// # Errors
    /// The secrets or the store are away.
    pub async fn connect(
        &self,
        administration: &AdministrationId,
        provider: PaymentProvider,
        change: KeysChange,
        fresh: &[u8; 16],
    ) -> Result<Connection, Failure> {
        let known = self.providers.keys(administration, provider).await?;
        let mut keys = known.clone().unwrap_or_else(|| ProviderKeys {
            api_key: None,
            signing_secrets: Vec::new(),
            client_id: None,
            client_secret: None,
            webhook_id: None,
            callback_token: Secret::new(hex(fresh)),
        });
        keys.api_key = change.api_key.or(keys.api_key);
        keys.signing_secrets = change.signing_secrets.unwrap_or(keys.signing_secrets);
        keys.client_id = change.client_id.or(keys.client_id);
        keys.client_secret = change.client_secret.or(keys.client_secret);
        keys.webhook_id = change.webhook_id.or(keys.webhook_id);
        // The address is known before anybody can be given it.
        let hash = callback_hash(keys.callback_token.expose());
        self.records.store.put_payment_callback(provider, &hash, administration).await?;
        if known.as_ref() != Some(&keys) {
            let text = serde_json::to_string(&keys).map_err(|_| Failure::bug("keys cannot be written"))?;
            let name = self.providers.name(administration, provider);
            self.providers.secrets.put(&name, &Secret::new(text)).await.map_err(failure)?;
        }
        Ok(self.providers.connection(provider, Some(&keys)))
    }
}

/// The hash under which an address of callbacks is kept: whoever reads the store does not learn the address.
pub fn callback_hash(token: &str) -> String {
    hex(&Sha256::digest(token))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn failure(error: SecretsError) -> Failure {
    match error {
        SecretsError::Unavailable(why) => Failure::unavailable(why),
        SecretsError::Bug(why) => Failure::bug(why),
    }
}
