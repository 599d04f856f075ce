use std::sync::Arc;

use project_overview::Project;
use runtime::{Error, hints::SqsHints, queue, queue::SqsParking, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let text = |name: &str| start.environment.text(name).map(str::to_owned);
    let store = Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?)));
    let again = Arc::new(SqsHints::new(aws_sdk_sqs::Client::new(&start.aws), text("TIJDIG_QUEUE_URL")?));
    let project = Project { store, clock: start.clock.clone(), again };
    queue::run(project, SqsParking::new(&start)?).await
}
