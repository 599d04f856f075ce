use std::{sync::Arc, time::Duration};

use runtime::{Error, hints::SqsHints, invoke, start};
use store::{DynamoTable, Store};
use sweep_due::{Scheduled, Sweep};

/// What is left of the function's time when the sweep stops.
const TO_SPARE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = &start(env!("CARGO_PKG_NAME"))?;
    let text = |name: &str| start.environment.text(name).map(str::to_owned);
    let sqs = aws_sdk_sqs::Client::new(&start.aws);
    let store = Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?)));
    let url = |of: &str| text(&format!("TIJDIG_{of}_QUEUE_URL"));
    let queue = |of: &str| url(of).map(|url| Arc::new(SqsHints::new(sqs.clone(), url)));
    let (cases, syncs) = (queue("ADVANCE_CASE")?, queue("SYNC_ACCOUNTING")?);
    let (imports, webhooks) = (queue("IMPORT_RECORDS")?, queue("DISPATCH_WEBHOOKS")?);
    let sweep = &Sweep { store, cases, syncs, imports, webhooks, overviews: queue("PROJECT_OVERVIEW")? };
    invoke::run(move |event: Scheduled, deadline| async move {
        sweep.scheduled(event, start.clock.now()?, || deadline.is_within(TO_SPARE)).await
    })
    .await
}
