use accounting_api::{App, BODY_BYTES, router};
use runtime::{Error, http, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    http::serve_with(router(App::of(&start)?), BODY_BYTES).await
}
