use std::sync::Arc;

use authorize::Authorize;
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let start = runtime::start(env!("CARGO_PKG_NAME"))?;
    let table = DynamoTable::new(&start.aws, start.environment.text("TIJDIG_TABLE")?.to_owned());
    let authorize = Authorize::new(Arc::new(Store::new(Arc::new(table))), start.clock);
    let authorize = &authorize;
    runtime::invoke::run(move |question, _| authorize.answer(question)).await
}
