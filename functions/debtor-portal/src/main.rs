use debtor_portal::{BODY_BYTES, Portal, router};
use runtime::{Error, http, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    http::serve_with(router(Portal::of(&start)?), BODY_BYTES).await
}
