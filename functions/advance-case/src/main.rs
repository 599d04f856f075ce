use std::sync::Arc;

use advance_case::Advance;
use runtime::queue::{self, SqsParking};
use runtime::{Error, hints::SqsHints, start};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let text = |name| start.environment.text(name).map(str::to_owned);
    let sqs = aws_sdk_sqs::Client::new(&start.aws);
    let hints = |name| Ok::<_, Error>(Arc::new(SqsHints::new(sqs.clone(), text(name)?)));
    let advance = Advance {
        store: Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?))),
        clock: start.clock.clone(),
        notices: hints("TIJDIG_SEND_NOTICE_QUEUE_URL")?,
        letters: hints("TIJDIG_SEND_LETTER_QUEUE_URL")?,
        evaluations: hints("TIJDIG_EVALUATE_SIGNAL_QUEUE_URL")?,
        submissions: hints("TIJDIG_SUBMIT_SIGNAL_QUEUE_URL")?,
        checks: hints("TIJDIG_CHECK_PAYMENT_QUEUE_URL")?,
        dossiers: hints("TIJDIG_BUILD_DOSSIER_QUEUE_URL")?,
    };
    queue::run(advance, SqsParking::new(&start)?).await
}
