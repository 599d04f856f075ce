//! Bank lines pay invoices: by reference, number, account and name; what looks alike is left to a person; what comes back
//! opens again what it had closed.

use domain::Money;
use domain::bank::{BankLine, Statement};
use domain::ids::{AdministrationId, BankLineId};
use http::StatusCode;
use jiff::civil::{Date, date};
use records::{Origin, Records, StatementTaken};
use runtime::http::Caller;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::stories::mail_days;
use tests::world::{Asked, World};

const ACCOUNT: &str = "NL91ABNA0417164300";
const VRIES: &str = "NL20INGB0001234567";
const JANSEN: &str = "NL02RABO0123456789";
const REFERENCE: &str = "5000056789012345";
const BOOKED: Date = date(2026, 9, 21);

/// A consumer with this name, and with an account where one is given.
fn debtor(number: &str, initials: &str, surname: &str, iban: Option<&str>) -> Value {
    let mut body = consumer(number);
    body["name"] = json!(format!("{initials} {surname}"));
    body["person"]["initials"] = json!(initials);
    body["person"]["prefix"] = json!(null);
    body["person"]["surname"] = json!(surname);
    body["iban"] = json!(iban);
    body
}

async fn put_invoice(
    world: &World,
    debtor: &str,
    id: &str,
    number: &str,
    total: &str,
    reference: Option<&str>,
) {
    let mut body = invoice(debtor, number, "2026-08-20", "2026-09-01", total);
    body["open"] = json!(null);
    if let Some(reference) = reference {
        body["paymentReference"] = json!({ "scheme": "nl16", "value": reference });
    }
    world.put(&format!("/v1/invoices/{id}"), &body).await;
}

/// J. Vries (account known) owes i1 121.00 with a reference and i2 99.00; J. Jansen i3 121.00 and M. Jansen i4 121.00.
async fn world() -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world.put("/v1/debtors/d1", &debtor("D1", "J.", "Vries", Some(VRIES))).await;
    world.put("/v1/debtors/d2", &debtor("D2", "J.", "Jansen", None)).await;
    world.put("/v1/debtors/d3", &debtor("D3", "M.", "Jansen", None)).await;
    put_invoice(&world, "d1", "i1", "2026-0012", "121.00", Some(REFERENCE)).await;
    put_invoice(&world, "d1", "i2", "2026-0013", "99.00", None).await;
    put_invoice(&world, "d2", "i3", "2026-0021", "121.00", None).await;
    put_invoice(&world, "d3", "i4", "2026-0120", "121.00", None).await;
    world
}

fn line(id: &str, amount: &str) -> BankLine {
    BankLine {
        id: BankLineId::parse(id).unwrap(),
        booked_on: BOOKED,
        valued_on: None,
        amount: amount.parse().unwrap(),
        reversal: false,
        counterparty_name: None,
        counterparty_account: None,
        structured_reference: None,
        text: String::new(),
        end_to_end_id: None,
        mandate_id: None,
        return_reason: None,
        bank_reference: None,
        batch_id: None,
    }
}

fn from(id: &str, amount: &str, name: &str, account: &str, text: &str) -> BankLine {
    BankLine {
        counterparty_name: Some(name.to_owned()).filter(|n| !n.is_empty()),
        counterparty_account: Some(account.to_owned()).filter(|a| !a.is_empty()),
        text: text.to_owned(),
        ..line(id, amount)
    }
}

fn statement(number: &str, closed_on: Date, opening: i64, lines: Vec<BankLine>) -> Statement {
    let opening = Money::from_cents(opening);
    Statement {
        account: ACCOUNT.to_owned(),
        number: Some(number.to_owned()),
        closed_on,
        opening,
        closing: opening + lines.iter().map(|l| l.amount).sum(),
        lines,
    }
}

fn records(world: &World) -> (Records, Origin) {
    let records = Records { store: world.store.clone(), clock: world.clock() };
    (records, Origin { administration: world.administration.clone(), by: "bank".to_owned() })
}

async fn take(world: &World, statement: &Statement) -> StatementTaken {
    let (records, origin) = records(world);
    records.take_statement(&origin, statement).await.expect("a statement that is taken in")
}

async fn take_lines(world: &World, lines: Vec<BankLine>) -> StatementTaken {
    take(world, &statement("1", BOOKED, 0, lines)).await
}

async fn see(world: &World, line: &str) -> Value {
    world.get(&format!("/v1/bank-lines/{line}")).await
}

/// The state of a line, and the invoices (or debtors) that it is booked on or that are proposed first.
async fn standing(world: &World, line: &str) -> String {
    let view = see(world, line).await;
    let parts = match view["parts"].as_array() {
        Some(parts) if !parts.is_empty() => parts.clone(),
        _ => view["proposals"][0]["parts"].as_array().cloned().unwrap_or_default(),
    };
    let name = |part: &Value| {
        part["invoiceId"].as_str().or(part["debtorId"].as_str()).unwrap_or_default().to_owned()
    };
    let parts: Vec<String> = parts.iter().map(name).collect();
    format!("{} {}", view["state"].as_str().unwrap(), parts.join("+")).trim().to_owned()
}

async fn open(world: &World, invoice: &str) -> String {
    world.get(&format!("/v1/invoices/{invoice}")).await["open"].as_str().unwrap().to_owned()
}

async fn post(world: &World, line: &str, action: &str, body: Value) -> (StatusCode, Value) {
    let answer = world.call("POST", &format!("/v1/bank-lines/{line}/{action}"), Some(&body)).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn lines_pay_by_reference_number_and_account_and_what_looks_alike_is_suggested() {
    // (payer, account, text, structured reference, amount, what becomes of it)
    type Row = (&'static str, &'static str, &'static str, Option<&'static str>, &'static str, &'static str);
    let table: [Row; 14] = [
        ("J VRIES", "", "", Some(REFERENCE), "121.00", "matched i1"),
        ("", "", "kenmerk 5000 0567 8901 2345", None, "121.00", "matched i1"),
        ("J VRIES", "", "factuur 2026-0012", None, "121.00", "matched i1"),
        ("J VRIES", "", "20260013", None, "99.00", "matched i2"),
        ("", VRIES, "", None, "99.00", "matched i2"),
        ("", VRIES, "", None, "220.00", "matched i1+i2"),
        ("J VRIES", "", "2026-0012 2026-0013", None, "220.00", "matched i1+i2"),
        ("", VRIES, "factuur 2026-0012", None, "100.00", "matched i1"),
        // A number with two digits in the wrong order is somebody else's.
        ("J VRIES", "", "factuur 2026-0021", None, "121.00", "suggested i3"),
        ("M JANSEN", "", "factuur 2026-0021", None, "121.00", "suggested i3"),
        ("J JANSEN", "", "", None, "121.00", "suggested i3"),
        ("JANSEN", "", "", None, "121.00", "suggested i3"),
        ("P POSTMA", "", "dank voor alles", None, "121.00", "unmatched"),
        ("J VRIES", "", "factuur 12026-00123", None, "77.00", "unmatched"),
    ];
    for (payer, account, text, reference, amount, expected) in table {
        let world = world().await;
        let mut line = from("l1", amount, payer, account, text);
        line.structured_reference = reference.map(str::to_owned);
        take_lines(&world, vec![line]).await;
        assert_eq!(standing(&world, "l1").await, expected, "{payer:?} {account:?} {text:?}");
        let owed: Money = {
            let mut sum = Money::ZERO;
            for invoice in ["i1", "i2", "i3", "i4"] {
                sum = sum + open(&world, invoice).await.parse().unwrap();
            }
            sum
        };
        let paid: Money = if expected.starts_with("matched") { amount.parse().unwrap() } else { Money::ZERO };
        assert_eq!(owed + paid, "462.00".parse().unwrap(), "nothing is lost: {text:?}");
    }
}

#[tokio::test]
async fn many_lines_pay_one_invoice_and_what_is_over_is_the_debtors() {
    let world = world().await;
    let lines = vec![
        from("l1", "60.00", "", VRIES, "factuur 2026-0012"),
        from("l2", "40.00", "", VRIES, "factuur 2026-0012"),
        from("l3", "31.00", "", VRIES, "factuur 2026-0012"),
    ];
    let taken = take_lines(&world, lines).await;
    assert_eq!(taken.statement.counts.matched, 3);
    assert_eq!(open(&world, "i1").await, "0.00");
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "89.00"); // 220.00 less 131.00
    let paid = world.get("/v1/payments/l1.1").await;
    assert_eq!((&paid["amount"], &paid["receivedOn"]), (&json!("60.00"), &json!("2026-09-21")));
    let view = see(&world, "l1").await;
    assert_eq!(view["history"][1]["did"], "matchedByRules");
    assert!(view["history"][1]["reasons"].as_array().unwrap().iter().any(|r| r["code"] == "account"));
}

#[tokio::test]
async fn the_same_statement_twice_changes_nothing_and_the_same_line_in_another_neither() {
    let world = world().await;
    let lines = || {
        vec![
            from("l1", "121.00", "J VRIES", VRIES, "factuur 2026-0012"),
            from("l2", "121.00", "J JANSEN", JANSEN, ""),
            from("l3", "10.00", "X", "", "?"),
            line("l4", "-25.00"),
        ]
    };
    let first = take_lines(&world, lines()).await;
    let counts = first.statement.counts;
    assert_eq!((counts.lines, counts.known), (4, 0));
    assert_eq!((counts.matched, counts.suggested, counts.unmatched, counts.ignored), (1, 1, 1, 1));
    assert_eq!(see(&world, "l4").await["stateReason"]["code"], "notOurs");
    let before = world.contents();
    let writes = world.table.units().write;
    let again = take_lines(&world, lines()).await;
    assert_eq!((again.statement.counts.known, again.statement.counts.matched), (4, 1));
    assert_eq!(world.changes(&before), [""; 0]);
    assert!(world.table.units().write - writes <= 1.0, "one try to store the statement, and nothing else");
    // The week's statement brings them once more, and one that is new.
    let mut week = lines();
    week.push(from("l5", "99.00", "", VRIES, ""));
    let week = take(&world, &statement("W39", date(2026, 9, 25), 0, week)).await;
    assert_eq!((week.statement.counts.lines, week.statement.counts.known), (5, 4));
    assert_eq!(open(&world, "i2").await, "0.00");
}

#[tokio::test]
async fn a_direct_debit_that_comes_back_opens_its_invoice_where_its_follow_up_stopped() {
    let world = world().await;
    world.go_to("2026-09-10T08:00:00Z").await;
    let of_vries =
        |world: &World| world.mail.taken().iter().filter(|t| t.mail.to == ["d1@example.nl"]).count();
    assert_eq!(of_vries(&world), 1);
    let mut debit = from("l1", "121.00", "", VRIES, "factuur 2026-0012");
    debit.end_to_end_id = Some("E2E-1".into());
    debit.mandate_id = Some("M-1".into());
    take_lines(&world, vec![debit.clone(), from("l2", "99.00", "", VRIES, "")]).await;
    assert_eq!((open(&world, "i1").await, open(&world, "i2").await), ("0.00".into(), "0.00".into()));
    world.go_to("2026-11-02T08:00:00Z").await;
    assert_eq!(of_vries(&world), 1);
    let back = BankLine {
        return_reason: Some("AM04".into()),
        booked_on: date(2026, 11, 2),
        ..BankLine { id: BankLineId::parse("l9").unwrap(), amount: "-121.00".parse().unwrap(), ..debit }
    };
    let taken = take(&world, &statement("2", date(2026, 11, 2), 220_00, vec![back.clone()])).await;
    assert_eq!((taken.statement.counts.matched, taken.gap), (1, None));
    assert_eq!((open(&world, "i1").await, open(&world, "i2").await), ("121.00".into(), "0.00".into()));
    let view = see(&world, "l9").await;
    assert_eq!((&view["takesBack"], &view["parts"][0]["kind"]), (&json!("l1"), &json!("reversal")));
    assert_eq!(see(&world, "l1").await["takenBackBy"], "l9");
    assert_eq!(world.get("/v1/payments/l9.1").await["reasonCode"], "AM04");
    assert_eq!(world.get("/v1/debtors/d1").await["nextAction"]["step"], "reminder");
    // Once more changes nothing; what was taken back is not undone before that is.
    let before = world.contents();
    take(&world, &statement("2", date(2026, 11, 2), 220_00, vec![back])).await;
    assert_eq!(world.changes(&before), [""; 0]);
    let (status, problem) = post(&world, "l1", "undo", json!({ "reason": "wrong" })).await;
    assert_eq!(
        (status, problem["type"].as_str().unwrap()),
        (StatusCode::CONFLICT, "urn:tijdig:problem:line_was_taken_back")
    );
    let (status, _) = post(&world, "l9", "undo", json!({ "reason": "of another" })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(open(&world, "i1").await, "0.00");
    assert_eq!(see(&world, "l1").await["takenBackBy"], json!(null));
    assert!(mail_days(&world).len() < 20);
}

#[tokio::test]
async fn money_that_came_back_without_a_mandate_is_found_by_account_and_amount() {
    let world = world().await;
    take_lines(&world, vec![from("l1", "99.00", "", VRIES, "")]).await;
    let mut back = from("l2", "-99.00", "", VRIES, "storting retour");
    back.return_reason = Some("AC04".into());
    let mut stranger = from("l3", "-50.00", "", JANSEN, "");
    stranger.reversal = true;
    take(&world, &statement("2", BOOKED, 99_00, vec![back, stranger])).await;
    assert_eq!(standing(&world, "l2").await, "matched i2");
    assert_eq!(open(&world, "i2").await, "99.00");
    let view = see(&world, "l3").await;
    assert_eq!(
        (&view["state"], &view["stateReason"]["code"]),
        (&json!("unmatched"), &json!("originalNotFound"))
    );
}

#[tokio::test]
async fn money_of_which_some_lay_on_account_is_taken_off_whole_when_it_comes_back() {
    let world = world().await;
    take_lines(&world, vec![from("l1", "300.00", "", VRIES, "voorschot")]).await;
    let parts = json!({ "parts": [{ "invoiceId": null, "debtorId": "d1", "amount": "300.00" }],
        "proposal": null, "takesBack": null });
    assert_eq!(post(&world, "l1", "match", parts).await.0, StatusCode::OK);
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "-80.00");
    let mut back = from("l2", "-300.00", "", VRIES, "");
    back.return_reason = Some("MD06".into());
    take(&world, &statement("2", BOOKED, 300_00, vec![back])).await;
    assert_eq!(see(&world, "l2").await["parts"][0]["kind"], "removal");
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "220.00");
    assert_eq!(post(&world, "l2", "undo", json!({ "reason": "wrong" })).await.0, StatusCode::OK);
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "-80.00");
}

#[tokio::test]
async fn a_match_is_undone_with_its_history_and_made_anew() {
    let world = world().await;
    take_lines(&world, vec![from("l1", "121.00", "J VRIES", "", "factuur 2026-0012")]).await;
    assert_eq!(open(&world, "i1").await, "0.00");
    let (status, view) = post(&world, "l1", "undo", json!({ "reason": "for another" })).await;
    assert_eq!((status, &view["state"]), (StatusCode::OK, &json!("suggested")));
    assert_eq!(open(&world, "i1").await, "121.00");
    assert_eq!(world.call("GET", "/v1/payments/l1.1", None).await.status, StatusCode::NOT_FOUND);
    let events = world.events("d1").await;
    assert_eq!(events[events.len() - 2..], ["PaymentUnbooked", "InvoiceReopened"]);
    let (status, _) = post(&world, "l1", "undo", json!({ "reason": "for another" })).await;
    assert_eq!(status, StatusCode::CONFLICT);
    // The same statement does not match it again.
    take_lines(&world, vec![from("l1", "121.00", "J VRIES", "", "factuur 2026-0012")]).await;
    assert_eq!(see(&world, "l1").await["state"], "suggested");
    let (status, view) = post(&world, "l1", "match", json!({ "proposal": 0 })).await;
    assert_eq!((status, &view["parts"][0]["paymentId"]), (StatusCode::OK, &json!("l1.2")));
    let did: Vec<&str> =
        view["history"].as_array().unwrap().iter().map(|h| h["did"].as_str().unwrap()).collect();
    assert_eq!(did, ["takenIn", "matchedByRules", "undone", "matchedByHand"]);
}

#[tokio::test]
async fn an_account_that_a_person_confirmed_counts_from_then_on_until_that_is_undone() {
    let world = world().await;
    put_invoice(&world, "d2", "i5", "2026-0051", "45.00", None).await;
    let unknown = || from("l1", "121.00", "DE BUREN", JANSEN, "");
    take_lines(&world, vec![unknown()]).await;
    assert_eq!(see(&world, "l1").await["state"], "unmatched");
    let parts = json!({ "parts": [{ "invoiceId": "i3", "amount": "121.00" }] });
    let (status, view) = post(&world, "l1", "match", parts.clone()).await;
    assert_eq!((status, &view["state"]), (StatusCode::OK, &json!("matched")));
    let before = world.contents();
    assert_eq!(post(&world, "l1", "match", parts).await.0, StatusCode::OK);
    assert_eq!(world.changes(&before), [""; 0]);
    take_lines(&world, vec![from("l2", "45.00", "DE BUREN", JANSEN, "")]).await;
    assert_eq!(standing(&world, "l2").await, "matched i5");
    post(&world, "l2", "undo", json!({ "reason": "x" })).await;
    post(&world, "l1", "undo", json!({ "reason": "x" })).await;
    take_lines(&world, vec![from("l3", "45.00", "DE BUREN", JANSEN, "")]).await;
    assert_eq!(see(&world, "l3").await["state"], "unmatched");
}

#[tokio::test]
async fn a_line_of_several_debtors_is_booked_in_each_and_goes_on_after_a_crash_between() {
    let world = world().await;
    let taken = || vec![from("l1", "242.00", "BEWIND BV", "", "2026-0012 2026-0021")];
    take_lines(&world, taken()).await;
    assert_eq!(standing(&world, "l1").await, "suggested i1+i3");
    // The second debtor's write fails; the line says how far it is.
    let unavailable = || store::table::TableError::Unavailable("for the test".into());
    let asked = Asked {
        method: "POST",
        path: "/v1/bank-lines/l1/match",
        content_type: "application/json",
        body: json!({ "proposal": 0 }).to_string().into_bytes(),
        headers: &[],
        caller: Some(world.caller()),
    };
    let mut seen = Vec::new();
    for _ in 0..6 {
        world.table.fail_next(store::Moment::AfterWrite, unavailable());
        let answer = world.ask_once(&asked).await.expect("an answer");
        seen.push(answer.status);
        if answer.status == StatusCode::OK {
            break;
        }
    }
    assert!(
        seen.contains(&StatusCode::SERVICE_UNAVAILABLE) && seen.last() == Some(&StatusCode::OK),
        "{seen:?}"
    );
    assert_eq!(standing(&world, "l1").await, "matched i1+i3");
    assert_eq!((open(&world, "i1").await, open(&world, "i3").await), ("0.00".into(), "0.00".into()));
    assert_eq!(world.count("d1", "PaymentReceived").await, 1);
    assert_eq!(world.count("d2", "PaymentReceived").await, 1);
    assert_eq!(post(&world, "l1", "undo", json!({ "reason": "x" })).await.0, StatusCode::OK);
    assert_eq!((open(&world, "i1").await, open(&world, "i3").await), ("121.00".into(), "121.00".into()));
}

#[tokio::test]
async fn a_statement_that_dies_at_any_step_ends_the_same_when_it_is_told_again() {
    let lines = || {
        let mut debit = from("l1", "121.00", "", VRIES, "factuur 2026-0012");
        debit.mandate_id = Some("M-1".into());
        let back = BankLine {
            id: BankLineId::parse("l3").unwrap(),
            amount: "-121.00".parse().unwrap(),
            return_reason: Some("AM04".into()),
            ..debit.clone()
        };
        vec![debit, from("l2", "99.00", "", VRIES, ""), back, from("l4", "5.00", "", "", "")]
    };
    let end = |world: World| async move {
        let mut told = Vec::new();
        for invoice in ["i1", "i2"] {
            told.push(open(&world, invoice).await);
        }
        for line in ["l1", "l2", "l3", "l4"] {
            told.push(standing(&world, line).await);
        }
        told.push(world.count("d1", "PaymentReceived").await.to_string());
        told
    };
    let whole = world().await;
    take_lines(&whole, lines()).await;
    let expected = end(whole).await;
    assert_eq!(expected[0..2], ["121.00", "0.00"]);
    let mut died = 0;
    for moment in [store::Moment::BeforeWrite, store::Moment::AfterWrite] {
        for step in 0..12 {
            let world = world().await;
            let (records, origin) = records(&world);
            for _ in 0..step {
                // Those before it are done.
                world
                    .table
                    .fail_next(store::Moment::Read, store::table::TableError::Conflict { index: None });
            }
            world.table.fail_next(moment, store::table::TableError::Unavailable("for the test".into()));
            for _ in 0..20 {
                match records.take_statement(&origin, &statement("1", BOOKED, 0, lines())).await {
                    Ok(_) => break,
                    Err(_) => died += 1,
                }
            }
            assert_eq!(end(world).await, expected, "{moment:?} {step}");
        }
    }
    assert!(died >= 24, "only {died} died");
}

#[tokio::test]
async fn statements_that_do_not_meet_are_told_and_lists_are_by_state_newest_first() {
    let world = world().await;
    take(&world, &statement("1", date(2026, 9, 21), 100_00, vec![line("l1", "5.00")])).await;
    let mut later = line("l2", "6.00");
    later.booked_on = date(2026, 9, 22);
    let second = take(&world, &statement("2", date(2026, 9, 22), 105_00, vec![later])).await;
    assert_eq!(second.gap, None);
    let fourth = take(&world, &statement("4", date(2026, 9, 24), 200_00, vec![line("l4", "7.00")])).await;
    let gap = fourth.gap.expect("statement 3 is missing");
    assert_eq!((gap.closed_on, gap.closing.to_string()), (date(2026, 9, 22), "111.00".to_owned()));
    let list = world.get("/v1/statements").await;
    let numbers: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|s| s["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["4", "2", "1"]);
    assert_eq!(list["items"][0]["gap"]["opening"], "200.00");
    assert_eq!(list["items"][1]["gap"], json!(null));
    // The missing one comes in: nothing is missing any more.
    take(&world, &statement("3", date(2026, 9, 23), 111_00, vec![line("l3", "89.00")])).await;
    assert_eq!(world.get("/v1/statements").await["items"][0]["gap"], json!(null));
    let page = world.get("/v1/bank-lines?state=unmatched&limit=1").await;
    assert_eq!(page["items"][0]["id"], "l2");
    let next = page["nextCursor"].as_str().unwrap();
    let page = world.get(&format!("/v1/bank-lines?state=unmatched&limit=200&cursor={next}")).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 3);
    let (status, view) = post(&world, "l2", "ignore", json!({ "reason": "a gift" })).await;
    assert_eq!((status, &view["stateReason"]["words"]), (StatusCode::OK, &json!("a gift")));
    assert_eq!(world.get("/v1/bank-lines?state=ignored").await["items"][0]["id"], "l2");
}

#[tokio::test]
async fn another_administrations_lines_are_not_there_and_every_refusal_has_a_name() {
    let world = world().await;
    take_lines(&world, vec![from("l1", "121.00", "P POSTMA", "", ""), line("l2", "-5.00")]).await;
    let other = Caller { administration: AdministrationId::parse("other").unwrap(), ..world.caller() };
    let reader = Caller { scopes: vec!["bank:read".into()], ..world.caller() };
    let nobody = Caller { scopes: vec!["invoices:write".into()], ..world.caller() };
    let (get, matching) = ("/v1/bank-lines/l1", "/v1/bank-lines/l1/match");
    let part = |amount: &str| json!({ "parts": [{ "invoiceId": "i1", "amount": amount }] });
    // (who, method, path, body, status, the error's code)
    let table = [
        (&other, "GET", get, json!(null), 404, ""),
        (&nobody, "GET", get, json!(null), 403, ""),
        (&nobody, "GET", "/v1/bank-lines?state=matched", json!(null), 403, ""),
        (&nobody, "GET", "/v1/statements", json!(null), 403, ""),
        (&reader, "POST", matching, part("121.00"), 403, ""),
        (&reader, "POST", "/v1/bank-lines/l1/undo", json!({ "reason": "x" }), 403, ""),
        (&reader, "POST", "/v1/bank-lines/l1/ignore", json!({ "reason": "x" }), 403, ""),
        (&world.caller(), "GET", "/v1/bank-lines?state=gone", json!(null), 400, "unknown_value"),
        (&world.caller(), "POST", matching, json!({}), 400, "one_of_three"),
        (&world.caller(), "POST", matching, json!({ "proposal": 0, "takesBack": "l2" }), 400, "one_of_three"),
        (&world.caller(), "POST", matching, json!({ "proposal": 0 }), 400, "unknown_proposal"),
        (&world.caller(), "POST", matching, json!({ "parts": [] }), 400, "number_of_parts"),
        (&world.caller(), "POST", matching, part("0.00"), 400, "zero_amount"),
        (&world.caller(), "POST", matching, part("120.99"), 409, "parts_do_not_add_up"),
        (
            &world.caller(),
            "POST",
            matching,
            json!({ "parts": [{ "invoiceId": "ix", "amount": "121.00" }] }),
            400,
            "unknown_invoice",
        ),
        (
            &world.caller(),
            "POST",
            matching,
            json!({ "parts": [{ "invoiceId": "i1", "debtorId": "d2", "amount": "121.00" }] }),
            400,
            "invoice_of_another_debtor",
        ),
        (
            &world.caller(),
            "POST",
            matching,
            json!({ "parts": [{ "debtorId": "dx", "amount": "121.00" }] }),
            400,
            "unknown_debtor",
        ),
        (&world.caller(), "POST", matching, json!({ "takesBack": "l2" }), 409, "line_takes_nothing_back"),
        (
            &world.caller(),
            "POST",
            "/v1/bank-lines/l2/match",
            json!({ "takesBack": "lx" }),
            400,
            "unknown_bank_line",
        ),
        (
            &world.caller(),
            "POST",
            "/v1/bank-lines/l2/match",
            json!({ "parts": [{ "debtorId": "d1", "amount": "5.00" }] }),
            409,
            "line_brings_nothing",
        ),
        (
            &world.caller(),
            "POST",
            "/v1/bank-lines/l1/undo",
            json!({ "reason": "x" }),
            409,
            "line_not_matched",
        ),
        (&world.caller(), "POST", "/v1/bank-lines/l1/undo", json!({ "reason": " " }), 400, "length"),
        (&world.caller(), "POST", "/v1/bank-lines/lx/ignore", json!({ "reason": "x" }), 404, ""),
    ];
    let before = world.contents();
    for (caller, method, path, body, status, code) in table {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let content_type = "application/json";
        let asked = Asked { method, path, content_type, body, headers: &[], caller: Some(caller.clone()) };
        let answer = world.ask(&asked).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.body);
        let named = answer.body["errors"][0]["code"].as_str().map(str::to_owned);
        let rule = answer.body["type"].as_str().and_then(|t| t.rsplit(':').next()).map(str::to_owned);
        assert!(
            code.is_empty() || named.as_deref() == Some(code) || rule.as_deref() == Some(code),
            "{}",
            answer.body
        );
    }
    assert_eq!(world.changes(&before), [""; 0]);
}

#[tokio::test]
async fn what_was_stored_before_there_were_keys_is_found_once_it_is_stored_again() {
    let world = world().await;
    // As an older version stored it: without keys.
    let found = world.store.dossier(&world.administration, &"d1".parse().unwrap()).await.unwrap().unwrap();
    let mut old = found.value.clone();
    old.found_by = 0;
    for record in world.table.all().into_iter().filter(|r| r.key.partition.contains("#L#")) {
        let gone = store::table::Write::Delete { key: record.key, condition: store::table::Condition::None };
        store::table::Table::write(&world.table, vec![gone]).await.unwrap();
    }
    let mut record =
        world.table.all().into_iter().find(|r| r.key.partition == "demo#D#d1" && r.key.sort == "D").unwrap();
    record.document = serde_json::to_vec(&old).unwrap();
    let put = store::table::Write::Put { record, condition: store::table::Condition::None };
    store::table::Table::write(&world.table, vec![put]).await.unwrap();
    take_lines(&world, vec![from("l1", "99.00", "", VRIES, "")]).await;
    assert_eq!(see(&world, "l1").await["state"], "unmatched");
    let mut changed = debtor("D1", "J.", "Vries", Some(VRIES));
    changed["labels"] = json!(["seen"]);
    changed["modifiedAt"] = json!("2026-02-01T08:00:00Z");
    world.put("/v1/debtors/d1", &changed).await;
    take_lines(&world, vec![from("l2", "99.00", "", VRIES, "")]).await;
    assert_eq!(standing(&world, "l2").await, "matched i2");
}

#[tokio::test]
async fn what_new_records_and_lines_cost() {
    let world = world().await;
    let mut before = world.table.units();
    let mut spent = |world: &World| {
        let now = world.table.units();
        let spent = now - before;
        before = now;
        spent
    };
    put_invoice(&world, "d2", "i6", "2026-0061", "45.00", None).await;
    let new_invoice = spent(&world);
    let mut again = invoice("d2", "2026-0061", "2026-08-20", "2026-09-01", "45.00");
    again["open"] = json!(null);
    world.put("/v1/invoices/i6", &again).await;
    let unchanged = spent(&world);
    world.put("/v1/payments/p1", &tests::bodies::payment("i6", "45.00", "2026-09-20")).await;
    let payment = spent(&world);
    take_lines(&world, vec![from("l1", "121.00", "J VRIES", VRIES, "factuur 2026-0012")]).await;
    let line = spent(&world);
    println!(
        "new invoice {new_invoice:?}, again {unchanged:?}, payment {payment:?}, line and statement {line:?}"
    );
    assert_eq!(unchanged.write, 0.0);
    assert!(new_invoice.write <= 9.0, "{new_invoice:?}");
    assert!(line.write <= payment.write + 6.0, "{line:?} beside {payment:?}");
    assert!(line.read <= 20.0, "{line:?}");
}
