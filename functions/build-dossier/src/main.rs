use std::sync::Arc;

use build_dossier::Build;
use outside::files::S3Files;
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let text = |name| start.environment.text(name).map(str::to_owned);
    let store = Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?)));
    let files = Arc::new(S3Files::new(&start.aws_for("S3")?, text("TIJDIG_BUCKET")?));
    queue::run(Build { store, clock: start.clock.clone(), files }, SqsParking::new(&start)?).await
}
