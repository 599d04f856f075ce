//! Invoices are collected by direct debit: announced, batched, booked by the bank's own references; what comes back is tried
//! again, followed up or put before a person, each by its code.

use bytes::Bytes;
use domain::Money;
use domain::bank::{BankLine, Statement};
use domain::ids::BankLineId;
use http::StatusCode;
use jiff::civil::Date;
use outside::files::Files;
use records::{Origin, Records, StatementTaken};
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::perils::PERILS;
use tests::stories::{mail_days, put_two_invoices};
use tests::world::World;

const BATCH: &str = "DD20260902-1";

/// The morning on which the first batch leaves: fourteen days after the issue is Thursday 3 September, the day before is a
/// working day.
const SUBMITTED: &str = "2026-09-02T04:00:00Z";

fn mandate(debtor: &str) -> Value {
    json!({
        "debtorId": debtor, "scheme": "core", "kind": "recurrent", "signedOn": "2026-08-01",
        "iban": "NL20INGB0001234567", "bic": null, "holder": null, "lastUsedOn": null, "withdrawnOn": null,
        "modifiedAt": "2026-08-01T08:00:00Z"
    })
}

/// An administration that collects; `d1` gave a mandate and has two invoices of 121 euros, issued on 20 August and due on
/// 1 September.
async fn collecting() -> World {
    let world = World::at("2026-08-20T08:00:00Z").await;
    world
        .change_settings(|settings| {
            settings.direct_debit.enabled = true;
            settings.direct_debit.creditor_id = Some("NL69ZZZ123456780000".to_owned());
        })
        .await;
    world.put("/v1/debtors/d1", &consumer("D1")).await;
    world.put("/v1/mandates/M-1", &mandate("d1")).await;
    put_two_invoices(&world, "d1").await;
    world
}

/// Every run of the mornings until this instant, and the sweeps between them.
async fn mornings_until(world: &World, target: &str) {
    let target: jiff::Timestamp = target.parse().expect("an instant");
    let mut day = domain::calendar::today(world.now());
    while day <= domain::calendar::today(target) {
        for minute in [0, 30] {
            let at = domain::calendar::instant(day, jiff::civil::time(6, minute, 0, 0));
            if at > world.now() && at <= target {
                world.go_to(&at.to_string()).await;
                world.collect().await.expect("a run");
            }
        }
        day = domain::calendar::plus_days(day, 1);
    }
    world.go_to(&target.to_string()).await;
}

/// The two invoices in a batch whose file is ready.
async fn batched() -> World {
    let world = collecting().await;
    mornings_until(&world, SUBMITTED).await;
    world
}

async fn batch(world: &World, id: &str) -> Value {
    world.get(&format!("/v1/direct-debits/batches/{id}")).await
}

async fn entries(world: &World, batch: &str) -> Vec<Value> {
    let list = world.get(&format!("/v1/direct-debits/batches/{batch}/debits")).await;
    list["items"].as_array().expect("a list").clone()
}

/// The reference of the transaction that collects this invoice, in its last batch.
async fn reference(world: &World, batch: &str, invoice: &str) -> String {
    let all = entries(world, batch).await;
    let found = all.iter().find(|e| e["invoiceId"] == invoice).expect("a transaction");
    found["endToEndId"].as_str().expect("a reference").to_owned()
}

async fn file(world: &World, batch: &str) -> String {
    let key = format!("direct-debits/demo/{batch}.xml");
    let bytes: Bytes = world.files.read(&key, None).await.expect("a file");
    String::from_utf8(bytes.to_vec()).expect("it is text")
}

fn line(id: &str, amount: &str, booked_on: &str) -> BankLine {
    BankLine {
        id: BankLineId::parse(id).unwrap(),
        booked_on: booked_on.parse().unwrap(),
        valued_on: None,
        amount: amount.parse().unwrap(),
        reversal: false,
        counterparty_name: None,
        counterparty_account: None,
        structured_reference: None,
        text: String::new(),
        end_to_end_id: None,
        mandate_id: None,
        batch_id: None,
        return_reason: None,
        bank_reference: None,
    }
}

fn statement(lines: Vec<BankLine>) -> Statement {
    let closed_on: Date = lines[0].booked_on;
    let number = format!("{}-{}", closed_on, lines[0].id);
    let opening = Money::ZERO;
    let closing = opening + lines.iter().map(|l| l.amount).sum();
    Statement {
        account: "NL91ABNA0417164300".to_owned(),
        number: Some(number),
        closed_on,
        opening,
        closing,
        lines,
    }
}

async fn take(world: &World, lines: Vec<BankLine>) -> StatementTaken {
    let records = Records { store: world.store.clone(), clock: world.clock() };
    let origin = Origin { administration: world.administration.clone(), by: "bank".to_owned() };
    let taken = records.take_statement(&origin, &statement(lines)).await.expect("a statement");
    world.settle().await;
    taken
}

/// The bank books a block of the batch in one line.
fn credit(id: &str, amount: &str, booked_on: &str, reference: &str) -> BankLine {
    BankLine { batch_id: Some(reference.to_owned()), ..line(id, amount, booked_on) }
}

fn returned(id: &str, amount: &str, booked_on: &str, reference: &str, code: &str) -> BankLine {
    BankLine {
        end_to_end_id: Some(reference.to_owned()),
        return_reason: Some(code.to_owned()),
        ..line(id, amount, booked_on)
    }
}

async fn line_state(world: &World, id: &str) -> String {
    let view = world.get(&format!("/v1/bank-lines/{id}")).await;
    view["state"].as_str().expect("a state").to_owned()
}

async fn status(world: &World, invoice: &str) -> String {
    let view = world.get(&format!("/v1/invoices/{invoice}")).await;
    view["status"].as_str().expect("a status").to_owned()
}

async fn debits(world: &World) -> Vec<String> {
    let view = world.get("/v1/debtors/d1").await;
    let all = view["directDebits"].as_array().expect("a list");
    let text = |d: &Value, field: &str| d[field].as_str().unwrap_or_default().to_owned();
    all.iter()
        .map(|d| format!("{} {} {}", text(d, "invoiceId"), text(d, "status"), text(d, "collectOn")))
        .collect()
}

async fn tasks(world: &World) -> Vec<String> {
    let view = world.get("/v1/debtors/d1").await;
    let all = view["tasks"].as_array().expect("a list").iter();
    all.map(|t| t["about"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn invoices_are_announced_batched_by_working_days_and_booked_by_the_banks_references() {
    let world = collecting().await;
    world.go_to("2026-08-21T08:00:00Z").await;
    let announced = ["d1-1 announced 2026-09-03", "d1-2 announced 2026-09-03"];
    assert_eq!(debits(&world).await, announced);
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!(
        (&view["noAction"]["reason"], &view["noAction"]["until"]),
        (&json!("collected_by_direct_debit"), &json!("2026-09-03"))
    );
    // The day before the day before there is nothing to submit.
    mornings_until(&world, "2026-09-01T18:00:00Z").await;
    assert_eq!(debits(&world).await, announced);
    mornings_until(&world, SUBMITTED).await;
    let ready = batch(&world, BATCH).await;
    assert_eq!(
        (&ready["status"], &ready["count"], &ready["total"]),
        (&json!("ready"), &json!(2), &json!("242.00"))
    );
    let pain = file(&world, BATCH).await;
    for part in [
        "<SeqTp>FRST</SeqTp>",
        "<SeqTp>RCUR</SeqTp>",
        "<ReqdColltnDt>2026-09-03</ReqdColltnDt>",
        "<MndtId>M-1</MndtId>",
        "<DtOfSgntr>2026-08-01</DtOfSgntr>",
        "NL69ZZZ123456780000",
        "<CtrlSum>242.00</CtrlSum>",
    ] {
        assert!(pain.contains(part), "{part} is not in {pain}");
    }
    for status in ["submitted", "accepted"] {
        world.put(&format!("/v1/direct-debits/batches/{BATCH}/status"), &json!({ "status": status })).await;
    }
    // The bank books each block as one credit.
    let first = format!("{BATCH}-1");
    let lines = vec![
        credit("c1", "121.00", "2026-09-03", &first),
        credit("c2", "121.00", "2026-09-03", &format!("{BATCH}-2")),
    ];
    mornings_until(&world, "2026-09-03T10:00:00Z").await;
    let taken = take(&world, lines.clone()).await;
    assert_eq!(taken.statement.counts.matched, 2);
    assert_eq!((status(&world, "d1-1").await, status(&world, "d1-2").await), ("paid".into(), "paid".into()));
    assert_eq!(line_state(&world, "c1").await, "directDebits");
    assert_eq!(world.count("d1", "DebitCollected").await, 2);
    assert_eq!(world.count("d1", "CaseSettled").await, 0, "no case was ever opened");
    // Nobody books it by hand once more, nor sets it aside.
    let part = json!({ "parts": [{ "invoiceId": "d1-1", "debtorId": null, "amount": "121.00" }] });
    for (action, body) in [("match", part), ("ignore", json!({ "reason": "x" }))] {
        let answer = world.call("POST", &format!("/v1/bank-lines/c1/{action}"), Some(&body)).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{action}: {}", answer.body);
    }
    let before = world.contents();
    take(&world, lines).await;
    let changed = world.changes(&before);
    assert!(changed.iter().all(|c| c.contains("#G#")), "only the statement was taken again: {changed:?}");

    // The next invoice under the same mandate is a recurrent one.
    let next = invoice("d1", "d1-3", "2026-09-20", "2026-10-01", "121.00");
    world.put("/v1/invoices/d1-3", &next).await;
    mornings_until(&world, "2026-10-03T18:00:00Z").await;
    // Fourteen days after the issue is a Sunday: collected on Monday, submitted on Friday.
    let pain = file(&world, "DD20261002-1").await;
    assert!(pain.contains("<ReqdColltnDt>2026-10-05</ReqdColltnDt>"), "{pain}");
    assert!(pain.contains("<SeqTp>RCUR</SeqTp>") && !pain.contains("<SeqTp>FRST</SeqTp>"), "{pain}");
    world.go_to("2026-10-07T18:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0], "who is collected from is not reminded");
}

#[tokio::test]
async fn what_comes_back_is_tried_again_followed_up_or_put_before_a_person_each_by_its_code() {
    // (the bank's code, what is done, the debit afterwards, tasks, the mandate, the first mail)
    let retried = "d1-1 announced 2026-09-14";
    let table = [
        ("AM04", "retry", retried, "", "active", None),
        ("MD06", "followUp", "d1-1 returned 2026-09-03", "", "active", Some("2026-09-14")),
        ("AC04", "endMandate", "d1-1 returned 2026-09-03", "mandate_ended", "ended", Some("2026-09-14")),
        (
            "MS03",
            "askPerson",
            "d1-1 returned 2026-09-03",
            "direct_debit_returned",
            "active",
            Some("2026-09-14"),
        ),
        (
            "XX99",
            "askPerson",
            "d1-1 returned 2026-09-03",
            "direct_debit_returned",
            "active",
            Some("2026-09-14"),
        ),
    ];
    for by_bank in [true, false] {
        for (code, treatment, debit, task, state, mail) in table {
            let name = format!("{code}, told by the bank: {by_bank}");
            let world = batched().await;
            mornings_until(&world, "2026-09-03T10:00:00Z").await;
            take(
                &world,
                vec![
                    credit("c1", "121.00", "2026-09-03", &format!("{BATCH}-1")),
                    credit("c2", "121.00", "2026-09-03", &format!("{BATCH}-2")),
                ],
            )
            .await;
            let reference = reference(&world, BATCH, "d1-1").await;
            mornings_until(&world, "2026-09-07T10:00:00Z").await;
            assert_eq!(status(&world, "d1-1").await, "paid", "{name}");
            let told = json!({ "endToEndId": reference, "reasonCode": code, "returnedOn": "2026-09-07" });
            if by_bank {
                take(&world, vec![returned("r1", "-121.00", "2026-09-07", &reference, code)]).await;
                assert_eq!(line_state(&world, "r1").await, "directDebits", "{name}");
            } else {
                let answer = world.call("POST", "/v1/direct-debits/returns", Some(&told)).await;
                assert_eq!(
                    (answer.status, &answer.body["treatment"], &answer.body["reversed"]),
                    (StatusCode::OK, &json!(treatment), &json!(true)),
                    "{name}: {}",
                    answer.body
                );
            }
            let view = world.get("/v1/debtors/d1").await;
            assert_eq!((&view["balance"], &view["openInvoices"]), (&json!("121.00"), &json!(1)), "{name}");
            // The same return told by the other one as well changes nothing but what was told.
            let answer = world.call("POST", "/v1/direct-debits/returns", Some(&told)).await;
            assert_eq!(answer.body["applied"], json!(false), "{name}");
            take(&world, vec![returned("r2", "-121.00", "2026-09-07", &reference, code)]).await;
            assert_eq!(world.get("/v1/debtors/d1").await["balance"], "121.00", "{name}");
            assert_eq!(world.count("d1", "DebitReturned").await, 1, "{name}");
            let now = debits(&world).await;
            assert!(now.contains(&debit.to_owned()), "{name}: {now:?}");
            assert_eq!(tasks(&world).await.join(" "), task, "{name}");
            assert_eq!(world.get("/v1/mandates/M-1").await["status"], state, "{name}");
            world.go_to("2026-09-30T18:00:00Z").await;
            // While it is collected once more nobody is reminded; what has no outcome asks a person a week later.
            assert_eq!(mail_days(&world).first().map(String::as_str), mail, "{name}");
        }
    }
}

#[tokio::test]
async fn what_comes_back_twice_is_followed_up() {
    let world = batched().await;
    let first = reference(&world, BATCH, "d1-1").await;
    // Rejected before it was ever booked.
    let came_back = |reference: &str, on: &str| json!({ "endToEndId": reference, "reasonCode": "AM04", "returnedOn": on });
    let answer =
        world.call("POST", "/v1/direct-debits/returns", Some(&came_back(&first, "2026-09-02"))).await;
    assert_eq!((&answer.body["treatment"], &answer.body["reversed"]), (&json!("retry"), &json!(false)));
    // The credit is less what came back.
    mornings_until(&world, "2026-09-03T10:00:00Z").await;
    take(&world, vec![credit("c1", "121.00", "2026-09-03", BATCH)]).await;
    assert_eq!((status(&world, "d1-1").await, status(&world, "d1-2").await), ("held".into(), "paid".into()));
    mornings_until(&world, "2026-09-08T18:00:00Z").await;
    let again = debits(&world).await;
    let again = again.iter().find(|d| d.starts_with("d1-1 batched")).unwrap_or_else(|| panic!("{again:?}"));
    assert_eq!(again, "d1-1 batched 2026-09-07");
    let second = reference(&world, "DD20260904-1", "d1-1").await;
    let answer =
        world.call("POST", "/v1/direct-debits/returns", Some(&came_back(&second, "2026-09-08"))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    mornings_until(&world, "2026-09-30T18:00:00Z").await;
    assert_eq!(world.count("d1", "DebitAnnounced").await, 3, "once for each, and once more");
    assert_eq!(mail_days(&world)[0], "2026-09-15");
}

#[tokio::test]
async fn a_mandate_that_is_taken_back_stops_what_is_announced_and_not_what_a_batch_has() {
    let world = collecting().await;
    world.go_to("2026-08-25T08:00:00Z").await;
    let taken_back = world.call("DELETE", "/v1/mandates/M-1", None).await;
    assert_eq!((taken_back.status, &taken_back.body["status"]), (StatusCode::OK, &json!("withdrawn")));
    assert_eq!(debits(&world).await, ["d1-1 cancelled 2026-09-03", "d1-2 cancelled 2026-09-03"]);
    mornings_until(&world, "2026-09-09T18:00:00Z").await;
    let to_the_bank = |(key, _): &(String, String)| key.starts_with("direct-debits/");
    assert!(!world.files.all().iter().any(to_the_bank), "nothing goes to the bank");
    assert_eq!(mail_days(&world), ["2026-09-08"], "reminders go out as for everybody");

    let world = batched().await;
    world.call("DELETE", "/v1/mandates/M-1", None).await;
    take(&world, vec![credit("c1", "242.00", "2026-09-03", BATCH)]).await;
    assert_eq!(status(&world, "d1-1").await, "paid", "it was on its way");
    let next = invoice("d1", "d1-3", "2026-09-20", "2026-10-01", "121.00");
    world.put("/v1/invoices/d1-3", &next).await;
    mornings_until(&world, "2026-10-09T18:00:00Z").await;
    assert_eq!(world.count("d1", "DebitAnnounced").await, 2);
    assert_eq!(mail_days(&world), ["2026-10-08"]);
}

#[tokio::test]
async fn mandates_come_in_with_other_records_and_each_wrong_one_is_named() {
    let world = collecting().await;
    let mut other = mandate("d2");
    other["iban"] = json!("NL44RABO0123456789");
    let mut wrong = mandate("d2");
    wrong["iban"] = json!("NL44RABO0123456780");
    let mut unsigned = mandate("d2");
    unsigned["signedOn"] = json!("2026-12-01");
    let records = json!({ "records": [
        { "type": "debtor", "id": "d2", "body": consumer("D2") },
        { "type": "mandate", "id": "M-2", "body": other },
        { "type": "mandate", "id": "M-3", "body": wrong },
        { "type": "mandate", "id": "M-4", "body": unsigned },
        { "type": "mandate", "id": "M-5", "body": mandate("nobody") },
        { "type": "mandate", "id": "M-1", "body": other },
    ] });
    let answer = world.call("POST", "/v1/bulk", Some(&records)).await;
    let results = answer.body["results"].as_array().expect("results").clone();
    let told: Vec<String> = results
        .iter()
        .map(|r| {
            let error = &r["problem"]["errors"][0];
            let path = error["path"].as_str().or(r["problem"]["type"].as_str()).unwrap_or_default();
            format!("{} {path}", r["status"])
        })
        .collect();
    let expected = [
        "201 ",
        "201 ",
        "400 iban",
        "400 signedOn",
        "400 debtorId",
        "409 urn:tijdig:problem:mandate_of_another_debtor",
    ];
    assert_eq!(told, expected, "{}", answer.body);
    let before = world.contents();
    world.call("POST", "/v1/bulk", Some(&records)).await;
    assert_eq!(world.changes(&before), Vec::<String>::new());
    // What they owe is collected from their own account.
    world.put("/v1/invoices/d2-1", &invoice("d2", "d2-1", "2026-08-20", "2026-09-01", "50.00")).await;
    mornings_until(&world, SUBMITTED).await;
    assert!(file(&world, BATCH).await.contains("NL44RABO0123456789"));
}

#[tokio::test]
async fn nobody_is_reminded_while_a_collection_is_under_way_and_a_person_is_asked_after_a_week() {
    let world = batched().await;
    mornings_until(&world, "2026-09-09T18:00:00Z").await;
    assert_eq!((mail_days(&world), tasks(&world).await.len()), (vec![], 0));
    mornings_until(&world, "2026-09-20T18:00:00Z").await;
    assert_eq!(mail_days(&world), [""; 0], "nobody knows yet whether it was paid");
    assert!(!tasks(&world).await.is_empty(), "a person is asked");
    // The credit comes after all.
    take(&world, vec![credit("c1", "242.00", "2026-09-18", BATCH)]).await;
    assert_eq!(status(&world, "d1-2").await, "paid");
}

#[tokio::test]
async fn a_credit_of_another_amount_is_booked_by_nobody() {
    let world = batched().await;
    take(&world, vec![credit("c1", "200.00", "2026-09-03", BATCH)]).await;
    let view = world.get("/v1/bank-lines/c1").await;
    assert_eq!(
        (&view["state"], &view["stateReason"]["code"]),
        (&json!("unmatched"), &json!("collectionDiffers")),
        "{view}"
    );
    assert_eq!(world.get("/v1/debtors/d1").await["balance"], "242.00");
    // A reference that looks like one of ours and is none is matched as any other line.
    take(&world, vec![credit("c2", "121.00", "2026-09-03", "DD20260101-1")]).await;
    assert_eq!(line_state(&world, "c2").await, "unmatched");
}

/// A camt.053 of one entry, with what the bank tells of it.
fn camt(number: u8, amount: &str, credit: bool, details: &str) -> String {
    let direction = if credit { "CRDT" } else { "DBIT" };
    let (opening, closing) = if credit { ("0.00", amount) } else { (amount, "0.00") };
    let balance = |code: &str, amount: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-09-0{number}</Dt></Dt></Bal>"
        )
    };
    format!(
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><Stmt><Id>{number}</Id>\
         <Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct>{}{}<Ntry><NtryRef>{number}</NtryRef>\
         <Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>2026-09-0{number}</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", opening),
        balance("CLBD", closing)
    )
}

async fn take_file(world: &World, xml: &str) -> StatementTaken {
    let records = Records { store: world.store.clone(), clock: world.clock() };
    let origin = Origin { administration: world.administration.clone(), by: "bank".to_owned() };
    let statements = formats::camt053::parse(xml.as_bytes()).expect("a statement");
    let taken = records.take_statement(&origin, &statements[0]).await.expect("it is taken in");
    world.settle().await;
    taken
}

#[tokio::test]
async fn the_banks_own_file_books_a_batch_and_takes_one_of_it_back() {
    // The whole batch in one entry, or each transaction of it.
    for in_parts in [false, true] {
        let world = batched().await;
        let mut references = Vec::new();
        for invoice in ["d1-1", "d1-2"] {
            references.push(reference(&world, BATCH, invoice).await);
        }
        let part = |reference: &String| {
            format!(
                "<TxDtls><Refs><EndToEndId>{reference}</EndToEndId><MndtId>M-1</MndtId></Refs>\
                 <Amt Ccy='EUR'>121.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>"
            )
        };
        let details = match in_parts {
            true => references.iter().map(part).collect::<String>(),
            false => format!("<Btch><PmtInfId>{BATCH}</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"),
        };
        let taken = take_file(&world, &camt(3, "242.00", true, &details)).await;
        assert_eq!(taken.statement.counts.matched, if in_parts { 2 } else { 1 });
        assert_eq!(world.get("/v1/debtors/d1").await["balance"], "0.00");
        // Told by the transaction's reference, or by nothing but the mandate.
        let named = match in_parts {
            true => format!("<EndToEndId>{}</EndToEndId>", references[0]),
            false => "<EndToEndId>NOTPROVIDED</EndToEndId>".to_owned(),
        };
        let back = format!(
            "<TxDtls><Refs>{named}<MndtId>M-1</MndtId></Refs><Amt Ccy='EUR'>121.00</Amt>\
             <CdtDbtInd>DBIT</CdtDbtInd><RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf></TxDtls>"
        );
        let back = camt(7, "121.00", false, &back);
        for _ in 0..2 {
            take_file(&world, &back).await;
            assert_eq!(world.get("/v1/debtors/d1").await["balance"], "121.00", "in parts: {in_parts}");
        }
        assert_eq!(world.count("d1", "DebitReturned").await, 1);
        let returned = entries(&world, BATCH).await;
        assert!(returned.iter().any(|e| e["returnCode"] == "MD06"), "{returned:?}");
    }
}

#[tokio::test]
async fn a_batch_that_the_bank_refuses_is_announced_anew() {
    let world = batched().await;
    world.put(&format!("/v1/direct-debits/batches/{BATCH}/status"), &json!({ "status": "rejected" })).await;
    assert_eq!(batch(&world, BATCH).await["downloadUrl"], Value::Null);
    mornings_until(&world, "2026-09-03T18:00:00Z").await;
    assert_eq!(batch(&world, BATCH).await["status"], "released");
    let anew = debits(&world).await;
    assert!(anew.iter().all(|d| d.ends_with("batched 2026-09-04")), "{anew:?}");
    let pain = file(&world, "DD20260903-1").await;
    assert!(pain.contains("<SeqTp>FRST</SeqTp>"), "the first one never was");
    take(&world, vec![credit("c1", "242.00", "2026-09-04", "DD20260903-1")]).await;
    assert_eq!(status(&world, "d1-1").await, "paid");
}

#[tokio::test]
async fn wherever_the_process_dies_or_the_answer_is_lost_everything_is_collected_once() {
    for peril in PERILS {
        for step in 0.. {
            let world = collecting().await;
            mornings_until(&world, "2026-09-02T03:59:00Z").await;
            world.perils.plan(step, peril);
            for run in [SUBMITTED, "2026-09-02T04:30:00Z", "2026-09-02T05:00:00Z"] {
                world.set(run.parse().unwrap());
                world.collect().await;
            }
            let name = format!("{peril:?} at {step} of {:?}", world.perils.steps());
            let list = world.get("/v1/direct-debits/batches").await;
            let batches: Vec<&str> =
                list["items"].as_array().unwrap().iter().filter_map(|b| b["id"].as_str()).collect();
            let mut collected = Vec::new();
            for batch in &batches {
                let text = file(&world, batch).await;
                collected.extend(entries(&world, batch).await.iter().map(|e| {
                    let reference = e["endToEndId"].as_str().unwrap();
                    assert_eq!(text.matches(reference).count(), 1, "{name}: once in the file");
                    e["invoiceId"].as_str().unwrap().to_owned()
                }));
            }
            collected.sort();
            assert_eq!(collected, ["d1-1", "d1-2"], "{name}");
            // The bank's credit is told until it is taken in.
            let records = Records { store: world.store.clone(), clock: world.clock() };
            let origin = Origin { administration: world.administration.clone(), by: "bank".to_owned() };
            let mut credits = Vec::new();
            for id in &batches {
                let total = batch(&world, id).await["total"].as_str().unwrap().to_owned();
                credits.push(credit(&format!("c{id}"), &total, "2026-09-03", id));
            }
            let told = statement(credits);
            for _ in 0..3 {
                let taken = world.perils.survive(records.take_statement(&origin, &told)).await;
                world.settle().await;
                if taken.is_some_and(|taken| taken.is_ok()) {
                    break;
                }
            }
            assert_eq!(
                (status(&world, "d1-1").await, status(&world, "d1-2").await),
                ("paid".into(), "paid".into()),
                "{name}"
            );
            assert_eq!(world.count("d1", "PaymentReceived").await, 2, "{name}");
            assert_eq!(world.get("/v1/debtors/d1").await["balance"], "0.00", "{name}");
            if !world.perils.struck() {
                break;
            }
        }
    }
}
