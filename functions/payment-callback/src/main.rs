use std::sync::Arc;

use outside::secrets::SecretsManager;
use payment_callback::Callbacks;
use payment_requests::{PaymentRequests, Providers};
use records::Records;
use runtime::hints::SqsHints;
use runtime::{Error, http, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let environment = &start.environment;
    let table = DynamoTable::new(&start.aws, environment.text("TIJDIG_TABLE")?.to_owned());
    let records = Records { store: Store::new(Arc::new(table)), clock: start.clock.clone() };
    let providers = Providers::from_environment(environment, Arc::new(SecretsManager::new(&start.aws)))?;
    let queue = environment.text("TIJDIG_CHECK_PAYMENT_QUEUE_URL")?.to_owned();
    let checks = Arc::new(SqsHints::new(aws_sdk_sqs::Client::new(&start.aws), queue));
    let callbacks = Callbacks { requests: PaymentRequests { records, providers }, checks };
    http::serve(payment_callback::router(callbacks)).await
}
