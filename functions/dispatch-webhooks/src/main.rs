use std::sync::Arc;

use dispatch_webhooks::Dispatch;
use outside::mail::SesMailer;
use outside::secrets::SecretsManager;
use outside::webhooks::{HttpReceivers, destination::Destinations, destination::SystemNames};
use runtime::{Error, hints::SqsHints, queue, queue::SqsParking, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let text = |name: &str| start.environment.text(name).map(str::to_owned);
    let is_local = start.environment.optional("TIJDIG_WEBHOOKS_TO_THIS_MACHINE")?.is_some();
    let destinations = Destinations::for_local_run(Arc::new(SystemNames), is_local);
    let set = start.environment.optional("TIJDIG_MAIL_CONFIGURATION_SET")?.map(str::to_owned);
    let mailer = Arc::new(SesMailer::new(&start.aws_for("SESV2")?, set));
    let again = Arc::new(SqsHints::new(aws_sdk_sqs::Client::new(&start.aws), text("TIJDIG_QUEUE_URL")?));
    let store = Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?)));
    let receivers = Arc::new(HttpReceivers::new(Arc::new(destinations))?);
    let (secrets, clock) = (Arc::new(SecretsManager::new(&start.aws)), start.clock.clone());
    let prefix = text("TIJDIG_PREFIX")?;
    queue::run(Dispatch { store, clock, secrets, receivers, mailer, again, prefix }, SqsParking::new(&start)?)
        .await
}
