use std::sync::Arc;

use outside::http::{TIMEOUT, client};
use outside::pdok::Pdok;
use outside::platform::from_settings;
use outside::secrets::SecretsManager;
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use store::{DynamoTable, Store};
use submit_signal::Submit;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let (environment, secrets) = (&start.environment, SecretsManager::new(&start.aws));
    let table = DynamoTable::new(&start.aws, environment.text("TIJDIG_TABLE")?.to_owned());
    let (bkr, inforing) = from_settings(|name| environment.optional(name), &secrets).await?;
    let places = Arc::new(Pdok::new(client(TIMEOUT)?, environment.text("TIJDIG_PDOK_ENDPOINT")?)?);
    let (store, clock) = (Store::new(Arc::new(table)), start.clock.clone());
    let submit = Submit { store, clock, bkr, inforing, places };
    queue::run(submit, SqsParking::new(&start)?).await
}
