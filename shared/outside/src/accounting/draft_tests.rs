use super::*;

fn body_of(told: Told) -> Value {
    match told {
        Told::Debtor { body, .. } | Told::Invoice { body, .. } => body,
        other => panic!("{other:?}"),
    }
}

fn contact() -> Contact {
    Contact { id: "7".to_owned(), number: Some("D-7".to_owned()), ..Contact::default() }
}

fn told(contact: Contact) -> Value {
    body_of(contact.told(Package::Moneybird, Timestamp::UNIX_EPOCH))
}

#[test]
fn a_contacts_bad_fields_are_left_out_one_by_one() {
    let some = |text: &str| Some(text.to_owned());
    let body = told(Contact {
        name: some("Bakkerij\tde Punt"),
        emails: vec![some("info@punt.example; boekhouding @punt"), some("INFO@punt.example"), None],
        phone: some("bel na zessen"),
        mobile: some("+31 6 12345678"),
        language: some("de"),
        kvk_number: some("1234 5678"),
        vat_id: some("geen"),
        iban: some("NL91 ABNA 0417 1643 00"),
        street: some("Oudegracht 1 bis"),
        postcode: some("3511"),
        city: some("Utrecht"),
        country: some("Nederland"),
        ..contact()
    });
    let expected = json!({
        "number": "D-7", "kind": "business", "name": "Bakkerij de Punt", "emails": ["info@punt.example"],
        "phone": null, "mobile": "+31 6 12345678", "kvkNumber": "12345678", "vatId": null,
        "iban": "NL91ABNA0417164300",
        "address": {"street": "Oudegracht", "houseNumber": "1", "suffix": "bis", "postcode": null, "city": "Utrecht",
            "country": "NL"},
        "modifiedAt": "1970-01-01T00:00:00Z",
    });
    assert_eq!(body, expected);
}

#[test]
fn who_has_a_companys_numbers_is_a_business_and_who_has_not_a_consumer() {
    let some = |text: &str| Some(text.to_owned());
    let table = [
        (Contact { kvk_number: some("12345678"), ..contact() }, "business"),
        (Contact { vat_id: some("NL099887766B01"), ..contact() }, "business"),
        (Contact { is_business: Some(true), ..contact() }, "business"),
        (Contact { is_business: Some(false), ..contact() }, "consumer"),
        (Contact { kvk_number: some("1234567"), vat_id: some("-"), ..contact() }, "consumer"),
        (contact(), "consumer"),
    ];
    for (contact, kind) in table {
        let seen = format!("{contact:?}");
        assert_eq!(told(contact)["kind"], kind, "{seen}");
    }
}

#[test]
fn a_consumers_name_is_taken_apart_and_a_company_has_none() {
    let some = |text: &str| Some(text.to_owned());
    let person = |first: Option<&str>, last: &str| {
        let first_name = first.map(str::to_owned);
        told(Contact { first_name, last_name: some(last), ..contact() })
    };
    let body = person(Some("Jan Willem"), "van der Berg");
    assert_eq!(body["name"], "Jan Willem van der Berg");
    assert_eq!(body["person"], json!({"initials": "J.W.", "prefix": "van der", "surname": "Berg"}));
    assert_eq!(person(None, "de")["person"], json!({"initials": null, "prefix": null, "surname": "de"}));
    let business = told(Contact { is_business: Some(true), last_name: some("Vries"), ..contact() });
    assert!(business.get("person").is_none());
    assert!(told(contact()).get("person").is_none());
    assert_eq!(
        told(Contact { number: None, ..contact() })["name"],
        "7",
        "somebody without any name has a number"
    );
}

#[test]
fn streets_are_taken_apart_at_their_last_number() {
    let table = [
        ("Oudegracht 1", ("Oudegracht", Some("1"), None)),
        ("Oudegracht 1bis", ("Oudegracht", Some("1"), Some("bis"))),
        ("Oudegracht 12-A 3 hoog", ("Oudegracht 12-A", Some("3"), Some("hoog"))),
        ("2e Hugo de Grootstraat 5", ("2e Hugo de Grootstraat", Some("5"), None)),
        ("Plein 1944 12", ("Plein 1944", Some("12"), None)),
        ("2e Hugo de Grootstraat", ("2e Hugo de Grootstraat", None, None)),
        ("Postbus", ("Postbus", None, None)),
        ("12", ("12", None, None)),
        ("Weg 12345678901", ("Weg 12345678901", None, None)),
    ];
    for (line, (street, number, suffix)) in table {
        let expected = (street.to_owned(), number.map(str::to_owned), suffix.map(str::to_owned));
        assert_eq!(split_street(line), expected, "{line}");
    }
}

#[test]
fn ids_are_made_plain_and_never_meet() {
    for plain in ["1", "4f1c2d3e-0000-4000-8000-000000000001", "VRK-2026_1", &"9".repeat(50)] {
        assert_eq!(plain_id(plain), plain);
    }
    let odd = ["", "a b", "a-b.", "a/b", "a.b", "é", &"9".repeat(51), &"9".repeat(52)];
    let made: std::collections::BTreeSet<String> = odd.iter().map(|id| plain_id(id)).collect();
    assert_eq!(made.len(), odd.len(), "{made:?}");
    for id in made {
        let ours = Package::ExactOnline.record_id(&id);
        assert!(domain::ids::InvoiceId::parse(&ours).is_ok(), "{ours}");
    }
}

fn bill(total: &str, open: &str) -> Bill {
    let day = jiff::civil::date(2026, 11, 1);
    Bill {
        id: "1".to_owned(),
        debtor: "7".to_owned(),
        number: "2026-1".to_owned(),
        issued_on: day,
        due_on: day,
        currency: "EUR".to_owned(),
        total: total.parse().unwrap(),
        open: open.parse().unwrap(),
        reference: None,
        condition: None,
        corrects: None,
        modified_at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn the_sign_of_the_total_tells_a_credit_note_and_what_is_open_is_never_negative() {
    let table = [
        ("121.00", "21.00", "invoice", "121.00", "21.00"),
        ("121.00", "-5.00", "invoice", "121.00", "0.00"),
        ("0.00", "0.00", "invoice", "0.00", "0.00"),
        ("-121.00", "-21.00", "creditNote", "121.00", "21.00"),
        ("-121.00", "5.00", "creditNote", "121.00", "0.00"),
    ];
    for (total, open, kind, told_total, told_open) in table {
        let body = body_of(bill(total, open).told(Package::Moneybird).unwrap());
        let seen = (body["kind"].as_str(), body["total"].as_str(), body["open"].as_str());
        assert_eq!(seen, (Some(kind), Some(told_total), Some(told_open)), "{total} {open}");
    }
}

#[test]
fn an_invoice_in_other_money_or_without_a_number_is_not_guessed_at() {
    let dollars = Bill { currency: "USD".to_owned(), ..bill("1.00", "1.00") };
    assert_eq!(dollars.told(Package::Moneybird), Err(Fault::new("currency", "not_eur")));
    let unnumbered = Bill { number: " \n".to_owned(), ..bill("1.00", "1.00") };
    assert_eq!(unnumbered.told(Package::Moneybird), Err(Fault::new("number", "missing")));
}
