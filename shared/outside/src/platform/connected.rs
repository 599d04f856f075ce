//! The platforms as an installation names them.

use std::sync::Arc;

use domain::provider::Provider;

use super::MunicipalPlatform;
use crate::bkr::{Bkr, BkrConfig};
use crate::http::{HttpError, Secret, TIMEOUT, client};
use crate::identity::Identity;
use crate::inforing::{Inforing, InforingConfig};

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
