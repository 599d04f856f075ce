//! Bodies of requests, as an accounting tool would send them.

use serde_json::{Value, json};

/// A consumer in Utrecht with everything that a signal needs.
pub fn consumer(number: &str) -> Value {
    json!({
        "number": number, "kind": "consumer", "name": "J. de Vries",
        "person": { "initials": "J.", "prefix": "de", "surname": "Vries", "birthDate": "1985-04-12" },
        "emails": [format!("{}@example.nl", number.to_lowercase())], "phone": null, "mobile": "+31612345678",
        "language": "nl", "kvkNumber": null, "vatId": null, "iban": null,
        "address": { "street": "Oudegracht", "houseNumber": "1", "suffix": null, "postcode": "3511AA",
            "city": "Utrecht", "country": "NL" },
        "policyId": null, "labels": [], "modifiedAt": "2026-01-01T08:00:00Z"
    })
}

/// A monthly term.
pub fn invoice(debtor: &str, number: &str, issued: &str, due: &str, total: &str) -> Value {
    json!({
        "debtorId": debtor, "number": number, "kind": "invoice", "issueDate": issued, "dueDate": due,
        "currency": "EUR", "total": total, "open": total, "recurringTerm": true, "paymentReference": null,
        "paymentCondition": null, "corrects": null, "lines": [], "labels": [],
        "modifiedAt": format!("{issued}T08:00:00Z")
    })
}

/// A payment on one invoice.
pub fn payment(invoice: &str, amount: &str, on: &str) -> Value {
    json!({
        "kind": "payment", "invoiceId": invoice, "debtorId": null, "amount": amount, "receivedOn": on,
        "reference": null, "reasonCode": null, "modifiedAt": format!("{on}T12:00:00Z")
    })
}
