use std::sync::Arc;

use accounting_api::App;
use runtime::{Error, http, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let table = DynamoTable::new(&start.aws, start.environment.text("TIJDIG_TABLE")?.to_owned());
    let portal_url = start.environment.text("TIJDIG_PORTAL_URL")?.to_owned();
    let app = App { store: Store::new(Arc::new(table)), clock: start.clock, portal_url };
    http::serve_with(accounting_api::router(app), accounting_api::BODY_BYTES).await
}
