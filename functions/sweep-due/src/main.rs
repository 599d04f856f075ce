use std::sync::Arc;
use std::time::Duration;

use runtime::{Error, hints::SqsHints, invoke, start};
use store::{DynamoTable, Store};
use sweep_due::{Scheduled, Sweep};

/// What is left of the function's time when the sweep stops.
const TO_SPARE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let text = |name: &str| start.environment.text(name).map(str::to_owned);
    let sqs = aws_sdk_sqs::Client::new(&start.aws);
    let store = Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?)));
    let queue = |name: &str| text(name).map(|url| Arc::new(SqsHints::new(sqs.clone(), url)));
    let (cases, syncs) =
        (queue("TIJDIG_ADVANCE_CASE_QUEUE_URL")?, queue("TIJDIG_SYNC_ACCOUNTING_QUEUE_URL")?);
    let imports = queue("TIJDIG_IMPORT_RECORDS_QUEUE_URL")?;
    let webhooks = queue("TIJDIG_DISPATCH_WEBHOOKS_QUEUE_URL")?;
    let (sweep, clock) = (&Sweep { store, cases, syncs, imports, webhooks }, &start.clock);
    invoke::run(move |event: Scheduled, deadline| async move {
        sweep.scheduled(event, clock.now()?, || deadline.is_within(TO_SPARE)).await
    })
    .await
}
