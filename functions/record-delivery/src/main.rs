use std::sync::Arc;

use record_delivery::Record;
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let table = DynamoTable::new(&start.aws, start.environment.text("TIJDIG_TABLE")?.to_owned());
    let record = Record { store: Store::new(Arc::new(table)), clock: start.clock.clone() };
    queue::run(record, SqsParking::new(&start)?).await
}
