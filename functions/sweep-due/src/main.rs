use std::sync::Arc;
use std::time::Duration;

use runtime::{Error, hints::SqsHints, invoke, start};
use store::{DynamoTable, Store};
use sweep_due::Sweep;

/// What is left of the function's time when the sweep stops.
const TO_SPARE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let table = DynamoTable::new(&start.aws, start.environment.text("TIJDIG_TABLE")?.to_owned());
    let queue = start.environment.text("TIJDIG_ADVANCE_CASE_QUEUE_URL")?.to_owned();
    let cases = Arc::new(SqsHints::new(aws_sdk_sqs::Client::new(&start.aws), queue));
    let sweep = Sweep { store: Store::new(Arc::new(table)), cases };
    invoke::run(move |_: serde_json::Value, deadline| {
        let (sweep, clock) = (sweep.clone(), start.clock.clone());
        async move { sweep.run(clock.now()?, || deadline.is_within(TO_SPARE)).await }
    })
    .await
}
