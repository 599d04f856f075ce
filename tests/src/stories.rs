//! Beginnings that several stories share.

use domain::calendar::today;
use domain::notice::Channel;
use serde_json::json;

use crate::bodies::{consumer, invoice};
use crate::world::World;

/// The days on which mails left, oldest first.
pub fn mail_days(world: &World) -> Vec<String> {
    world.mail.taken().iter().map(|t| today(t.at).to_string()).collect()
}

/// What was sent as a preview shows it: its link leads nowhere.
pub fn as_previewed(sent: &str) -> String {
    let Some((link, before)) = link_in(sent).map(|link| (link, "0".repeat(12))) else {
        return sent.to_owned();
    };
    sent.replace(&link, &before)
}

/// What stands behind the portal's address in a message: the link to the debtor's page.
pub fn link_in(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("/portal/")?;
    Some(rest.chars().take_while(char::is_ascii_alphanumeric).collect())
}

/// Two invoices of a consumer in Utrecht that fell due on 1 September 2026: reminders on 8 and 22 September and
/// 6 October, each time one mail about both.
pub async fn two_invoices() -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    put_two_invoices(&world, "d1").await;
    world
}

/// Puts them for this debtor, as `{debtor}-1` and `{debtor}-2`.
pub async fn put_two_invoices(world: &World, debtor: &str) {
    world.put(&format!("/v1/debtors/{debtor}"), &consumer(&debtor.to_uppercase())).await;
    for number in ["1", "2"] {
        let body = invoice(debtor, &format!("{debtor}-{number}"), "2026-08-20", "2026-09-01", "121.00");
        world.put(&format!("/v1/invoices/{debtor}-{number}"), &body).await;
    }
}

/// The same on 7 October, when the final reminder of the day before has made an early signal leave. With it the
/// signal's reference at Inforing.
pub async fn two_invoices_signalled() -> (World, String) {
    let world = two_invoices().await;
    world.go_to("2026-10-07T08:00:00Z").await;
    let taken = world.inforing.taken();
    assert_eq!(taken.len(), 1);
    let reference = taken[0].reference.clone();
    (world, reference)
}

/// A payment of all that the debtor owes.
pub fn payment_of_everything(debtor: &str, amount: &str, on: &str) -> serde_json::Value {
    json!({
        "kind": "payment", "invoiceId": null, "debtorId": debtor, "amount": amount, "receivedOn": on,
        "reference": null, "reasonCode": null, "modifiedAt": format!("{on}T12:00:00Z")
    })
}

/// The policy calls from now on, and mails where that comes to nothing.
pub async fn call_before_mailing(world: &World) {
    world
        .change_settings(|settings| {
            settings.channels = vec![Channel::Phone, Channel::Email];
            for step in &mut settings.policies[0].steps {
                step.channels = vec![Channel::Phone, Channel::Email];
            }
        })
        .await;
}
