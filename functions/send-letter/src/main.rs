use std::sync::Arc;

use outside::files::S3Files;
use outside::http::BaseUrl;
use outside::letters::pingen::{Addresses, Pingen};
use outside::secrets::SecretsManager;
use runtime::queue::{self, SqsParking};
use runtime::{Error, start};
use send_letter::{Send, press::Typst};
use store::{DynamoTable, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    let text = |name: &str| start.environment.text(name).map(str::to_owned);
    let address = |name: &str| Ok::<_, Error>(BaseUrl::parse(&text(name)?)?);
    let (api, identity) = (address("TIJDIG_PINGEN_ENDPOINT")?, address("TIJDIG_PINGEN_IDENTITY")?);
    let store = Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?)));
    let files = Arc::new(S3Files::new(&start.aws_for("S3")?, text("TIJDIG_BUCKET")?));
    let (prefix, portal_url) = (text("TIJDIG_PREFIX")?, text("TIJDIG_PORTAL_URL")?);
    let (pingen, press) = (Arc::new(Pingen::new(Addresses { api, identity })?), Arc::new(Typst));
    let (clock, secrets) = (start.clock.clone(), Arc::new(SecretsManager::new(&start.aws)));
    let send = Send { store, clock, files, secrets, pingen, press, prefix, portal_url };
    queue::run(send, SqsParking::new(&start)?).await
}
