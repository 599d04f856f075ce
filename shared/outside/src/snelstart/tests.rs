//! The adapter against recorded forms of what SnelStart sends.

use serde_json::{Value, json};

use super::*;
use crate::accounting::{Accounts, Keys, Plenty, WrittenBack};
use crate::http::{TIMEOUT, client};
use crate::loopback::{Loopback, Then};

fn at(server: &Loopback) -> SnelStart {
    SnelStart::new(Connector {
        client: client(TIMEOUT).unwrap(),
        app: AppKeys {
            client_id: Some(Secret::new("Tijdig")),
            client_secret: None,
            subscription_key: Some(Secret::new("sub")),
        },
        below: Some(server.url()),
        callbacks: "https://tijdig.example/callbacks/accounting".to_owned(),
    })
    .unwrap()
}

fn keys() -> Keys {
    Keys { key: Some(Secret::new("k:1")), access_token: Some(Secret::new("t1")), ..Keys::default() }
}

fn leaked(value: &Value) -> &'static str {
    Box::leak(value.to_string().into_boxed_str())
}

async fn answering(body: &Value) -> Loopback {
    Loopback::start(Then::Answer { status: 200, headers: "", body: leaked(body) }).await
}

fn relation() -> Value {
    json!({
        "relatiesoort": ["Klant"], "modifiedOn": "2026-11-24T09:30:00.5", "relatiecode": 1042, "naam": "J. de Vries",
        "vestigingsAdres": { "contactpersoon": "", "straat": "Dam 2", "postcode": "1012 JS", "plaats": "Amsterdam",
            "land": { "id": "land-nl", "uri": "/landen/land-nl" } },
        "correspondentieAdres": { "contactpersoon": null, "straat": "Oudegracht 1 bis", "postcode": "3511 aa",
            "plaats": "Utrecht", "land": null },
        "telefoon": "030-1234567", "mobieleTelefoon": " ", "email": "algemeen@example.nl; tweede@example.nl",
        "aanmaningEmailVersturen": { "shouldSend": true, "email": "betalen@example.nl", "ccEmail": "x@example.nl" },
        "kvkNummer": "", "btwNummer": null, "iban": "NL91 ABNA 0417 1643 00", "aanmaningsoort": "Consument",
        "krediettermijn": 14, "nonactief": false, "id": "r1", "uri": "/relaties/r1", "extraVeldenKlant": []
    })
}

fn sale() -> Value {
    json!({
        "id": "f1", "uri": "/verkoopfacturen/f1", "factuurnummer": "2026-0017", "factuurDatum": "2026-10-01T00:00:00",
        "vervalDatum": "2026-10-15T00:00:00", "factuurBedrag": 121.1, "openstaandSaldo": 21.05,
        "relatie": { "id": "r1", "uri": "/relaties/r1" }, "verkoopBoeking": { "id": "b1" },
        "modifiedOn": "2026-11-24T09:31:00"
    })
}

#[tokio::test]
async fn a_relation_becomes_a_debtor_with_the_addresses_for_reminders_first() {
    let server = answering(&json!([relation()])).await;
    let page =
        at(&server).pull(&keys(), &Plenty, &Pull::Changes { since: None }, None).await.expect("a page");
    let body = json!({
        "number": "1042", "kind": "consumer", "name": "J. de Vries",
        "emails": ["betalen@example.nl", "algemeen@example.nl", "tweede@example.nl"],
        "phone": "030-1234567", "mobile": null, "kvkNumber": null, "vatId": null, "iban": "NL91ABNA0417164300",
        "address": { "street": "Oudegracht", "houseNumber": "1", "suffix": "bis", "postcode": "3511AA",
            "city": "Utrecht", "country": "NL" },
        "modifiedAt": "2026-11-24T09:30:00.5Z"
    });
    let id = "snelstart.r1".to_owned();
    let expected = [Told::Debtor { id: id.clone(), body }, Told::Dunning { debtor: id, wanted: true }];
    assert_eq!(page.records, expected);
    assert_eq!(page.next.as_deref(), Some("verkoopfacturen:0"));
    let head = server.requests()[0].to_ascii_lowercase();
    assert!(head.starts_with("get /snelstart/v2/relaties?%24top=500&%24skip=0 http/1.1\r\n"), "{head}");
    for header in ["authorization: bearer t1", "ocp-apim-subscription-key: sub"] {
        assert!(head.contains(header), "{header}");
    }
}

#[tokio::test]
async fn kinds_of_dunning_become_kinds_of_debtors() {
    // (aanmaningsoort, kind, dunned)
    let table = [
        (json!("Consument"), "consumer", true),
        (json!("Onderneming"), "business", true),
        (json!("Nee"), "consumer", false),
        (json!("Iets anders"), "consumer", true),
        (Value::Null, "consumer", true),
    ];
    for (kind, expected, dunned) in table {
        let mut told = relation();
        told["aanmaningsoort"] = kind;
        let server = answering(&json!([told])).await;
        let pull = Pull::Changes { since: None };
        let page = at(&server).pull(&keys(), &Plenty, &pull, None).await.expect("a page");
        let [Told::Debtor { body, .. }, Told::Dunning { wanted, .. }] = &page.records[..] else {
            panic!("{:?}", page.records)
        };
        assert_eq!((body["kind"].as_str(), *wanted), (Some(expected), dunned), "{told}");
    }
}

#[tokio::test]
async fn invoices_and_credit_notes_are_told_and_odd_ones_are_named() {
    let with = |changes: &[(&str, Value)]| {
        let mut sale = sale();
        for (field, value) in changes {
            sale[*field] = value.clone();
        }
        sale
    };
    let sales = json!([
        sale(),
        with(&[("factuurBedrag", json!(-50)), ("openstaandSaldo", json!(-50.0))]),
        with(&[("openstaandSaldo", json!(-10.0))]),
        with(&[("vervalDatum", Value::Null)]),
        with(&[("factuurBedrag", json!(0))]),
        with(&[("openstaandSaldo", json!(1.005))]),
        with(&[("relatie", Value::Null)]),
        with(&[("factuurDatum", json!("gisteren"))]),
        with(&[("modifiedOn", json!(""))]),
    ]);
    let server = answering(&sales).await;
    let pull = Pull::Changes { since: Some("2026-11-24T09:00:00+01:00".parse().unwrap()) };
    let page = at(&server).pull(&keys(), &Plenty, &pull, Some("verkoopfacturen:500")).await.expect("a page");
    assert_eq!(page.next, None, "the page was not full");
    let seen: Vec<String> = page
        .records
        .iter()
        .map(|told| match told {
            Told::Invoice { body, .. } => {
                let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
                format!("{} {} {} {}", text("kind"), text("total"), text("open"), text("dueDate"))
            }
            Told::Unreadable { field, why, .. } => format!("{field} {why}"),
            other => format!("{other:?}"),
        })
        .collect();
    let expected = [
        "invoice 121.10 21.05 2026-10-15",
        "creditNote 50.00 50.00 2026-10-15",
        "invoice 121.10 0.00 2026-10-15",
        "invoice 121.10 21.05 2026-10-01",
        "openstaandSaldo not_an_amount",
        "relatie missing",
        "factuurDatum not_a_date",
        "modifiedOn not_an_instant",
    ];
    assert_eq!(seen, expected);
    let asked = server.requests()[0].clone();
    let filter = "%24filter=ModifiedOn+ge+datetime%272026-11-24T08%3A00%3A00.000%27";
    assert!(asked.contains("%24skip=500") && asked.contains(filter), "{asked}");
}

#[tokio::test]
async fn a_token_is_asked_for_once_an_hour_and_a_refused_key_is_told() {
    let now: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
    let server =
        answering(&json!({ "access_token": "t2", "token_type": "bearer", "expires_in": 3599 })).await;
    let snelstart = at(&server);
    let made = snelstart.authenticated(&keys().without_token(), &Plenty, now).await.unwrap();
    assert_eq!(made.access_token, Some(Secret::new("t2")));
    assert_eq!(made.expires_at, Some("2026-11-25T10:59:59Z".parse().unwrap()));
    let asked = server.requests()[0].clone();
    assert!(asked.starts_with("POST /snelstart/b2b/token HTTP/1.1"), "{asked}");
    assert!(asked.ends_with("grant_type=clientkey&clientkey=k%3A1"), "{asked}");
    assert_eq!(snelstart.authenticated(&made, &Plenty, now).await, Ok(made.clone()));
    assert_eq!(server.requests().len(), 1, "a good token is used");

    for status in [400, 401] {
        let server = Loopback::start(Then::Answer { status, headers: "", body: "[]" }).await;
        let refused = at(&server).authenticated(&keys().without_token(), &Plenty, now).await;
        assert_eq!(refused, Err(PackageError::Unauthorized), "{status}");
    }
}

#[tokio::test]
async fn an_invoice_that_is_gone_is_told_to_be_gone() {
    let server = Loopback::start(Then::Answer { status: 404, headers: "", body: "[]" }).await;
    let pull = Pull::These { invoices: vec!["f1".to_owned()] };
    let page = at(&server).pull(&keys(), &Plenty, &pull, None).await.unwrap();
    assert_eq!(page.records, [Told::Gone { kind: GoneKind::Invoice, id: "snelstart.f1".to_owned() }]);
}

#[tokio::test]
async fn a_refusal_tells_its_code_only() {
    let body = r#"[{"errorCode":"REL-0017","message":"J. de Vries is onbekend","details":null}]"#;
    let server = Loopback::start(Then::Answer { status: 400, headers: "", body }).await;
    let refused = at(&server).pull(&keys(), &Plenty, &Pull::OpenItems, None).await;
    assert_eq!(refused, Err(PackageError::Refused("REL-0017".to_owned())));
}

#[tokio::test]
async fn a_booking_that_stands_there_already_is_not_written_again() {
    let server = answering(&json!([{ "id": "bank-1" }])).await;
    let booking = WriteBack {
        id: "tijdig-0123456789ab".to_owned(),
        invoice: "f1".to_owned(),
        what: WrittenBack::Payment,
        amount: domain::Money::from_cents(21_05),
        on: jiff::civil::date(2026, 11, 25),
        description: "2026-0017".to_owned(),
        journal: None,
        accounts: Some(Accounts { debit: "a".to_owned(), credit: "b".to_owned() }),
    };
    let outcome = at(&server).write_back(&keys(), &Plenty, &booking).await;
    assert_eq!(outcome, Ok(WriteOutcome::Written { reference: "bank-1".to_owned() }));
    let asked = server.requests();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].contains("bankboekingen?"), "{}", asked[0]);
    assert!(asked[0].contains("Boekstuk+eq+%27tijdig-0123456789ab%27"), "{}", asked[0]);
}

#[tokio::test]
async fn a_person_is_sent_to_the_activation_with_our_reference() {
    let server = answering(&Value::Null).await;
    let connecting = at(&server).connecting(&Secret::new("ref")).unwrap();
    let expected = format!(
        "{}/snelstart/couplings/activate/Tijdig?referenceKey=ref&successUrl=https%3A%2F%2Ftijdig.example%2Fcallbacks%2F\
         accounting%2Fsnelstart%2Fauthorised",
        server.url()
    );
    assert_eq!(connecting, Connecting::Visit(expected));
}
