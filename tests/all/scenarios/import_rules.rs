//! What comes in: what is sent, followed or left out by the rules on import, the lists of what was left out and deleted, and the
//! payment references that invoices get here.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::stories::mail_days;
use tests::world::{Answer, World};

async fn world() -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world
}

/// The rules as they are without settings, with something else in some of them.
async fn rules(world: &World, changes: &Value) {
    let mut rules = json!({
        "zero": "followOnly", "prepaid": "followOnly", "credit": "followOnly", "ignore": [], "noFollowUp": [],
        "dutchReferences": false
    });
    for (field, value) in changes.as_object().expect("an object") {
        rules[field] = value.clone();
    }
    world.put("/v1/settings", &json!({ "import": rules })).await;
}

/// An invoice of `d1` that falls due on 1 September, with something else in some of its fields.
fn body(changes: &Value) -> Value {
    let mut body = invoice("d1", "E-2026-17", "2026-08-20", "2026-09-01", "121.00");
    for (field, value) in changes.as_object().expect("an object") {
        body[field] = value.clone();
    }
    body
}

async fn tell(world: &World, id: &str, changes: &Value) -> Answer {
    world.put(&format!("/v1/invoices/{id}"), &body(changes)).await
}

/// A policy that sends an invoice ten days before it falls due, and reminds of it a week after.
fn sends_first() -> Value {
    json!({ "name": "Sends", "steps": [
        { "id": "sending", "kind": "invoiceSending", "afterDays": -10, "countedFrom": "dueDate" },
        { "id": "reminder-1", "kind": "reminder", "afterDays": 7 }
    ] })
}

/// The ids in the list of what was left out, each with its rule.
async fn left_out(world: &World) -> Vec<String> {
    let list = world.get("/v1/ignored").await;
    let text = |item: &Value, field: &str| item[field].as_str().unwrap_or_default().to_owned();
    let items = list["items"].as_array().expect("a list").iter();
    items
        .map(|i| format!("{} {} {}", text(i, "id"), text(i, "rule"), text(i, "reason")).trim().to_owned())
        .collect()
}

#[tokio::test]
async fn zero_prepaid_and_credit_invoices_are_sent_followed_or_left_out() {
    let kinds = [
        ("zero", json!({ "total": "0.00", "open": "0.00" }), "zero_invoice"),
        ("prepaid", json!({ "open": "0.00" }), "prepaid_invoice"),
        ("credit", json!({ "kind": "creditNote", "open": null }), "credit_note"),
    ];
    for (kind, changes, rule) in &kinds {
        for treatment in ["sendAndFollow", "followOnly", "ignore"] {
            let name = format!("{kind} {treatment}");
            let world = world().await;
            world.put("/v1/policies/standard", &sends_first()).await;
            rules(&world, &json!({ *kind: treatment })).await;
            let answer = tell(&world, "i1", changes).await;
            let ignored = treatment == "ignore";
            assert_eq!(answer.body["outcome"], if ignored { "ignored" } else { "created" }, "{name}");
            assert_eq!(answer.body["rule"], if ignored { json!(rule) } else { Value::Null }, "{name}");
            let read = world.call("GET", "/v1/invoices/i1", None).await.status;
            assert_eq!(read, if ignored { StatusCode::NOT_FOUND } else { StatusCode::OK }, "{name}");
            let listed = if ignored { vec![format!("i1 {rule}")] } else { vec![] };
            assert_eq!(left_out(&world).await, listed, "{name}");
            world.go_to("2026-10-31T18:00:00Z").await;
            let sent: &[&str] = if treatment == "sendAndFollow" { &["2026-08-22"] } else { &[] };
            assert_eq!(mail_days(&world), sent, "{name}: nothing is open, so nobody is reminded");
            // Told again under another rule it comes in, and leaves the list.
            rules(&world, &json!({})).await;
            let again = tell(&world, "i1", changes).await;
            assert_eq!(again.body["outcome"], if ignored { "created" } else { "unchanged" }, "{name}");
            assert_eq!(left_out(&world).await, Vec::<String>::new(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_prepaid_invoice_whose_payment_goes_back_is_sent_first_where_it_is_to_be_sent() {
    // (what is done with prepaid invoices, the first mail, the step that it is about)
    let table = [("sendAndFollow", "2026-08-22", "sending"), ("followOnly", "2026-09-08", "reminder-1")];
    for (treatment, day, step) in table {
        let world = world().await;
        world.put("/v1/policies/standard", &sends_first()).await;
        rules(&world, &json!({ "prepaid": treatment })).await;
        tell(&world, "i1", &json!({ "open": "0.00" })).await;
        world.go_to("2026-08-21T08:00:00Z").await;
        let open = json!({ "open": "121.00", "modifiedAt": "2026-08-21T08:00:00Z" });
        assert_eq!(tell(&world, "i1", &open).await.body["outcome"], "changed");
        world.go_to("2026-09-09T18:00:00Z").await;
        assert_eq!(mail_days(&world)[0], day, "{treatment}");
        let taken = world.get("/v1/invoices/i1").await["steps"][0]["step"].clone();
        assert_eq!(taken, step, "{treatment}");
    }
}

#[tokio::test]
async fn the_ignore_list_names_the_first_entry_that_fits_and_takes_payments_with_it() {
    let entries = json!([
        { "field": "number", "value": "PRO-*", "reason": "pro forma" },
        { "field": "label", "value": "internal", "reason": "our own" },
        { "field": "paymentCondition", "value": "DD", "reason": "collected elsewhere" },
        { "field": "debtor", "value": "D2", "reason": "a branch office" }
    ]);
    // (what is told, the rule, the reason)
    let table = [
        (json!({ "number": "PRO-12", "labels": ["internal"] }), Some("ignored_number pro forma")),
        (json!({ "number": "PR-12" }), None),
        (json!({ "labels": ["internal"] }), Some("ignored_label our own")),
        (json!({ "paymentCondition": "DD" }), Some("ignored_payment_condition collected elsewhere")),
        (json!({ "paymentCondition": "DD14" }), None),
        (json!({ "debtorId": "d2" }), Some("ignored_debtor a branch office")),
        (json!({ "kind": "creditNote", "number": "PRO-13" }), Some("ignored_number pro forma")),
        (json!({}), None),
    ];
    for (changes, expected) in table {
        let world = world().await;
        world.put("/v1/debtors/d2", &consumer("D2")).await;
        rules(&world, &json!({ "ignore": entries })).await;
        let outcome = tell(&world, "i1", &changes).await.body["outcome"].clone();
        assert_eq!(outcome, if expected.is_some() { "ignored" } else { "created" }, "{changes}");
        let listed: Vec<String> = expected.iter().map(|rule| format!("i1 {rule}")).collect();
        assert_eq!(left_out(&world).await, listed, "{changes}");
        let Some(_) = expected else { continue };
        // The same once more writes nothing, and a payment on it goes with it.
        let before = world.contents();
        tell(&world, "i1", &changes).await;
        assert_eq!(world.changes(&before), Vec::<String>::new(), "{changes}");
        let paid = world.put("/v1/payments/p1", &payment("i1", "21.00", "2026-08-21")).await;
        assert_eq!(paid.body["outcome"], "ignored", "{changes}: {}", paid.body);
        assert!(left_out(&world).await.contains(&"p1 invoice_ignored".to_owned()), "{changes}");
        for debtor in ["d1", "d2"] {
            assert_eq!(world.get(&format!("/v1/debtors/{debtor}")).await["balance"], "0.00", "{changes}");
        }
    }
}

#[tokio::test]
async fn a_rule_that_comes_later_leaves_what_is_known_as_it_is() {
    let world = world().await;
    tell(&world, "i1", &json!({})).await;
    rules(&world, &json!({ "ignore": [{ "field": "number", "value": "E-*", "reason": "from now on" }] }))
        .await;
    let newer = json!({ "total": "100.00", "open": "100.00", "modifiedAt": "2026-08-21T08:00:00Z" });
    assert_eq!(tell(&world, "i1", &newer).await.body["outcome"], "changed");
    assert_eq!(tell(&world, "i2", &json!({ "number": "E-2026-18" })).await.body["outcome"], "ignored");
    world.go_to("2026-09-09T08:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08"]);
    assert!(!world.mail.taken()[0].mail.text.contains("E-2026-18"));
}

#[tokio::test]
async fn a_payment_condition_chooses_a_policy_or_no_follow_up_at_all() {
    let world = world().await;
    let late =
        json!({ "name": "Late", "steps": [{ "id": "reminder-1", "kind": "reminder", "afterDays": 30 }] });
    world.put("/v1/policies/late", &late).await;
    let conditions = json!([{ "condition": "30D", "policyId": "late" }]);
    world.put("/v1/settings", &json!({ "policyOfCondition": conditions })).await;
    rules(&world, &json!({ "noFollowUp": ["BARTER"] })).await;
    for (id, condition) in [("i1", Value::Null), ("i2", json!("30D")), ("i3", json!("BARTER"))] {
        world.put(&format!("/v1/debtors/{id}"), &consumer(&id.to_uppercase())).await;
        let told = json!({ "debtorId": id, "number": format!("E-2026-{id}"), "paymentCondition": condition });
        tell(&world, id, &told).await;
    }
    let view = world.get("/v1/debtors/i3").await;
    assert!(view["nextAction"].is_null() && view["noAction"]["reason"].is_string(), "{view}");
    world.go_to("2026-10-10T08:00:00Z").await;
    let to = |who: &str| {
        let mails = world.mail.taken();
        let days = mails.iter().filter(|t| t.mail.to == [format!("{who}@example.nl")]);
        days.map(|t| domain::calendar::today(t.at).to_string()).collect::<Vec<_>>()
    };
    assert_eq!(to("i1"), ["2026-09-08", "2026-09-22", "2026-10-06"]);
    assert_eq!(to("i2"), ["2026-10-01"]);
    assert_eq!(to("i3"), [""; 0]);
}

#[tokio::test]
async fn what_is_deleted_and_what_is_left_out_is_read_in_pages() {
    let world = world().await;
    rules(&world, &json!({ "ignore": [{ "field": "number", "value": "X-*", "reason": "x" }] })).await;
    for number in 1..=5 {
        tell(&world, &format!("i{number}"), &json!({ "number": format!("X-{number}") })).await;
        tell(&world, &format!("k{number}"), &json!({ "number": format!("K-{number}") })).await;
        let path = format!("/v1/invoices/k{number}?modifiedAt=2026-08-20T09:00:00Z");
        assert_eq!(world.call("DELETE", &path, None).await.body["outcome"], "deleted");
    }
    for (path, letter) in [("/v1/ignored?limit=2", "i"), ("/v1/deleted?kind=invoice&limit=2", "k")] {
        let mut ids: Vec<String> = Vec::new();
        let mut next = String::new();
        loop {
            let page = world.get(&format!("{path}{next}")).await;
            let items = page["items"].as_array().expect("a list").clone();
            assert!(items.len() <= 2, "{page}");
            ids.extend(items.iter().map(|i| i["id"].as_str().expect("an id").to_owned()));
            let Some(cursor) = page["nextCursor"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        ids.sort();
        assert_eq!(ids, (1..=5).map(|n| format!("{letter}{n}")).collect::<Vec<_>>(), "{path}");
    }
}

async fn reference(world: &World, id: &str) -> Value {
    world.get(&format!("/v1/invoices/{id}")).await["paymentReference"].clone()
}

#[tokio::test]
async fn an_invoice_without_a_reference_gets_one_of_its_own_that_stays() {
    for (dutch, scheme, expected) in [(true, "nl16", "5000000000202617"), (false, "rf", "RF48202617")] {
        let world = world().await;
        rules(&world, &json!({ "dutchReferences": dutch })).await;
        tell(&world, "i1", &json!({})).await;
        let made = reference(&world, "i1").await;
        assert_eq!(made["scheme"], scheme);
        let value = made["value"].as_str().expect("a reference").to_owned();
        let checked = match dutch {
            true => formats::reference::check_nl(&value),
            false => formats::reference::check_rf(&value),
        };
        assert_eq!((checked, value.as_str()), (Ok(()), expected));
        // Another invoice of the same number, and one whose number says too little, have their own.
        tell(&world, "i2", &json!({ "number": "F-2026-17" })).await;
        tell(&world, "i3", &json!({ "number": "F-3" })).await;
        let others = [reference(&world, "i2").await, reference(&world, "i3").await];
        assert!(others.iter().all(|r| r["scheme"] == scheme && *r != made), "{others:?}");
        assert_ne!(others[0], others[1]);

        // It stays: the same version again, newer versions with another number, other rules, deleted and back.
        let before = world.contents();
        assert_eq!(tell(&world, "i1", &json!({})).await.body["outcome"], "unchanged");
        assert_eq!(world.changes(&before), Vec::<String>::new());
        let renamed = json!({ "number": "E-2026-99", "modifiedAt": "2026-08-21T00:00:00Z" });
        assert_eq!(tell(&world, "i1", &renamed).await.body["outcome"], "changed");
        assert_eq!(reference(&world, "i1").await, made);
        rules(&world, &json!({ "dutchReferences": !dutch })).await;
        tell(&world, "i1", &json!({ "modifiedAt": "2026-08-22T00:00:00Z" })).await;
        assert_eq!(reference(&world, "i1").await, made);
        world.call("DELETE", "/v1/invoices/i1?modifiedAt=2026-08-23T00:00:00Z", None).await;
        tell(&world, "i1", &json!({ "modifiedAt": "2026-08-24T00:00:00Z" })).await;
        assert_eq!(reference(&world, "i1").await, made);
        // A ledger that tells it back tells nothing new; one that has its own is believed.
        let back = json!({ "paymentReference": made, "modifiedAt": "2026-08-25T00:00:00Z" });
        assert_eq!(tell(&world, "i1", &back).await.body["outcome"], "unchanged");
        tell(&world, "i1", &json!({ "modifiedAt": "2026-08-26T00:00:00Z" })).await;
        assert_eq!(reference(&world, "i1").await, made);
        let own = json!({ "scheme": "nl16", "value": "5000056789012345" });
        tell(&world, "i1", &json!({ "paymentReference": own, "modifiedAt": "2026-08-27T00:00:00Z" })).await;
        assert_eq!(reference(&world, "i1").await, own);
    }
}

#[tokio::test]
async fn a_credit_note_gets_no_reference_and_an_older_version_makes_none() {
    let world = world().await;
    tell(&world, "c1", &json!({ "kind": "creditNote", "number": "C-2026-1", "open": null })).await;
    assert_eq!(reference(&world, "c1").await, Value::Null);
    let own = json!({ "scheme": "text", "value": "as agreed" });
    tell(&world, "i1", &json!({ "paymentReference": own })).await;
    let before = world.contents();
    let older = json!({ "modifiedAt": "2026-08-01T00:00:00Z" });
    assert_eq!(tell(&world, "i1", &older).await.body["outcome"], "older");
    assert_eq!(world.changes(&before), Vec::<String>::new());
    // One that the ledger takes away is replaced by one of ours.
    tell(&world, "i1", &json!({ "modifiedAt": "2026-08-21T00:00:00Z" })).await;
    assert_eq!(reference(&world, "i1").await["scheme"], "rf");
}

#[tokio::test]
async fn a_wrong_reference_is_refused_by_field_and_rule() {
    let world = world().await;
    let table = [
        ("nl16", "5000056789012346", "reference_checksum"),
        ("nl16", "500005678901234", "reference_length"),
        ("nl16", "50000567890123AB", "reference_characters"),
        ("rf", "RF19539007547034", "reference_checksum"),
        ("rf", "539007547034", "reference_prefix"),
        ("rf", "RF18", "reference_empty"),
    ];
    for (scheme, value, code) in table {
        let told = body(&json!({ "paymentReference": { "scheme": scheme, "value": value } }));
        let one = world.call("PUT", "/v1/invoices/i1", Some(&told)).await;
        let many = json!({ "records": [{ "type": "invoice", "id": "i1", "body": told }] });
        let many = world.call("POST", "/v1/bulk", Some(&many)).await.body["results"][0].clone();
        for (status, problem) in
            [(json!(one.status.as_u16()), &one.body), (many["status"].clone(), &many["problem"])]
        {
            let error = &problem["errors"][0];
            assert_eq!(
                (&status, &error["path"], &error["code"]),
                (&json!(400), &json!("paymentReference.value"), &json!(code)),
                "{value}: {problem}"
            );
        }
    }
    assert_eq!(world.call("GET", "/v1/invoices/i1", None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_made_reference_is_on_the_mail_in_the_qr_code_and_at_the_provider_and_the_bank_finds_it() {
    for dutch in [true, false] {
        let world = world().await;
        rules(&world, &json!({ "dutchReferences": dutch })).await;
        tell(&world, "i1", &json!({ "number": "F-3" })).await;
        let value = reference(&world, "i1").await["value"].as_str().expect("a reference").to_owned();
        world.connect_payment_providers().await;
        let asked = json!({ "invoiceId": "i1" });
        assert_eq!(
            world.call("POST", "/v1/payment-requests", Some(&asked)).await.status,
            StatusCode::CREATED
        );
        assert!(world.mollie.asked()[0].description.contains(&value), "{:?}", world.mollie.asked());
        world.go_to("2026-09-09T08:00:00Z").await;
        let mail = world.mail.taken().remove(0).mail;
        let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert!(plain(&mail.text).contains(&value), "{value} is not in {}", mail.text);
        assert_eq!(mail.inline_images.len(), 1, "the QR code");

        // Somebody pays with nothing but the reference.
        let line = super::bank_line_of("l1", "121.00", &value);
        let records = records::Records { store: world.store.clone(), clock: world.clock() };
        let origin = records::Origin { administration: world.administration.clone(), by: "bank".to_owned() };
        let taken = records.take_statement(&origin, &line).await.expect("a statement");
        assert_eq!(taken.statement.counts.matched, 1);
        world.settle().await;
        assert_eq!(world.get("/v1/invoices/i1").await["status"], "paid", "{value}");
    }
}
