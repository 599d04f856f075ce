use std::sync::Arc;

use outside::voice::Connect;
use record_delivery::Record;
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let table = DynamoTable::new(&start.aws, start.environment.text("TIJDIG_TABLE")?.to_owned());
    let stack = start.environment.text("TIJDIG_STACK")?.to_owned();
    let caller = Arc::new(Connect::new(&start.aws_for("CONNECT")?, stack));
    let record = Record { store: Store::new(Arc::new(table)), clock: start.clock.clone(), caller };
    queue::run(record, SqsParking::new(&start)?).await
}
