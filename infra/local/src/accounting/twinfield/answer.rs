//! The documents that Twinfield answers with.

use std::fmt::Write;

use quick_xml::escape::escape;

use super::OFFICE;
use crate::accounting::books::Books;

/// The ledger's account that invoices stand on.
const DEBTORS: &str = "1300";

pub(super) fn escaped(text: &str) -> String {
    escape(text).into_owned()
}

pub(super) fn offices() -> String {
    format!(
        "<offices result=\"1\"><office name=\"Voorbeeld Energie\" shortname=\"\">{OFFICE}</office></offices>"
    )
}

/// A document of which something is wrong.
pub(super) fn refused(name: &str) -> String {
    format!("<{name} result=\"0\" msgtype=\"error\" msg=\"Niet gevonden of niet toegestaan.\"/>")
}

pub(super) fn customers(books: &Books) -> String {
    let mut list = "<dimensions result=\"1\">".to_owned();
    for (code, contact) in &books.contacts {
        list.push_str(&format!(
            "<dimension name=\"{}\">{}</dimension>",
            escape(&contact.is.name),
            escape(code)
        ));
    }
    list + "</dimensions>"
}

pub(super) fn customer(books: &Books, code: &str) -> String {
    let Some(contact) = books.contacts.get(code) else { return refused("dimension") };
    let is = &contact.is;
    let element = |name: &str, value: Option<&str>| {
        let odd = is.odd.get(name).and_then(serde_json::Value::as_str);
        let value = odd.or(value);
        format!("<{name}>{}</{name}>", value.map(escape).unwrap_or_default())
    };
    format!(
        "<dimension status=\"active\" result=\"1\"><office>{OFFICE}</office><type>DEB</type><code>{}</code>{}\
         <financials><duedays>14</duedays></financials><creditmanagement><sendreminder>{}</sendreminder>{}</creditmanagement>\
         {}<addresses><address id=\"1\" type=\"invoice\" default=\"true\"><name/><country>NL</country>{}{}{}{}{}\
         </address></addresses></dimension>",
        escape(code),
        element("name", Some(&is.name)),
        !is.not_dunned,
        element("reminderemail", None),
        element("cocnumber", is.kvk.as_deref()),
        element("city", is.city.as_deref()),
        element("postcode", is.postcode.as_deref()),
        element("telephone", is.phone.as_deref()),
        element("email", is.email.as_deref()),
        element("field2", is.street.as_deref()),
    )
}

/// An invoice as the transaction that it is: its total stands on the account of debtors.
pub(super) fn transaction(books: &Books, number: &str) -> String {
    let Some(invoice) = books.invoices.get(&format!("VRK-{number}")) else { return refused("transaction") };
    let mut document = format!(
        "<transaction result=\"1\" location=\"final\"><header><office>{OFFICE}</office><code>VRK</code><number>{}</number>\
         <invoicenumber>{}</invoicenumber></header><lines>",
        escape(number),
        escape(&invoice.is.number)
    );
    let total = write!(
        document,
        "<line type=\"total\" id=\"1\"><dim1>{DEBTORS}</dim1><dim2>{}</dim2><value>{}</value></line>",
        escape(&invoice.is.contact),
        invoice.is.total.abs()
    );
    // Writing to memory does not fail.
    match total {
        Ok(()) => document + "</lines></transaction>",
        Err(_) => refused("transaction"),
    }
}

pub(super) fn booked(journal: &str, number: &str) -> String {
    format!(
        "<transactions result=\"1\"><transaction result=\"1\" location=\"final\"><header><office>{OFFICE}</office>\
         <code>{}</code><number>{}</number></header></transaction></transactions>",
        escape(journal),
        escape(number)
    )
}
