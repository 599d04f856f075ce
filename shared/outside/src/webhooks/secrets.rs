//! The secrets that messages are signed with, as they are kept.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::ids::{AdministrationId, WebhookId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::http::Secret;
use crate::secrets::{Secrets, SecretsError};
use crate::webhook_signature::{KeyError, Keys};

/// Bytes of a secret.
pub const SECRET_BYTES: usize = 32;

/// Under which name the secrets of a subscription are kept.
pub fn secrets_name(prefix: &str, administration: &AdministrationId, webhook: &WebhookId) -> String {
    format!("{prefix}/{administration}/webhooks/{webhook}")
}

/// The secret of a subscription, and the one before it for as long as that signs too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SigningSecrets {
    pub current: Secret,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<OldSecret>,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldSecret {
    pub secret: Secret,
    /// Until when it signs.
    pub until: Timestamp,
}

impl SigningSecrets {
    /// Of so many random bytes.
    pub fn new(random: &[u8; SECRET_BYTES]) -> SigningSecrets {
        let current = Secret::new(format!("whsec_{}", BASE64_STANDARD.encode(random)));
        SigningSecrets { current, old: None }
    }

    /// The next ones: the present secret signs beside the new one until then.
    pub fn rotated(self, random: &[u8; SECRET_BYTES], until: Timestamp) -> SigningSecrets {
        let old = Some(OldSecret { secret: self.current, until });
        SigningSecrets { old, ..SigningSecrets::new(random) }
    }

    /// The keys that sign now.
    ///
    /// # Errors
    /// What is kept is not a key.
    pub fn keys(&self, now: Timestamp) -> Result<Keys, KeyError> {
        let old = self.old.as_ref().filter(|old| now < old.until);
        let texts: Vec<&str> = [Some(&self.current), old.map(|old| &old.secret)]
            .into_iter()
            .flatten()
            .map(Secret::expose)
            .collect();
        Keys::parse(&texts.join(" "))
    }

    /// Those that are kept under this name; `None` where there are none that can be read.
    ///
    /// # Errors
    /// The secrets are away.
    pub async fn kept(secrets: &dyn Secrets, name: &str) -> Result<Option<SigningSecrets>, SecretsError> {
        Ok(secrets.get(name).await?.and_then(|text| text.parse()))
    }

    /// Keeps them under this name, in place of what is there.
    ///
    /// # Errors
    /// The secrets are away.
    pub async fn keep(&self, secrets: &dyn Secrets, name: &str) -> Result<(), SecretsError> {
        let text = serde_json::to_string(self)
            .map_err(|_| SecretsError::Bug("signing secrets cannot be written".to_owned()))?;
        secrets.put(name, &Secret::new(text)).await
    }
}
