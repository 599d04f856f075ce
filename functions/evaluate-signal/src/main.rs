use std::sync::Arc;

use evaluate_signal::Evaluate;
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let table = DynamoTable::new(&start.aws, start.environment.text("TIJDIG_TABLE")?.to_owned());
    let evaluate = Evaluate { store: Store::new(Arc::new(table)), clock: start.clock.clone() };
    queue::run(evaluate, SqsParking::new(&start)?).await
}
