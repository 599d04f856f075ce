use std::sync::Arc;

use accounting_api::App;
use outside::files::S3Files;
use outside::secrets::SecretsManager;
use payment_requests::Providers;
use runtime::{Error, http, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let table = DynamoTable::new(&start.aws, start.environment.text("TIJDIG_TABLE")?.to_owned());
    let portal_url = start.environment.text("TIJDIG_PORTAL_URL")?.to_owned();
    let files = S3Files::new(&start.aws_for("S3")?, start.environment.text("TIJDIG_BUCKET")?.to_owned());
    let store = Store::new(Arc::new(table));
    let secrets = Arc::new(SecretsManager::new(&start.aws));
    let providers = Providers::from_environment(&start.environment, secrets)?;
    let app = App { store, clock: start.clock, portal_url, files: Arc::new(files), providers };
    http::serve_with(accounting_api::router(app), accounting_api::BODY_BYTES).await
}
