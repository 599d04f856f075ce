use std::sync::Arc;

use check_payment::Check;
use outside::secrets::SecretsManager;
use payment_requests::{PaymentRequests, Providers};
use records::Records;
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let table = DynamoTable::new(&start.aws, start.environment.text("TIJDIG_TABLE")?.to_owned());
    let records = Records { store: Store::new(Arc::new(table)), clock: start.clock.clone() };
    let providers =
        Providers::from_environment(&start.environment, Arc::new(SecretsManager::new(&start.aws)))?;
    let check = Check { requests: PaymentRequests { records, providers } };
    queue::run(check, SqsParking::new(&start)?).await
}
