//! The platforms as an installation names them.

use std::sync::Arc;

use domain::provider::Provider;

use super::MunicipalPlatform;
use crate::bkr::{Bkr, BkrConfig};
use crate::http::{HttpError, Secret, TIMEOUT, client};
use crate::identity::Identity;
use crate::inforing::{Inforing, InforingConfig};
use crate::secrets::{Secrets, SecretsError};

/// Why there is no platform to talk to. Holds no values: they may be secrets.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError<E: std::error::Error> {
    /// A variable cannot be read.
    #[error(transparent)]
    Variable(E),
    /// The platform's address has to be there.
    #[error("{0} is not set")]
    Missing(String),
    #[error("the certificate's secret is not there")]
    NoCertificate,
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    Unusable(#[from] HttpError),
}

/// BKR's platform and Inforing's as variables name them: `TIJDIG_{PROVIDER}_ENDPOINT`, and one or both of `_KEY` and
/// `_CERTIFICATE`, which is the name of a secret (see [`Identity::parse`]). `read` tells a variable that may be absent.
///
/// # Errors
/// [`SettingsError`].
pub async fn from_settings<'v, E: std::error::Error>(
    read: impl Fn(&str) -> Result<Option<&'v str>, E>,
    secrets: &dyn Secrets,
) -> Result<(Arc<dyn MunicipalPlatform>, Arc<dyn MunicipalPlatform>), SettingsError<E>> {
    let bkr = one(Provider::Bkr, &read, secrets).await?;
    Ok((bkr, one(Provider::Inforing, &read, secrets).await?))
}

async fn one<'v, E: std::error::Error>(
    provider: Provider,
    read: impl Fn(&str) -> Result<Option<&'v str>, E>,
    secrets: &dyn Secrets,
) -> Result<Arc<dyn MunicipalPlatform>, SettingsError<E>> {
    let name = |what: &str| format!("TIJDIG_{}_{what}", provider.to_string().to_ascii_uppercase());
    let optional = |what: &str| read(&name(what)).map_err(SettingsError::Variable);
    let (endpoint, key) = (optional("ENDPOINT")?, optional("KEY")?.unwrap_or_default());
    let endpoint = endpoint.ok_or_else(|| SettingsError::Missing(name("ENDPOINT")))?;
    let certificate = match optional("CERTIFICATE")? {
        None => None,
        Some(secret) => Some(secrets.get(secret).await?.ok_or(SettingsError::NoCertificate)?),
    };
    Ok(connect(provider, endpoint, Secret::new(key), certificate.as_ref())?)
}

/// The platform of this provider at `endpoint`. We show ourselves by a key, which may be empty, a certificate (see
/// [`Identity::parse`]), or both.
pub fn connect(
    provider: Provider,
    endpoint: &str,
    key: Secret,
    certificate: Option<&Secret>,
) -> Result<Arc<dyn MunicipalPlatform>, HttpError> {
    if key.expose().is_empty() && certificate.is_none() {
        return Err(HttpError::Nobody);
    }
    let client = match certificate {
        Some(secret) => Identity::parse(secret)?.client(TIMEOUT)?,
        None => client(TIMEOUT)?,
    };
    Ok(match provider {
        Provider::Bkr => Arc::new(Bkr::new(client, BkrConfig::new(endpoint, key))?),
        Provider::Inforing => Arc::new(Inforing::new(client, InforingConfig::new(endpoint, key))?),
    })
}
