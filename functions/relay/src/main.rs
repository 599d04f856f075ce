use relay::bus::EventBridge;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let start = runtime::start(env!("CARGO_PKG_NAME"))?;
    let bus = EventBridge::new(&start)?;
    let bus = &bus;
    runtime::invoke::run(move |event, _| async move { Ok(relay::relay(bus, event).await) }).await
}
