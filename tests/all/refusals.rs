//! What is refused, with which status, where and why; and that nothing of it is stored.

use http::StatusCode;
use runtime::http::Caller;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::world::{Answer, Asked, World};

const UBL: &str = include_str!("../../shared/formats/tests-data/invoice-consumer.xml");

/// Two debtors, of whom the first has an invoice and a payment on it.
pub async fn world() -> World {
    let world = World::at("2026-09-01T08:00:00Z").await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/debtors/d2", &consumer("D2")).await;
    world.put("/v1/invoices/i1", &invoice("d1", "1", "2026-08-01", "2026-08-15", "121.00")).await;
    world.put("/v1/payments/p1", &payment("i1", "21.00", "2026-08-10")).await;
    world
}

pub fn is_problem(answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.body);
    assert_eq!(answer.header("api-version"), "1");
    assert_eq!(answer.body["status"], status);
    assert!(answer.body["type"].as_str().is_some_and(|t| t.starts_with("urn:tijdig:problem:")));
    assert!(answer.body["title"].is_string());
}

/// Path and code of each error, in order.
pub fn errors(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let errors = answer.body["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|e| (text(&e["path"]), text(&e["code"]))).collect()
}

/// The body with this at the end of the path: `a.b` or `a.0`.
pub fn with(body: &Value, path: &str, value: Value) -> Value {
    let mut body = body.clone();
    let mut place = &mut body;
    for part in path.split('.') {
        place = match part.parse::<usize>() {
            Ok(index) => &mut place[index],
            Err(_) => &mut place[part],
        };
    }
    *place = value;
    body
}

#[tokio::test]
async fn a_bad_record_is_refused_with_its_place_and_rule_and_is_not_stored() {
    let world = world().await;
    let (debtor, bill, paid) = (
        consumer("D3"),
        invoice("d1", "2", "2026-09-01", "2026-09-15", "121.00"),
        payment("i1", "21.00", "2026-09-01"),
    );
    let (d, i, p) = (("/v1/debtors/d3", &debtor), ("/v1/invoices/i2", &bill), ("/v1/payments/p2", &paid));
    let lines = json!([{ "description": "a", "amount": "1.00" }, { "description": "b", "amount": "1.001" }]);
    let (long, many) = ("x".repeat(201), vec!["a@b.nl"; 11]);
    // (where, what is put, which value, the error's path if it is another, its code)
    type Row<'a> = ((&'a str, &'a Value), &'a str, Value, &'a str, &'a str);
    let table: Vec<Row<'_>> = vec![
        (d, "bsn", json!("123456782"), "", "unknown_field"),
        (d, "person.bsn", json!("123456782"), "", "unknown_field"),
        (d, "address.bsn", json!(null), "", "unknown_field"),
        (d, "kind", json!("company"), "", "unknown_value"),
        (d, "name", json!(""), "", "length"),
        (d, "name", json!(long), "", "length"),
        (d, "name", json!(null), "", "wrong_type"),
        (d, "name", json!("a\u{0}b"), "", "control_character"),
        (d, "emails", json!(["jan"]), "emails[0]", "not_an_email_address"),
        (d, "emails", json!(["a@b.nl", "a b@c.nl"]), "emails[1]", "not_an_email_address"),
        (d, "emails", json!(["a@b.nl\r\nBcc: x@y.nl"]), "emails[0]", "not_an_email_address"),
        (d, "emails", json!(many), "", "too_many"),
        (d, "emails", json!("a@b.nl"), "", "wrong_type"),
        (d, "mobile", json!("call me"), "", "not_a_phone_number"),
        (d, "phone", json!("12"), "", "not_a_phone_number"),
        (d, "person.birthDate", json!("1985-02-30"), "", "not_a_date"),
        (d, "person.birthDate", json!("12-04-1985"), "", "not_a_date"),
        (d, "address.postcode", json!("3511"), "", "not_a_postcode"),
        (d, "address.postcode", json!("0511AA"), "", "not_a_postcode"),
        (d, "address.country", json!("Nederland"), "", "not_a_country"),
        (d, "kvkNumber", json!("1234567"), "", "not_a_kvk_number"),
        (d, "iban", json!("NL91ABNA0417164301"), "", "iban_checksum"),
        (d, "iban", json!("NL91"), "", "iban_checksum"),
        (d, "language", json!("de"), "", "unknown_value"),
        (d, "modifiedAt", json!("yesterday"), "", "wrong_form"),
        (i, "bsn", json!("123456782"), "", "unknown_field"),
        (
            i,
            "lines",
            json!([{ "description": "a", "amount": "1.00", "vat": "21" }]),
            "lines[0].vat",
            "unknown_field",
        ),
        (i, "total", json!("-1.00"), "", "negative_amount"),
        (i, "total", json!("1.001"), "", "too_many_decimals"),
        (i, "total", json!("1000000000.00"), "", "amount_too_large"),
        (i, "total", json!("121,00"), "", "not_a_number"),
        (i, "total", json!("1e2"), "", "not_a_number"),
        (i, "total", json!(121.00), "", "wrong_type"),
        (i, "total", json!(null), "", "wrong_type"),
        (i, "open", json!("-0.01"), "", "negative_amount"),
        (i, "lines", lines, "lines[1].amount", "too_many_decimals"),
        (i, "issueDate", json!("2026-02-30"), "", "not_a_date"),
        (i, "issueDate", json!("2026-9-1"), "", "not_a_date"),
        (i, "dueDate", json!("2026-09-15T00:00:00Z"), "", "not_a_date"),
        (i, "dueDate", json!(null), "", "required"),
        (i, "currency", json!("USD"), "", "not_eur"),
        (i, "kind", json!("proforma"), "", "unknown_value"),
        (
            i,
            "paymentReference",
            json!({ "scheme": "nl16", "value": "5000056789012346" }),
            "paymentReference.value",
            "reference_checksum",
        ),
        (
            i,
            "paymentReference",
            json!({ "scheme": "rf", "value": "RF19539007547034" }),
            "paymentReference.value",
            "reference_checksum",
        ),
        (
            i,
            "paymentReference",
            json!({ "scheme": "iban", "value": "1" }),
            "paymentReference.scheme",
            "unknown_value",
        ),
        (i, "debtorId", json!("d9"), "", "unknown_debtor"),
        (i, "debtorId", json!("d 9"), "", "not_an_id"),
        (i, "policyId", json!("nobodys"), "", "unknown_policy"),
        (d, "policyId", json!("nobodys"), "", "unknown_policy"),
        (p, "amount", json!("-5.00"), "", "negative_amount"),
        (p, "amount", json!("0.00"), "", "zero_amount"),
        (p, "amount", json!("0.005"), "", "too_many_decimals"),
        (p, "receivedOn", json!("today"), "", "not_a_date"),
        (p, "invoiceId", json!("i9"), "", "unknown_invoice"),
        (p, "invoiceId", json!(null), "", "required"),
        (p, "debtorId", json!("d2"), "", "invoice_of_another_debtor"),
        (p, "kind", json!("refund"), "", "unknown_value"),
    ];
    let before = world.table.all();
    for ((address, body), path, value, error, code) in table {
        let answer = world.call("PUT", address, Some(&with(body, path, value))).await;
        is_problem(&answer, 400);
        let place = if error.is_empty() { path } else { error };
        assert_eq!(errors(&answer), [(place.to_owned(), code.to_owned())], "{address}");
        assert_eq!(world.table.all(), before, "{address} {place} {code}");
    }
    // With nothing wrong in it, each of the three would have been taken in.
    for (address, body) in [d, i, p] {
        assert_eq!(world.call("PUT", address, Some(body)).await.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once() {
    let world = world().await;
    let body = with(&with(&consumer("D3"), "address.postcode", json!("x")), "emails", json!(["y"]));
    let body = with(&body, "name", json!(" "));
    let found = errors(&world.call("PUT", "/v1/debtors/d3", Some(&body)).await);
    let expected =
        [("name", "length"), ("emails[0]", "not_an_email_address"), ("address.postcode", "not_a_postcode")];
    assert_eq!(found, expected.map(|(path, code)| (path.to_owned(), code.to_owned())));
}

#[tokio::test]
async fn what_rules_forbid_is_told_apart_from_what_is_badly_written() {
    let world = world().await;
    let before = world.table.all();
    let of_another = invoice("d2", "1", "2026-08-01", "2026-08-15", "121.00");
    let mut note = invoice("d1", "1", "2026-08-01", "2026-08-15", "121.00");
    note["kind"] = json!("creditNote");
    let mut elsewhere = payment("i1", "21.00", "2026-08-10");
    elsewhere["invoiceId"] = json!(null);
    elsewhere["debtorId"] = json!("d2");
    let table = [
        ("/v1/invoices/i1", of_another, "invoice_of_another_debtor"),
        ("/v1/invoices/i1", note, "kind_is_fixed"),
        ("/v1/payments/p1", elsewhere, "payment_is_elsewhere"),
    ];
    for (path, body, code) in table {
        let answer = world.call("PUT", path, Some(&body)).await;
        is_problem(&answer, 409);
        assert_eq!(answer.body["type"], format!("urn:tijdig:problem:{code}"));
        assert_eq!(world.table.all(), before, "{code}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let world = world().await;
    let before = world.table.all();
    let text = json!({ "enabled": false, "reason": "x" });
    let table = [
        ("GET", "/v1/debtors/d9", None),
        ("GET", "/v1/debtors/d9/timeline", None),
        ("GET", "/v1/debtors/d9/signal-conditions?type=early", None),
        ("GET", "/v1/debtors/d9/disconnection", None),
        ("POST", "/v1/debtors/d9/early-signalling", Some(&text)),
        ("GET", "/v1/invoices/i9", None),
        ("GET", "/v1/payments/p9", None),
        ("DELETE", "/v1/holds/d9.h1", None),
        ("DELETE", "/v1/holds/d1.h1", None),
        ("DELETE", "/v1/holds/administration.h1", None),
        ("DELETE", "/v1/holds/nonsense", None),
        ("POST", "/v1/signals/d1.s1/send", None),
        ("GET", "/v1/policies/nobodys", None),
        ("GET", "/v1/policies/standard?version=2", None),
        ("DELETE", "/v1/policies/nobodys", None),
        ("GET", "/v1/texts/reminder/email/nl/formal", None),
        ("DELETE", "/v1/texts/reminder/email/nl/formal", None),
        ("GET", "/v1/settings?version=2", None),
        ("GET", "/v1/signal-rules/crisis?version=2", None),
        ("GET", "/v1/nothing", None),
        ("GET", "/", None),
    ];
    for (method, path, body) in table {
        let answer = world.call(method, path, body).await;
        is_problem(&answer, 404);
        assert_eq!(world.table.all(), before, "{method} {path}");
    }
    is_problem(&world.call("PATCH", "/v1/debtors/d1", None).await, 405);
    is_problem(&world.call("DELETE", "/v1/settings", None).await, 405);
}

#[tokio::test]
async fn a_deletion_says_as_of_when() {
    let world = world().await;
    let before = world.table.all();
    for record in ["debtors/d1", "invoices/i1", "payments/p1"] {
        for (query, path, code) in [
            ("", "modifiedAt", "missing_field"),
            ("?modifiedAt=", "modifiedAt", "wrong_form"),
            ("?modifiedAt=yesterday", "modifiedAt", "wrong_form"),
            ("?modifiedAt=2026-09-01T00:00:00Z&force=1", "force", "unknown_field"),
        ] {
            let answer = world.call("DELETE", &format!("/v1/{record}{query}"), None).await;
            is_problem(&answer, 400);
            assert_eq!(errors(&answer), [(path.to_owned(), code.to_owned())], "{record}{query}");
        }
        assert_eq!(world.table.all(), before, "{record}");
    }
    let answer = world.call("GET", "/v1/deleted", None).await;
    assert_eq!(errors(&answer), [("kind".to_owned(), "missing_field".to_owned())]);
    let answer = world.call("GET", "/v1/deleted?kind=hold", None).await;
    assert_eq!(errors(&answer), [("kind".to_owned(), "unknown_value".to_owned())]);
}

#[tokio::test]
async fn a_list_refuses_a_page_that_cannot_be() {
    let world = world().await;
    let lists = [
        "/v1/debtors",
        "/v1/invoices",
        "/v1/payments",
        "/v1/signals",
        "/v1/debtors/d1/timeline",
        "/v1/work-lists/tasks",
        "/v1/work-lists/outstanding",
    ];
    let table = [
        ("cursor=nonsense", "cursor", "bad_cursor"),
        ("limit=0", "limit", "out_of_range"),
        ("limit=201", "limit", "out_of_range"),
        ("limit=-1", "limit", "wrong_form"),
        ("limit=many", "limit", "wrong_form"),
        ("page=2", "page", "unknown_field"),
        ("limit=1&limit=2", "limit", "duplicate_field"),
    ];
    for list in lists {
        for (query, path, code) in table {
            let answer = world.call("GET", &format!("{list}?{query}"), None).await;
            is_problem(&answer, 400);
            assert_eq!(errors(&answer), [(path.to_owned(), code.to_owned())], "{list}?{query}");
        }
        for limit in [1, 200] {
            let answer = world.call("GET", &format!("{list}?limit={limit}"), None).await;
            assert_eq!(answer.status, StatusCode::OK, "{list} {limit}");
        }
    }
    // A cursor is good for the list that gave it.
    let cursor = world.get("/v1/debtors?limit=1").await["nextCursor"].as_str().unwrap().to_owned();
    for list in ["/v1/payments", "/v1/debtors/d1/timeline", "/v1/invoices"] {
        let answer = world.call("GET", &format!("{list}?cursor={cursor}"), None).await;
        assert_eq!(errors(&answer), [("cursor".to_owned(), "bad_cursor".to_owned())], "{list}");
    }
    for (query, path) in
        [("status=late", "status"), ("debtorId=d%209", "debtorId"), ("updatedAfter=x", "updatedAfter")]
    {
        let answer = world.call("GET", &format!("/v1/invoices?{query}"), None).await;
        is_problem(&answer, 400);
        assert_eq!(errors(&answer)[0].0, path);
    }
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_and_no_more() {
    let world = world().await;
    let (own, of_debtor) = (json!({ "closing": "x" }), json!({ "debtorId": "d1" }));
    let (debtor, bill, paid) = (
        consumer("D3"),
        invoice("d1", "2", "2026-09-01", "2026-09-15", "121.00"),
        payment("i1", "21.00", "2026-09-01"),
    );
    let hold = json!({ "scope": { "debtorId": "d1" }, "covers": "reminders", "reason": "x" });
    let bulk = json!({ "records": [] });
    let off = json!({ "enabled": false, "reason": "x" });
    let (reason, many) = (json!({ "reason": "x" }), json!({ "signalIds": [] }));
    let plan = json!({ "debtorId": "d1", "instalments": 2, "every": "month", "firstOn": "2027-01-01",
        "proposedBy": "creditor" });
    let dispute = json!({ "invoiceId": "i1", "reason": "other", "text": "x" });
    let decision = json!({ "decision": "rejected", "amount": null, "reason": "x" });
    let promise = json!({ "debtorId": "d1", "payBy": "2027-01-01" });
    let message = json!({ "author": "debtor", "debtorId": "d1", "text": "x" });
    let mail = json!({ "messageId": "m", "from": "a@example.nl", "subject": "x", "text": "x" });
    let (statement, standard) = (json!({}), json!({ "title": "x", "language": "nl", "text": "x" }));
    let bailiff = json!({ "bailiff": "x" });
    let (spoke, done) = (json!({ "outcome": "spoke" }), json!({ "note": "x" }));
    let note = json!({ "debtorId": "d1", "text": "x" });
    let (weeks, grace) = (json!({ "weeksBeforeReminder": 2 }), json!({ "graceDays": 3 }));
    let rules = json!({ "minimumOutstanding": "1.00", "minimumFinalReminders": 2, "minimumReminders": 3,
        "minimumContactEfforts": 2, "minimumDays": 30, "maximumDays": null, "minimumChange": "1.00",
        "automatic": true });
    let table = [
        ("PUT", "/v1/debtors/d3", Some(&debtor), "debtors:write"),
        ("GET", "/v1/debtors/d1", None, "debtors:read"),
        ("GET", "/v1/debtors", None, "debtors:read"),
        ("GET", "/v1/debtors/d1/timeline", None, "debtors:read"),
        ("GET", "/v1/overview", None, "debtors:read"),
        ("POST", "/v1/overview/rebuild", None, "settings:write"),
        ("GET", "/v1/work-lists/tasks", None, "debtors:read"),
        ("PUT", "/v1/invoices/i2", Some(&bill), "invoices:write"),
        ("GET", "/v1/invoices/i1", None, "invoices:read"),
        ("GET", "/v1/invoices", None, "invoices:read"),
        ("PUT", "/v1/payments/p2", Some(&paid), "payments:write"),
        ("GET", "/v1/payments/p1", None, "payments:read"),
        ("GET", "/v1/payments", None, "payments:read"),
        ("POST", "/v1/bulk", Some(&bulk), "invoices:write"),
        ("POST", "/v1/bulk", Some(&bulk), "debtors:write"),
        ("POST", "/v1/bulk", Some(&bulk), "payments:write"),
        ("POST", "/v1/holds", Some(&hold), "holds:write"),
        ("DELETE", "/v1/holds/d1.h1", None, "holds:write"),
        ("POST", "/v1/payment-plans", Some(&plan), "plans:write"),
        ("GET", "/v1/payment-plans/d1.p1", None, "plans:read"),
        ("POST", "/v1/payment-plans/d1.p1/approve", None, "plans:write"),
        ("POST", "/v1/payment-plans/d1.p1/reject", Some(&reason), "plans:write"),
        ("POST", "/v1/payment-plans/d1.p1/end", Some(&reason), "plans:write"),
        ("POST", "/v1/disputes", Some(&dispute), "disputes:write"),
        ("GET", "/v1/disputes/d1.d1", None, "disputes:read"),
        ("POST", "/v1/disputes/d1.d1/decide", Some(&decision), "disputes:write"),
        ("POST", "/v1/promises", Some(&promise), "promises:write"),
        ("GET", "/v1/promises/d1.m1", None, "promises:read"),
        ("POST", "/v1/promises/d1.m1/withdraw", Some(&reason), "promises:write"),
        ("POST", "/v1/messages", Some(&message), "messages:write"),
        ("GET", "/v1/messages?debtorId=d1", None, "messages:read"),
        ("GET", "/v1/messages/d1.w1", None, "messages:read"),
        ("POST", "/v1/messages/d1.w1/read", None, "messages:write"),
        ("POST", "/v1/message-uploads", None, "messages:write"),
        ("GET", "/v1/messages/d1.w1/attachments/1", None, "messages:read"),
        ("POST", "/v1/debtors/d1/statement", Some(&statement), "messages:write"),
        ("POST", "/v1/incoming-mails", Some(&mail), "messages:write"),
        ("GET", "/v1/incoming-mails", None, "messages:read"),
        ("POST", "/v1/incoming-mails/ab/file", Some(&of_debtor), "messages:write"),
        ("DELETE", "/v1/incoming-mails/ab", None, "messages:write"),
        ("GET", "/v1/standard-texts", None, "settings:read"),
        ("GET", "/v1/standard-texts/meter", None, "settings:read"),
        ("PUT", "/v1/standard-texts/meter", Some(&standard), "settings:write"),
        ("DELETE", "/v1/standard-texts/meter", None, "settings:write"),
        ("POST", "/v1/standard-texts/meter/fill", Some(&of_debtor), "messages:read"),
        ("GET", "/v1/calls", None, "tasks:read"),
        ("POST", "/v1/calls/d1.n1/outcome", Some(&spoke), "tasks:write"),
        ("GET", "/v1/tasks", None, "tasks:read"),
        ("POST", "/v1/tasks/d1.t1/done", Some(&done), "tasks:write"),
        ("POST", "/v1/notes", Some(&note), "notes:write"),
        ("GET", "/v1/debtors/d1/notes", None, "notes:read"),
        ("DELETE", "/v1/notes/d1.k1", None, "notes:write"),
        ("GET", "/v1/cases/d1.c1", None, "cases:read"),
        ("POST", "/v1/cases/d1.c1/hand-over", Some(&bailiff), "cases:write"),
        ("POST", "/v1/cases/d1.c1/take-back", Some(&reason), "cases:write"),
        ("POST", "/v1/cases/d1.c1/dossier", None, "dossiers:write"),
        ("GET", "/v1/cases/d1.c1/dossier", None, "dossiers:read"),
        ("GET", "/v1/debtors/d1/signal-conditions?type=early", None, "signals:read"),
        ("GET", "/v1/debtors/d1/disconnection", None, "signals:read"),
        ("POST", "/v1/debtors/d1/early-signalling", Some(&off), "signals:write"),
        ("GET", "/v1/signals", None, "signals:read"),
        ("POST", "/v1/signals/d1.s1/send", None, "signals:write"),
        ("POST", "/v1/signals/d1.s1/withdraw", Some(&reason), "signals:write"),
        ("POST", "/v1/signals/send", Some(&many), "signals:write"),
        ("GET", "/v1/policies", None, "settings:read"),
        ("GET", "/v1/policies/standard", None, "settings:read"),
        ("PUT", "/v1/policies/standard", Some(&weeks), "settings:write"),
        ("DELETE", "/v1/policies/standard", None, "settings:write"),
        ("POST", "/v1/policies/standard/preview", Some(&weeks), "settings:read"),
        ("POST", "/v1/policies/standard/preview", Some(&weeks), "debtors:read"),
        ("GET", "/v1/texts", None, "settings:read"),
        ("GET", "/v1/texts/reminder/email/nl/formal", None, "settings:read"),
        ("GET", "/v1/texts/reminder/email/nl/formal/default", None, "settings:read"),
        ("PUT", "/v1/texts/reminder/email/nl/formal", Some(&own), "settings:write"),
        ("DELETE", "/v1/texts/reminder/email/nl/formal", None, "settings:write"),
        ("POST", "/v1/texts/reminder/email/nl/formal/preview", Some(&of_debtor), "settings:read"),
        ("POST", "/v1/texts/reminder/email/nl/formal/preview", Some(&of_debtor), "debtors:read"),
        ("GET", "/v1/settings", None, "settings:read"),
        ("PUT", "/v1/settings", Some(&grace), "settings:write"),
        ("POST", "/v1/settings/preview", Some(&grace), "debtors:read"),
        ("GET", "/v1/signal-rules/early", None, "settings:read"),
        ("PUT", "/v1/signal-rules/early", Some(&rules), "settings:write"),
        ("POST", "/v1/signal-rules/early/preview", Some(&rules), "debtors:read"),
    ];
    let before = world.table.all();
    for (method, path, body, scope) in table {
        let mut caller = world.caller();
        caller.scopes.retain(|s| s != scope);
        let body = body.map(|b| b.to_string()).unwrap_or_default().into_bytes();
        let asked = |caller: Option<Caller>| Asked {
            method,
            path,
            content_type: "application/json",
            body: body.clone(),
            headers: &[],
            caller,
        };
        let answer = world.ask(&asked(Some(caller))).await;
        is_problem(&answer, 403);
        assert_eq!(answer.body["type"], "urn:tijdig:problem:missing_scope", "{method} {path}");
        // Without a token nothing is done at all.
        let answer = world.ask(&asked(None)).await;
        is_problem(&answer, 401);
        assert_eq!(world.table.all(), before, "{method} {path}");
    }
}

#[tokio::test]
async fn nothing_of_another_administration_can_be_seen_or_changed() {
    let world = world().await;
    world.keep_overview();
    world.settle().await;
    let mut stranger = world.caller();
    stranger.administration = domain::ids::AdministrationId::parse("other").unwrap();
    let mut settings = None;
    world.change_settings(|s| settings = Some(s.clone())).await;
    let mut settings = settings.unwrap();
    settings.id = stranger.administration.clone();
    world.store.put_administration(&settings, None).await.unwrap();
    let hold = json!({ "scope": { "debtorId": "d1" }, "covers": "reminders", "reason": "x" }).to_string();
    let everyone = json!({ "scope": { "administration": "demo" }, "covers": "reminders", "reason": "x" });
    let message = json!({ "author": "debtor", "debtorId": "d1", "text": "x" }).to_string();
    world.call("POST", "/v1/messages", Some(&serde_json::from_str(&message).unwrap())).await;
    let standard = json!({ "title": "x", "language": "nl", "text": "x" });
    world.put("/v1/standard-texts/meter", &standard).await;
    let table = [
        ("GET", "/v1/debtors/d1", String::new(), 404),
        ("GET", "/v1/debtors/d1/timeline", String::new(), 404),
        ("GET", "/v1/invoices/i1", String::new(), 404),
        ("GET", "/v1/payments/p1", String::new(), 404),
        ("GET", "/v1/messages/d1.w1", String::new(), 404),
        ("POST", "/v1/messages/d1.w1/read", String::new(), 404),
        ("GET", "/v1/cases/d1.c1/dossier", String::new(), 404),
        ("POST", "/v1/cases/d1.c1/dossier", String::new(), 404),
        ("GET", "/v1/messages/d1.w1/attachments/1", String::new(), 404),
        ("GET", "/v1/messages?invoiceId=i1", String::new(), 400),
        ("GET", "/v1/standard-texts/meter", String::new(), 404),
        ("POST", "/v1/messages", message, 400),
        ("POST", "/v1/debtors/d1/statement", "{}".to_owned(), 404),
        ("GET", "/v1/debtors/d1/notes", String::new(), 404),
        ("GET", "/v1/tasks?debtorId=d1", String::new(), 404),
        ("POST", "/v1/tasks/d1.t1/done", "{}".to_owned(), 404),
        ("POST", "/v1/calls/d1.n1/outcome", json!({ "outcome": "spoke" }).to_string(), 404),
        ("POST", "/v1/notes", json!({ "debtorId": "d1", "text": "x" }).to_string(), 400),
        ("DELETE", "/v1/notes/d1.k1", String::new(), 404),
        ("POST", "/v1/holds", hold, 400),
        ("POST", "/v1/holds", everyone.to_string(), 400),
    ];
    let before = world.table.all();
    for (method, path, body, status) in table {
        let asked = Asked {
            method,
            path,
            content_type: "application/json",
            body: body.into_bytes(),
            headers: &[],
            caller: Some(stranger.clone()),
        };
        is_problem(&world.ask(&asked).await, status);
        assert_eq!(world.table.all(), before, "{method} {path}");
    }
    let lists = ["/v1/debtors", "/v1/invoices", "/v1/payments", "/v1/signals", "/v1/standard-texts"];
    for list in lists.into_iter().chain([
        "/v1/messages?unread=true",
        "/v1/messages?debtorId=d1",
        "/v1/debtors?q=vries",
        "/v1/work-lists/outstanding",
        "/v1/tasks",
        "/v1/calls",
    ]) {
        let asked = Asked {
            method: "GET",
            path: list,
            content_type: "application/json",
            body: Vec::new(),
            headers: &[],
            caller: Some(stranger.clone()),
        };
        assert_eq!(world.ask(&asked).await.body["items"], json!([]), "{list}");
    }
}

#[tokio::test]
async fn a_body_that_is_none_is_refused_as_a_whole() {
    let world = world().await;
    let good = consumer("D3").to_string();
    let twice = good.replacen("{", "{\"number\":\"D3\",", 1);
    let table = [
        ("PUT", "/v1/debtors/d3", "application/json", "{", 400, "not_json"),
        ("PUT", "/v1/debtors/d3", "application/json", "", 400, "not_json"),
        ("PUT", "/v1/debtors/d3", "application/json", "[]", 400, "wrong_form"),
        ("PUT", "/v1/debtors/d3", "application/json", "\"x\"", 400, "wrong_type"),
        ("PUT", "/v1/debtors/d3", "application/json", "{\"number\":\"\u{fffd}", 400, "not_json"),
        ("PUT", "/v1/debtors/d3", "application/json", &format!("{good}{good}"), 400, "not_json"),
        ("PUT", "/v1/debtors/d3", "application/json", &twice, 400, "duplicate_field"),
        ("POST", "/v1/bulk", "application/json", "{\"records\":1}", 400, "wrong_type"),
        ("POST", "/v1/bulk", "application/json", "{}", 400, "missing_field"),
        ("POST", "/v1/holds", "application/json", "{", 400, "not_json"),
        ("PUT", "/v1/debtors/d3", "text/plain", &good, 415, ""),
        ("PUT", "/v1/debtors/d3", "application/x-www-form-urlencoded", &good, 415, ""),
        ("POST", "/v1/bulk", "text/plain", "{\"records\":[]}", 415, ""),
        ("POST", "/v1/holds", "application/xml", "{}", 415, ""),
        ("POST", "/v1/invoices", "application/json", UBL, 415, ""),
    ];
    let before = world.table.all();
    for (method, path, content_type, body, status, code) in table {
        let answer = world.send_request(method, path, content_type, body.into(), &[]).await;
        is_problem(&answer, status);
        let found = errors(&answer).first().map(|(_, code)| code.clone()).unwrap_or_default();
        assert_eq!(found, code, "{path} {body:.60}");
        assert_eq!(world.table.all(), before, "{path} {body:.60}");
    }
    let answer = world.call("PUT", "/v1/debtors/d%20x", Some(&consumer("D3"))).await;
    assert_eq!(errors(&answer), [("debtorId".to_owned(), "wrong_form".to_owned())]);
    assert_eq!(world.table.all(), before);
}

#[tokio::test]
async fn a_body_of_two_megabytes_is_not_read() {
    let world = world().await;
    let before = world.table.all();
    let mut large = consumer("D3");
    large["name"] = json!("x".repeat(2_000_000));
    let table = [
        ("PUT", "/v1/debtors/d3", "application/json"),
        ("POST", "/v1/bulk", "application/json"),
        ("POST", "/v1/holds", "application/json"),
        ("POST", "/v1/invoices", "application/xml"),
    ];
    for (method, path, content_type) in table {
        let answer =
            world.send_request(method, path, content_type, large.to_string().into_bytes(), &[]).await;
        is_problem(&answer, 413);
        assert_eq!(errors(&answer), [(String::new(), "body_too_large".to_owned())], "{path}");
    }
    assert_eq!(world.table.all(), before);
}

#[tokio::test]
async fn a_hold_that_cannot_be_is_not_placed() {
    let world = world().await;
    let good = json!({ "scope": { "debtorId": "d1" }, "covers": "reminders", "reason": "x", "until": null });
    let table = [
        ("scope", json!({ "debtorId": "d9" }), "scope.debtorId", "unknown_debtor"),
        ("scope", json!({ "invoiceId": "i9" }), "scope.invoiceId", "unknown_invoice"),
        ("scope", json!({ "caseId": "d1.c9" }), "scope.caseId", "unknown_case"),
        ("scope", json!({ "debtorId": "d1", "invoiceId": "i1" }), "scope", "one_scope"),
        ("scope", json!({}), "scope", "one_scope"),
        ("scope", json!({ "administration": "other" }), "scope.administration", "not_your_administration"),
        ("scope", json!({ "administration": false }), "scope.administration", "not_your_administration"),
        ("covers", json!("nothing"), "covers", "unknown_value"),
        ("reason", json!("  "), "reason", "length"),
        ("until", json!("2026-08-31"), "until", "in_the_past"),
        ("reviewOn", json!("soon"), "reviewOn", "not_a_date"),
        ("by", json!("me"), "by", "unknown_field"),
    ];
    let before = world.table.all();
    for (field, value, path, code) in table {
        let answer = world.call("POST", "/v1/holds", Some(&with(&good, field, value))).await;
        is_problem(&answer, 400);
        assert_eq!(errors(&answer), [(path.to_owned(), code.to_owned())]);
        assert_eq!(world.table.all(), before, "{path} {code}");
    }
    let until_today = with(&good, "until", json!("2026-09-01"));
    assert_eq!(world.call("POST", "/v1/holds", Some(&until_today)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_broken_document_is_refused_with_the_rules_number_and_the_elements_path() {
    let world = world().await;
    let total = "/Invoice/cac:LegalMonetaryTotal";
    let without = |name: &str| {
        let (start, end) = (UBL.find(&format!("<{name}")).unwrap(), format!("</{name}>"));
        let end_at = start + UBL[start..].find(&end).unwrap() + end.len();
        format!("{}{}", &UBL[..start], &UBL[end_at..])
    };
    let table = [
        (without("cbc:ID"), "BR-02", "/Invoice/cbc:ID".to_owned()),
        (without("cbc:IssueDate"), "BR-03", "/Invoice/cbc:IssueDate".to_owned()),
        (without("cbc:TaxExclusiveAmount"), "BR-13", format!("{total}/cbc:TaxExclusiveAmount")),
    ];
    let before = world.table.all();
    for (document, rule, path) in table {
        let answer =
            world.send_request("POST", "/v1/invoices", "application/xml", document.into(), &[]).await;
        is_problem(&answer, 400);
        assert_eq!(errors(&answer), [(path, rule.to_owned())]);
        assert_eq!(world.table.all(), before);
    }
    for document in ["", "<Invoice>", "not xml", "<html/>", &UBL[..UBL.len() / 2]] {
        let answer = world.send_request("POST", "/v1/invoices", "text/xml", document.into(), &[]).await;
        is_problem(&answer, 400);
        assert!(!errors(&answer).is_empty());
        assert_eq!(world.table.all(), before);
    }
}
