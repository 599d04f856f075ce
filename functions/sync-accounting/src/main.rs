use std::sync::Arc;

use outside::http::{TIMEOUT, client};
use outside::{accounting::Catalogue, files::S3Files, secrets::SecretsManager};
use runtime::hints::SqsHints;
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use store::{DynamoTable, Store};
use sync_accounting::Sync;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let text = |name: &str| start.environment.text(name).map(str::to_owned);
    let (prefix, hooks) = (text("TIJDIG_PREFIX")?, text("TIJDIG_ACCOUNTING_CALLBACKS")?);
    let below = start.environment.optional("TIJDIG_PACKAGES_ENDPOINT")?.map(str::to_owned);
    let secrets = Arc::new(SecretsManager::new(&start.aws));
    let packages = Catalogue::new(secrets.clone(), prefix.clone(), client(TIMEOUT)?, below, hooks.clone());
    let again = SqsHints::new(aws_sdk_sqs::Client::new(&start.aws), text("TIJDIG_QUEUE_URL")?);
    let store = Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?)));
    let files = Arc::new(S3Files::new(&start.aws_for("S3")?, text("TIJDIG_BUCKET")?));
    let (packages, again, clock) = (Arc::new(packages), Arc::new(again), start.clock.clone());
    let sync = Sync { store, clock, secrets, packages, files, again, prefix, hooks };
    queue::run(sync, SqsParking::new(&start)?).await
}
