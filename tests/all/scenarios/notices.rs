//! When a notice leaves, what it is about, and whom it reaches.

use serde_json::json;
use tests::bodies::{consumer, invoice};
use tests::mail::Next;
use tests::stories::{mail_days, two_invoices};
use tests::world::World;

/// One invoice due on this day, put twenty days before it.
async fn due_on(due: &str) -> World {
    let day: jiff::civil::Date = due.parse().unwrap();
    let issued = domain::calendar::plus_days(day, -20).to_string();
    let world = World::at(&format!("{issued}T08:00:00Z")).await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", &issued, due, "121.00")).await;
    world
}

#[tokio::test]
async fn a_notice_leaves_when_the_window_of_its_day_opens() {
    // (due date; the instant at which reminder 1, due seven days later, leaves)
    let table = [
        ("2026-11-16", "2026-11-23T07:00:00Z"), // a Monday
        ("2026-11-21", "2026-11-28T07:00:00Z"), // a Saturday
        ("2026-11-22", "2026-11-30T07:00:00Z"), // a Sunday: the Monday after it
        ("2026-12-18", "2026-12-28T07:00:00Z"), // Christmas Day, then Boxing Day and a Sunday
        ("2026-12-19", "2026-12-28T07:00:00Z"),
        ("2026-12-25", "2027-01-02T07:00:00Z"), // New Year's Day, a Friday; the day after it is a Saturday
        ("2027-03-19", "2027-03-27T07:00:00Z"), // Good Friday; the Saturday before Easter is open
        ("2027-03-21", "2027-03-30T06:00:00Z"), // Easter Sunday, on which the clock goes forward, and Monday
        ("2026-10-17", "2026-10-24T06:00:00Z"), // the day before the clock goes back
        ("2026-10-18", "2026-10-26T07:00:00Z"), // that day itself, a Sunday
        ("2027-04-20", "2027-04-28T06:00:00Z"), // King's Day
        ("2026-04-28", "2026-05-06T06:00:00Z"), // Liberation Day
    ];
    for (due, leaves) in table {
        let world = due_on(due).await;
        let before: jiff::Timestamp = leaves.parse().unwrap();
        world.go_to(&(before - jiff::SignedDuration::from_secs(1)).to_string()).await;
        assert_eq!(world.mail.taken().len(), 0, "{due}");
        let promised = world.get("/v1/debtors/d1").await["nextAction"]["on"].clone();
        world.go_to(&(before + jiff::SignedDuration::from_hours(20)).to_string()).await;
        let taken = world.mail.taken();
        assert_eq!(taken.len(), 1, "{due}");
        assert_eq!(taken[0].at, before, "{due}");
        assert_eq!(promised, mail_days(&world)[0].as_str(), "{due}");
    }
}

#[tokio::test]
async fn nothing_leaves_at_night() {
    // Put at 20:00 and at 07:59 local time, long overdue: the opening comes first.
    for put_at in ["2026-11-23T19:00:00Z", "2026-11-24T06:59:00Z"] {
        let world = World::at(put_at).await;
        world.put("/v1/debtors/d1", &consumer("D1")).await;
        world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-09-01", "2026-10-01", "121.00")).await;
        world.cases.push(json!({ "administration": "demo", "debtorId": "d1" }).to_string());
        world.settle().await;
        assert_eq!(world.get("/v1/debtors/d1").await["nextAction"]["on"], "2026-11-24");
        world.go_to("2026-11-25T06:00:00Z").await;
        assert_eq!(world.mail.taken()[0].at.to_string(), "2026-11-24T07:00:00Z");
    }
    // In the last quarter of an hour, after the day's last sweep: a promise for today would not be kept.
    for (put_at, leaves) in
        [("2026-11-23T18:44:00Z", "2026-11-23T18:45:00Z"), ("2026-11-23T18:46:00Z", "2026-11-24T07:00:00Z")]
    {
        let world = World::at(put_at).await;
        world.put("/v1/debtors/d1", &consumer("D1")).await;
        world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-09-01", "2026-10-01", "121.00")).await;
        assert_eq!(world.get("/v1/debtors/d1").await["nextAction"]["on"], leaves[..10]);
        world.go_to("2026-11-25T06:00:00Z").await;
        assert_eq!(world.mail.taken()[0].at.to_string(), leaves);
    }
    // Prepared within the window and not sent before it closed: the next morning.
    let world = due_on("2026-11-16").await;
    world.go_to("2026-11-23T06:59:00Z").await;
    world.mail.next(&[Next::Throttled; 48]);
    world.go_to("2026-11-24T12:00:00Z").await;
    assert_eq!(world.mail.calls(), 49);
    assert_eq!(world.mail.taken()[0].at.to_string(), "2026-11-24T07:00:00Z");
    assert_eq!(world.get("/v1/invoices/i1").await["steps"][0]["on"], "2026-11-24");
}

#[tokio::test]
async fn what_is_due_on_one_day_goes_out_as_one_notice_that_lists_all_of_it() {
    let world = two_invoices().await;
    world.go_to("2026-09-08T18:00:00Z").await;
    let taken = world.mail.taken();
    assert_eq!(taken.len(), 1);
    for part in [&taken[0].mail.text, &taken[0].mail.html] {
        assert!(part.contains("d1-1") && part.contains("d1-2") && part.contains("242,00"), "{part}");
    }
    for id in ["d1-1", "d1-2"] {
        let steps = world.get(&format!("/v1/invoices/{id}")).await["steps"].clone();
        assert_eq!(steps[0]["noticeId"], "d1.n1", "{id}");
    }
    assert_eq!(world.count("d1", "NoticeSent").await, 1);
}

#[tokio::test]
async fn a_bundle_speaks_with_its_heaviest_step() {
    let world = two_invoices().await;
    world.put("/v1/invoices/d1-3", &invoice("d1", "d1-3", "2026-09-01", "2026-09-29", "80.00")).await;
    world.go_to("2026-10-05T18:00:00Z").await;
    // The third invoice's first reminder is due with the final reminder of the others.
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(
        (&view["nextAction"]["step"], &view["nextAction"]["on"]),
        (&json!("finalReminder"), &json!("2026-10-06"))
    );
    assert_eq!(view["nextAction"]["invoiceIds"], json!(["d1-1", "d1-2", "d1-3"]));
    world.go_to("2026-10-06T18:00:00Z").await;
    assert_eq!(mail_days(&world).len(), 3);
    let last = world.mail.taken().pop().unwrap();
    assert!(last.mail.text.contains("d1-3") && last.mail.text.contains("322,00"), "{}", last.mail.text);
    assert_eq!(world.get("/v1/invoices/d1-3").await["steps"][0]["step"], "reminder-1");
}

#[tokio::test]
async fn seven_days_lie_between_two_notices() {
    // Reminder 1 on the second invoice falls due so many days after reminder 1 on the first, which left on 8 September;
    // reminder 2 on the first leaves on the 22nd.
    let table = [
        ("2026-09-02", "2026-09-15"),
        ("2026-09-07", "2026-09-15"),
        ("2026-09-08", "2026-09-15"),
        ("2026-09-09", "2026-09-16"),
    ];
    for (due, leaves) in table {
        let world = due_on("2026-09-01").await;
        world.put("/v1/invoices/i2", &invoice("d1", "E-2", "2026-08-20", due, "50.00")).await;
        world.go_to("2026-09-09T04:00:00Z").await;
        assert_eq!(mail_days(&world), ["2026-09-08"], "{due}");
        assert_eq!(world.get("/v1/debtors/d1").await["nextAction"]["on"], leaves, "{due}");
        world.go_to("2026-09-21T18:00:00Z").await;
        assert_eq!(mail_days(&world), ["2026-09-08", leaves], "{due}");
    }
}

#[tokio::test]
async fn without_a_mail_address_a_person_is_asked_and_the_reason_is_named() {
    let world = World::at("2026-08-20T08:00:00Z").await;
    let mut debtor = consumer("D1");
    debtor["emails"] = json!([]);
    world.put("/v1/debtors/d1", &debtor).await;
    world.put("/v1/invoices/i1", &invoice("d1", "E-1", "2026-08-20", "2026-09-01", "121.00")).await;
    assert_eq!(world.get("/v1/debtors/d1").await["noAction"]["reason"], "no_address");
    world.go_to("2026-09-07T18:00:00Z").await;
    assert_eq!(world.count("d1", "TaskOpened").await, 0);
    world.go_to("2026-09-08T18:00:00Z").await;
    assert_eq!(world.get("/v1/debtors/d1").await["tasks"][0]["about"], "no_address");
    world.go_to("2026-12-01T18:00:00Z").await;
    assert_eq!(world.count("d1", "TaskOpened").await, 1);
    assert_eq!(world.mail.calls(), 0);

    // An address comes, and the follow-up begins where it is: at its first step.
    debtor["emails"] = json!(["d1@example.nl"]);
    debtor["modifiedAt"] = json!("2026-12-01T12:00:00Z");
    world.put("/v1/debtors/d1", &debtor).await;
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!((&view["nextAction"]["on"], &view["tasks"]), (&json!("2026-12-01"), &json!([])));
    world.go_to("2026-12-02T18:00:00Z").await;
    assert_eq!(world.get("/v1/invoices/i1").await["steps"][0]["step"], "reminder-1");
}

#[tokio::test]
async fn an_address_that_bounces_is_marked_and_the_next_one_takes_over() {
    let world = due_on("2026-09-01").await;
    let mut debtor = consumer("D1");
    debtor["emails"] = json!(["gone@example.nl", "here@example.nl"]);
    debtor["modifiedAt"] = json!("2026-08-12T12:00:00Z");
    world.put("/v1/debtors/d1", &debtor).await;
    world.mail.next(&[Next::Bounces]);
    world.go_to("2026-09-08T18:00:00Z").await;
    let told = world.events("d1").await;
    assert_eq!(told[told.len() - 3..], ["NoticeSent", "NoticeBounced", "TaskOpened"]);
    assert_eq!(world.get("/v1/debtors/d1").await["tasks"][0]["about"], "address_failed");
    world.go_to("2026-09-22T18:00:00Z").await;
    let to: Vec<Vec<String>> = world.mail.taken().into_iter().map(|t| t.mail.to).collect();
    assert_eq!(to, [["gone@example.nl"], ["here@example.nl"]]);
}

#[tokio::test]
async fn the_last_address_that_bounces_leaves_none_until_a_new_one_comes() {
    for next in [Next::Bounces, Next::Complained] {
        let world = due_on("2026-09-01").await;
        world.mail.next(&[next]);
        world.go_to("2026-10-30T18:00:00Z").await;
        assert_eq!(mail_days(&world), ["2026-09-08"], "{next:?}");
        let view = world.get("/v1/debtors/d1").await;
        assert_eq!(view["noAction"]["reason"], "no_address", "{next:?}");
        let tasks: Vec<&str> =
            view["tasks"].as_array().unwrap().iter().map(|t| t["about"].as_str().unwrap()).collect();
        assert_eq!(tasks, ["address_failed", "no_address"], "{next:?}");
    }
}

#[tokio::test]
async fn a_full_mailbox_does_not_mark_the_address() {
    let world = due_on("2026-09-01").await;
    world.mail.next(&[Next::BouncesForNow]);
    world.go_to("2026-09-22T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-22"]);
    assert_eq!(world.get("/v1/debtors/d1").await["tasks"], json!([]));
}

#[tokio::test]
async fn the_language_of_the_debtor_is_that_of_the_notice() {
    let world = due_on("2026-09-01").await;
    world.go_to("2026-09-08T18:00:00Z").await;
    let mut debtor = consumer("D1");
    debtor["language"] = json!("en");
    debtor["modifiedAt"] = json!("2026-09-08T12:00:00Z");
    world.put("/v1/debtors/d1", &debtor).await;
    world.go_to("2026-09-22T18:00:00Z").await;
    let texts: Vec<String> = world.mail.taken().into_iter().map(|t| t.mail.text).collect();
    assert!(texts[0].contains("factuur") && !texts[0].contains("invoice"), "{}", texts[0]);
    assert!(texts[1].contains("invoice") && !texts[1].contains("factuur"), "{}", texts[1]);
}

#[tokio::test]
async fn after_the_last_step_nothing_is_sent_and_the_reason_is_named() {
    let world = due_on("2026-09-01").await;
    world.go_to("2027-06-01T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-22", "2026-10-06", "2026-10-20", "2026-11-09"]);
    assert_eq!(world.get("/v1/debtors/d1").await["noAction"]["reason"], "policy_ended");
}

#[tokio::test]
async fn a_notice_shows_where_it_went_and_how_it_fared() {
    let world = two_invoices().await;
    world.mail.next(&[Next::Bounces]);
    world.go_to("2026-09-08T18:00:00Z").await;
    let list = world.get("/v1/debtors/d1/notices").await;
    let items = list["items"].as_array().expect("a list");
    let notice = &items[items.len() - 1];
    assert_eq!(notice["status"], "bounced", "{notice}");
    assert_eq!((&notice["channel"], &notice["permanent"]), (&json!("email"), &json!(true)));
    assert!(notice["address"].as_str().is_some_and(|address| address.contains('@')), "{notice}");
    let id = notice["id"].as_str().expect("an id");
    assert_eq!(world.get(&format!("/v1/notices/{id}")).await, *notice);
    for path in ["/v1/notices/d1.n99", "/v1/notices/d9.n1", "/v1/debtors/d9/notices"] {
        assert_eq!(world.call("GET", path, None).await.status, http::StatusCode::NOT_FOUND, "{path}");
    }
}
