//! The platforms of the two providers, as the environment names them.

use std::sync::Arc;

use outside::bkr::{Bkr, BkrConfig};
use outside::http::{Secret, TIMEOUT, client};
use outside::inforing::{Inforing, InforingConfig};
use outside::platform::MunicipalPlatform;
use runtime::Error;
use runtime::config::Environment;

/// BKR's platform: `TIJDIG_BKR_ENDPOINT` and `TIJDIG_BKR_KEY`.
pub fn bkr(environment: &Environment) -> Result<Arc<dyn MunicipalPlatform>, Error> {
    let key = Secret::new(environment.text("TIJDIG_BKR_KEY")?);
    let config = BkrConfig::new(environment.text("TIJDIG_BKR_ENDPOINT")?, key);
    Ok(Arc::new(Bkr::new(client(TIMEOUT)?, config)?))
}

/// Inforing's platform: `TIJDIG_INFORING_ENDPOINT` and `TIJDIG_INFORING_KEY`.
pub fn inforing(environment: &Environment) -> Result<Arc<dyn MunicipalPlatform>, Error> {
    let key = Secret::new(environment.text("TIJDIG_INFORING_KEY")?);
    let config = InforingConfig::new(environment.text("TIJDIG_INFORING_ENDPOINT")?, key);
    Ok(Arc::new(Inforing::new(client(TIMEOUT)?, config)?))
}
