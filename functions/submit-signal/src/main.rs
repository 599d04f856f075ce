use std::sync::Arc;

use outside::bkr::{Bkr, BkrConfig};
use outside::http::{Secret, TIMEOUT, client};
use outside::inforing::{Inforing, InforingConfig};
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use store::{DynamoTable, Store};
use submit_signal::Submit;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let environment = &start.environment;
    let table = DynamoTable::new(&start.aws, environment.text("TIJDIG_TABLE")?.to_owned());
    let secret = |name| Ok::<_, Error>(Secret::new(environment.text(name)?));
    let bkr = BkrConfig::new(environment.text("TIJDIG_BKR_ENDPOINT")?, secret("TIJDIG_BKR_KEY")?);
    let inforing =
        InforingConfig::new(environment.text("TIJDIG_INFORING_ENDPOINT")?, secret("TIJDIG_INFORING_KEY")?);
    let submit = Submit {
        store: Store::new(Arc::new(table)),
        clock: start.clock.clone(),
        bkr: Arc::new(Bkr::new(client(TIMEOUT)?, bkr)?),
        inforing: Arc::new(Inforing::new(client(TIMEOUT)?, inforing)?),
    };
    queue::run(submit, SqsParking::new(&start)?).await
}
