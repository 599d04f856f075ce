use std::sync::Arc;

use accounting_callback::Callbacks;
use outside::secrets::SecretsManager;
use runtime::hints::SqsHints;
use runtime::{Error, http, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let text = |name: &str| start.environment.text(name).map(str::to_owned);
    let queue = text("TIJDIG_SYNC_ACCOUNTING_QUEUE_URL")?;
    let callbacks = Callbacks {
        store: Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?))),
        clock: start.clock.clone(),
        secrets: Arc::new(SecretsManager::new(&start.aws)),
        syncs: Arc::new(SqsHints::new(aws_sdk_sqs::Client::new(&start.aws), queue)),
        prefix: text("TIJDIG_PREFIX")?,
    };
    http::serve_with(accounting_callback::router(callbacks), accounting_callback::BODY_BYTES).await
}
