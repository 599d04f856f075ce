//! Keys and tokens of outside parties, kept apart from everything else: in Secrets Manager, never in the table, a log
//! or an error.

mod manager;
mod memory;

use std::fmt::Debug;

pub use manager::SecretsManager;
pub use memory::MemorySecrets;

use async_trait::async_trait;
use contracts::failure::Failure;

use crate::http::Secret;

/// Why a secret was not read or written. Never says the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// Throttled, timed out or not reached: trying again may help.
    #[error("the secrets are unavailable: {0}")]
    Unavailable(String),
    /// A missing right or a malformed request.
    #[error("the secrets were used wrongly: {0}")]
    Bug(String),
}

impl From<SecretsError> for Failure {
    fn from(error: SecretsError) -> Failure {
        match error {
            SecretsError::Unavailable(detail) => Failure::unavailable(detail),
            SecretsError::Bug(detail) => Failure::bug(detail),
        }
    }
}

/// Where secrets are kept. A name holds the stack, the administration and the connection.
#[async_trait]
pub trait Secrets: Send + Sync + Debug {
    /// The secret's present text; `None` where there is none of this name.
    async fn get(&self, name: &str) -> Result<Option<Secret>, SecretsError>;

    /// Makes or replaces it.
    async fn put(&self, name: &str, secret: &Secret) -> Result<(), SecretsError>;

    /// Deletes it at once; one that is not there is deleted already.
    async fn delete(&self, name: &str) -> Result<(), SecretsError>;
}
