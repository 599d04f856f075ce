use std::sync::Arc;
use std::time::Duration;

use outside::platform::from_settings;
use outside::secrets::SecretsManager;
use poll_feedback::Poll;
use records::Records;
use runtime::{Error, invoke, start};
use store::{DynamoTable, Store};

/// What is left of the function's time when it stops: one page is taken in in less.
const TO_SPARE: Duration = Duration::from_secs(45);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let (environment, secrets) = (&start.environment, SecretsManager::new(&start.aws));
    let store =
        Store::new(Arc::new(DynamoTable::new(&start.aws, environment.text("TIJDIG_TABLE")?.to_owned())));
    let records = Records { store, clock: start.clock.clone() };
    let (bkr, inforing) = from_settings(|name| environment.optional(name), &secrets).await?;
    let poll = &Poll { records, bkr, inforing };
    invoke::run(move |_: serde_json::Value, deadline| poll.run(move || deadline.is_within(TO_SPARE))).await
}
