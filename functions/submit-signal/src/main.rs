use std::sync::Arc;

use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use store::{DynamoTable, Store};
use submit_signal::{Submit, platforms};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let table = DynamoTable::new(&start.aws, start.environment.text("TIJDIG_TABLE")?.to_owned());
    let submit = Submit {
        store: Store::new(Arc::new(table)),
        clock: start.clock.clone(),
        bkr: platforms::bkr(&start.environment)?,
        inforing: platforms::inforing(&start.environment)?,
    };
    queue::run(submit, SqsParking::new(&start)?).await
}
