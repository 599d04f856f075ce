use std::sync::Arc;

use accounting_api::{App, Connections, Webhooks};
use outside::files::S3Files;
use outside::secrets::SecretsManager;
use payment_requests::Providers;
use runtime::hints::SqsHints;
use runtime::{Error, http, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let text = |name: &str| start.environment.text(name).map(str::to_owned);
    let store = Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?)));
    let files = Arc::new(S3Files::new(&start.aws_for("S3")?, text("TIJDIG_BUCKET")?));
    let secrets = Arc::new(SecretsManager::new(&start.aws));
    let providers = Providers::from_environment(&start.environment, secrets.clone())?;
    let (portal_url, connections) = (text("TIJDIG_PORTAL_URL")?, Connections::of(&start)?);
    let webhooks = Webhooks::of(&start)?;
    let queue = text("TIJDIG_IMPORT_RECORDS_QUEUE_URL")?;
    let imports = Arc::new(SqsHints::new(aws_sdk_sqs::Client::new(&start.aws), queue));
    let app = App { store, clock: start.clock, portal_url, files, providers, connections, webhooks, imports };
    http::serve_with(accounting_api::router(app), accounting_api::BODY_BYTES).await
}
