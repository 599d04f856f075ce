//! The platforms of the two providers, as the environment names them.

use std::sync::Arc;

use domain::provider::Provider;
use outside::http::Secret;
use outside::platform::{MunicipalPlatform, connect};
use outside::secrets::Secrets;
use runtime::Error;
use runtime::config::Environment;

/// The platform of a provider: `TIJDIG_{PROVIDER}_ENDPOINT`, and one or both of `_KEY` and `_CERTIFICATE`, which is the name of a
/// secret (see [`outside::identity::Identity::parse`]).
pub async fn platform(
    provider: Provider,
    environment: &Environment,
    secrets: &dyn Secrets,
) -> Result<Arc<dyn MunicipalPlatform>, Error> {
    let name = |what: &str| format!("TIJDIG_{}_{what}", provider.to_string().to_ascii_uppercase());
    let key = environment.optional(&name("KEY"))?.unwrap_or_default();
    let certificate = match environment.optional(&name("CERTIFICATE"))? {
        None => None,
        Some(secret) => Some(secrets.get(secret).await?.ok_or("the certificate's secret is not there")?),
    };
    let endpoint = environment.text(&name("ENDPOINT"))?;
    Ok(connect(provider, endpoint, Secret::new(key), certificate.as_ref())?)
}
