use std::sync::Arc;

use municipality_callback::{Callbacks, Sender};
use outside::webhook_signature::Keys;
use runtime::{Error, http, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let environment = &start.environment;
    let table = DynamoTable::new(&start.aws, environment.text("TIJDIG_TABLE")?.to_owned());
    let sender = |secret, source| {
        let keys = Keys::parse(environment.text(secret)?)?;
        Ok::<_, Error>(Sender { keys, source: environment.text(source)?.to_owned() })
    };
    let callbacks = Callbacks {
        store: Store::new(Arc::new(table)),
        clock: start.clock.clone(),
        bkr: sender("TIJDIG_WEBHOOK_SECRET_BKR", "TIJDIG_WEBHOOK_SOURCE_BKR")?,
        inforing: sender("TIJDIG_WEBHOOK_SECRET_INFORING", "TIJDIG_WEBHOOK_SOURCE_INFORING")?,
    };
    http::serve(municipality_callback::router(callbacks)).await
}
