//! The documents that are sent to Twinfield, and the envelope that they travel in.

use domain::Money;
use jiff::civil::Date;
use quick_xml::escape::escape;

use super::xml::Element;
use crate::accounting::PackageError;

pub(super) const NAMESPACE: &str = "http://www.twinfield.com/";

/// A condition on a column of a browse code, in the operator that its definition has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column<'a> {
    pub(super) field: &'a str,
    pub(super) operator: &'a str,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
}

/// `<name>text</name>`, whatever the text holds.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// A question for rows with these fields, under these conditions.
pub(super) fn browse(code: &str, fields: &[&str], conditions: &[Column<'_>]) -> String {
    let mut columns = String::new();
    for field in fields {
        if conditions.iter().any(|column| column.field == *field) {
            continue;
        }
        columns.push_str(&format!("<column>{}<visible>true</visible></column>", element("field", field)));
    }
    for column in conditions {
        columns.push_str(&format!(
            "<column>{}<visible>true</visible><ask>true</ask>{}{}{}</column>",
            element("field", column.field),
            element("operator", column.operator),
            element("from", column.from),
            element("to", column.to),
        ));
    }
    format!("<columns code=\"{}\">{columns}</columns>", escape(code))
}

/// The whole request around a document.
pub(super) fn around(token: &str, office: &str, document: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soap:Header><Header xmlns=\"{NAMESPACE}\">{}{}\
         <CompanyId xsi:nil=\"true\"/></Header></soap:Header><soap:Body><ProcessXmlString xmlns=\"{NAMESPACE}\">{}\
         </ProcessXmlString></soap:Body></soap:Envelope>",
        element("AccessToken", token),
        element("CompanyCode", office),
        element("xmlRequest", document),
    )
}

/// The document in an answer.
pub(super) fn inside(bytes: &[u8]) -> Result<Element, PackageError> {
    let malformed = |what: &str| PackageError::Malformed(format!("answer: {what}"));
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("not UTF-8"))?;
    let envelope = Element::parse(text)?;
    let body = envelope.child("Body").ok_or_else(|| malformed("Body"))?;
    if body.child("Fault").is_some() {
        return Err(PackageError::Refused("soap_fault".to_owned()));
    }
    let result = body.child("ProcessXmlStringResponse").and_then(|r| r.child("ProcessXmlStringResult"));
    Element::parse(&result.ok_or_else(|| malformed("ProcessXmlStringResult"))?.text)
}

/// One side of a booking.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) account: String,
    pub(super) customer: Option<String>,
    pub(super) invoice: Option<String>,
}

impl Side {
    /// On an account of the ledger and nobody's.
    pub(super) fn on(account: &str) -> Side {
        Side { account: account.to_owned(), customer: None, invoice: None }
    }
}

/// A transaction in a general journal.
#[derive(Debug)]
pub(super) struct Journal<'a> {
    pub(super) office: &'a str,
    pub(super) journal: &'a str,
    pub(super) on: Date,
    /// Debit and credit.
    pub(super) sides: &'a [Side; 2],
    pub(super) amount: Money,
    pub(super) mark: &'a str,
}

/// The document that books it for good.
pub(super) fn journal(journal: &Journal<'_>) -> String {
    let of =
        |name: &str, text: &Option<String>| text.as_deref().map(|t| element(name, t)).unwrap_or_default();
    let line = |(side, word, id): (&Side, &str, u8)| {
        format!(
            "<line type=\"detail\" id=\"{id}\">{}{}{}{}{}{}</line>",
            element("dim1", &side.account),
            of("dim2", &side.customer),
            element("debitcredit", word),
            element("value", &journal.amount.to_string()),
            of("invoicenumber", &side.invoice),
            element("description", journal.mark),
        )
    };
    let [debit, credit] = journal.sides;
    format!(
        "<transactions><transaction destiny=\"final\"><header>{}{}<currency>EUR</currency>{}</header><lines>{}{}</lines>\
         </transaction></transactions>",
        element("office", journal.office),
        element("code", journal.journal),
        element("date", &journal.on.strftime("%Y%m%d").to_string()),
        line((debit, "debit", 1)),
        line((credit, "credit", 2)),
    )
}

/// The id of what was booked.
pub(super) fn booked(answer: &Element) -> Option<String> {
    let transaction = answer.child("transaction").filter(|transaction| !transaction.is_refused())?;
    let header = transaction.child("header")?;
    Some(format!("{}-{}", header.text_of("code")?, header.text_of("number")?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn whatever_a_text_holds_it_stays_a_text() {
        let document = browse(
            "100",
            &["a", "b"],
            &[Column { field: "b", operator: "equal", from: "</from><x>&'\"", to: "" }],
        );
        let sent = around("tok<en", "0&1", &document);
        let read = Element::parse(&sent).unwrap();
        let header = read.child("Header").unwrap().child("Header").unwrap();
        assert_eq!(header.text_of("AccessToken").as_deref(), Some("tok<en"));
        assert_eq!(header.text_of("CompanyCode").as_deref(), Some("0&1"));
        let request =
            read.child("Body").unwrap().child("ProcessXmlString").unwrap().text_of("xmlRequest").unwrap();
        assert_eq!(request, document);
        let columns = Element::parse(&request).unwrap();
        assert_eq!(columns.children.len(), 2, "a condition shows its column already");
        assert_eq!(columns.children[1].text_of("from").as_deref(), Some("</from><x>&'\""));
    }

    #[test]
    fn a_booking_has_two_sides_of_one_amount() {
        let document = journal(&Journal {
            office: "001",
            journal: "MEMO",
            on: date(2026, 11, 5),
            sides: &[
                Side::on("1100"),
                Side {
                    account: "1300".to_owned(),
                    customer: Some("1000".to_owned()),
                    invoice: Some("2026-1".to_owned()),
                },
            ],
            amount: Money::from_cents(121_00),
            mark: "tijdig:p1",
        });
        let read = Element::parse(&document).unwrap();
        let transaction = read.child("transaction").unwrap();
        assert_eq!(transaction.child("header").unwrap().text_of("date").as_deref(), Some("20261105"));
        let lines: Vec<(Option<String>, Option<String>, Option<String>)> = transaction
            .child("lines")
            .unwrap()
            .all("line")
            .map(|l| (l.text_of("dim1"), l.text_of("debitcredit"), l.text_of("value")))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            lines,
            [(some("1100"), some("debit"), some("121.00")), (some("1300"), some("credit"), some("121.00"))]
        );
    }

    #[test]
    fn faults_and_other_answers_are_told_apart() {
        let answer = |body: &str| inside(format!("<E><Body>{body}</Body></E>").as_bytes());
        let result = |text: &str| {
            answer(&format!(
                "<ProcessXmlStringResponse>{}</ProcessXmlStringResponse>",
                element("ProcessXmlStringResult", text)
            ))
        };
        assert_eq!(result("<browse result=\"1\"/>").unwrap().name, "browse");
        assert!(matches!(result("no xml"), Err(PackageError::Malformed(_))));
        let fault = answer("<Fault><faultstring>J. de Vries</faultstring></Fault>");
        assert_eq!(fault, Err(PackageError::Refused("soap_fault".to_owned())));
        assert_eq!(answer(""), Err(PackageError::Malformed("answer: ProcessXmlStringResult".to_owned())));
        let booked_as = |text: &str| booked(&Element::parse(text).unwrap());
        let good = "<transactions><transaction result=\"1\"><header><code>MEMO</code><number>7</number></header></transaction></transactions>";
        assert_eq!(booked_as(good).as_deref(), Some("MEMO-7"));
        assert_eq!(booked_as(&good.replace("result=\"1\"", "result=\"0\"")), None);
    }
}
