use runtime::{Error, http, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start(env!("CARGO_PKG_NAME"))?;
    http::serve(debtor_portal::router()).await
}
