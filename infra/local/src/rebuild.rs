//! `rebuild-overview`: has the desk's overview made anew, and waits until it is.
//!
//! The walk goes on without this program: whoever breaks off may start it again, which begins no second one.

use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;

use crate::failure::{Failure, Outcome};
use crate::import::{Api, answer};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Looks in a row that may fail before the program gives up: the walk itself goes on.
const MOST_FAILURES: u32 = 20;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    begins_at: String,
}

/// The overview as the API answers, as far as it matters here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct View {
    rebuilt_debtors: Option<u64>,
    debtors: u64,
    behind_seconds: u64,
}

/// Asks for it and follows it to its end.
pub async fn run() -> Outcome<()> {
    let api = Api::of_environment()?;
    let request = api.request(Method::POST, "/v1/overview/rebuild");
    let asked: Asked = answer(request, "asking for the overview to be made anew").await?;
    println!("begins at {}; what is shown stays until it is done", asked.begins_at);
    let mut failures = 0;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let request = api.request(Method::GET, "/v1/overview");
        let view: View = match answer(request, "looking at the overview").await {
            Ok(view) => view,
            Err(failure) if failures == MOST_FAILURES => {
                return Err(Failure::because(format!("{failure}; the walk goes on")));
            }
            Err(_) => {
                failures += 1;
                continue;
            }
        };
        failures = 0;
        match view.rebuilt_debtors {
            Some(done) => println!("{done} of {} debtors", view.debtors),
            None => {
                println!("done: {} debtors, {} s behind", view.debtors, view.behind_seconds);
                return Ok(());
            }
        }
    }
}
