use std::sync::Arc;

use import_records::{Import, Limits};
use outside::files::S3Files;
use runtime::hints::SqsHints;
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let text = |name: &str| start.environment.text(name).map(str::to_owned);
    let store = Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?)));
    let files = Arc::new(S3Files::new(&start.aws_for("S3")?, text("TIJDIG_BUCKET")?));
    let again = SqsHints::new(aws_sdk_sqs::Client::new(&start.aws), text("TIJDIG_QUEUE_URL")?);
    let (clock, again, limits) = (start.clock.clone(), Arc::new(again), Limits::default());
    queue::run(Import { store, clock, files, again, limits }, SqsParking::new(&start)?).await
}
