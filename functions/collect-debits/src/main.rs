use std::sync::Arc;
use std::time::Duration;

use collect_debits::Collect;
use outside::files::S3Files;
use runtime::{Error, invoke, start};
use store::{DynamoTable, Store};

/// What is left of the function's time when it stops: one batch's file is written in less.
const TO_SPARE: Duration = Duration::from_secs(45);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let table = DynamoTable::new(&start.aws, start.environment.text("TIJDIG_TABLE")?.to_owned());
    let files = S3Files::new(&start.aws_for("S3")?, start.environment.text("TIJDIG_BUCKET")?.to_owned());
    let store = Store::new(Arc::new(table));
    let collect = Collect { store, clock: start.clock.clone(), files: Arc::new(files) };
    invoke::run(move |_: serde_json::Value, deadline| {
        let collect = collect.clone();
        async move { collect.run(|| deadline.is_within(TO_SPARE)).await }
    })
    .await
}
