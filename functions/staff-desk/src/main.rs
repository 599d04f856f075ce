use runtime::{Error, http, start};
use staff_desk::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let start = start(env!("CARGO_PKG_NAME"))?;
    http::serve_with(staff_desk::router(App::of(&start)?), staff_desk::BODY_BYTES).await
}
