use std::sync::Arc;

use outside::{files::S3Files, mail::SesMailer, sms::EndUserMessaging, voice::Connect};
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use send_notice::Send;
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let text = |name: &str| start.environment.text(name).map(str::to_owned);
    let set = |name: &str| start.environment.optional(name).map(|found| found.map(str::to_owned));
    let store = Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?)));
    let files = Arc::new(S3Files::new(&start.aws_for("S3")?, text("TIJDIG_BUCKET")?));
    let (mails, texts) = (set("TIJDIG_MAIL_CONFIGURATION_SET")?, set("TIJDIG_SMS_CONFIGURATION_SET")?);
    let mailer = Arc::new(SesMailer::new(&start.aws_for("SESV2")?, mails));
    let (aws, stack) = (start.aws_for("PINPOINT_SMS_VOICE_V2")?, text("TIJDIG_STACK")?);
    let caller = Arc::new(Connect::new(&start.aws_for("CONNECT")?, stack.clone()));
    let texter = Arc::new(EndUserMessaging::new(&aws, stack, texts));
    let (clock, portal_url) = (start.clock.clone(), text("TIJDIG_PORTAL_URL")?);
    queue::run(Send { store, clock, mailer, texter, caller, files, portal_url }, SqsParking::new(&start)?)
        .await
}
