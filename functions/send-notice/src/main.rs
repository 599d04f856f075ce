use std::sync::Arc;

use outside::{mail::SesMailer, sms::EndUserMessaging};
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use send_notice::Send;
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let table = DynamoTable::new(&start.aws, start.environment.text("TIJDIG_TABLE")?.to_owned());
    let configuration = start.environment.optional("TIJDIG_MAIL_CONFIGURATION_SET")?.map(str::to_owned);
    let stack = start.environment.text("TIJDIG_STACK")?.to_owned();
    let texts = start.environment.optional("TIJDIG_SMS_CONFIGURATION_SET")?.map(str::to_owned);
    let texter = EndUserMessaging::new(&start.aws_for("PINPOINT_SMS_VOICE_V2")?, stack, texts);
    let send = Send {
        store: Store::new(Arc::new(table)),
        clock: start.clock.clone(),
        mailer: Arc::new(SesMailer::new(&start.aws_for("SESV2")?, configuration)),
        texter: Arc::new(texter),
        portal_url: start.environment.text("TIJDIG_PORTAL_URL")?.to_owned(),
    };
    queue::run(send, SqsParking::new(&start)?).await
}
