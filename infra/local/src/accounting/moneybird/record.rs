//! Records as Moneybird writes them: ids and amounts as texts.

use domain::Money;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::ADMINISTRATION;
use crate::accounting::books::{Books, Kept, Payment, Stamp, overlaid};

/// A line of a list of versions.
pub(super) fn listed(id: &str, stamp: Stamp) -> Value {
    json!({ "id": id, "version": stamp.at.as_second() })
}

pub(super) fn contact(books: &Books, id: &str) -> Option<Value> {
    let contact = books.contacts.get(id)?;
    let is = &contact.is;
    let (company, last) = if is.is_business { (is.name.as_str(), "") } else { ("", is.name.as_str()) };
    let record = json!({
        "id": id, "administration_id": ADMINISTRATION, "company_name": company, "firstname": is.first_name,
        "lastname": last, "address1": is.street, "address2": "", "zipcode": is.postcode, "city": is.city,
        "country": "NL", "phone": is.phone, "delivery_method": "Email", "customer_id": is.number,
        "tax_number": "", "chamber_of_commerce": is.kvk, "bank_account": "", "send_invoices_to_email": is.email,
        "email": is.email, "sepa_active": false, "sepa_iban": "", "archived": false,
        "created_at": contact.stamp.at, "updated_at": contact.stamp.at, "version": contact.stamp.at.as_second(),
    });
    Some(overlaid(record, &is.odd))
}

/// A draft stays one whatever is paid; everything else follows from what is open.
pub(super) fn state(books: &Books, id: &str, today: Date) -> String {
    let Some(invoice) = books.invoices.get(id) else { return String::new() };
    if let Some(state) = invoice.is.odd.get("state").and_then(Value::as_str) {
        return state.to_owned();
    }
    let state = match books.open(id) {
        open if open.is_zero() => "paid",
        _ if invoice.is.due < today => "late",
        _ => "open",
    };
    state.to_owned()
}

pub(super) fn invoice(books: &Books, id: &str, today: Date) -> Option<Value> {
    let invoice = books.invoices.get(id)?;
    let is = &invoice.is;
    let payments: Vec<Value> =
        books.payments_of(id).map(|(id, payment)| self::payment(id, payment)).collect();
    let paid: Money = books.payments_of(id).fold(Money::ZERO, |sum, (_, payment)| sum + payment.is.amount);
    let record = json!({
        "id": id, "administration_id": ADMINISTRATION, "contact_id": is.contact, "contact": contact(books, &is.contact),
        "invoice_id": is.number, "workflow_id": "1", "document_style_id": "1", "state": state(books, id, today),
        "invoice_date": is.issued, "due_date": is.due, "payment_reference": null, "reference": "", "language": "nl",
        "currency": "EUR", "original_sales_invoice_id": null, "paused": false,
        "created_at": invoice.stamp.at, "updated_at": invoice.stamp.at, "version": invoice.stamp.at.as_second(),
        "payments": payments, "total_paid": paid, "total_unpaid": books.open(id), "total_price_incl_tax": is.total,
    });
    Some(overlaid(record, &is.odd))
}

pub(super) fn payment(id: &str, payment: &Kept<Payment>) -> Value {
    json!({
        "id": id, "administration_id": ADMINISTRATION, "invoice_type": "SalesInvoice", "invoice_id": payment.is.invoice,
        "financial_account_id": null, "transaction_identifier": payment.is.mark, "price": payment.is.amount,
        "price_base": payment.is.amount, "payment_date": payment.is.on, "credit_invoice_id": null,
        "created_at": payment.stamp.at, "updated_at": payment.stamp.at,
    })
}
