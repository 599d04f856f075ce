//! NLCIUS, the use of EN 16931 in the Netherlands: BR-NL-1 to BR-NL-12 of SI-UBL 2.0.
//!
//! BR-NL-7, 8 and 9 say which documents we can read at all, so they hold for every seller. The others hold for sellers in
//! the Netherlands, whether the document names NLCIUS or Peppol BIS (which has the same rules as NL-R-001 to NL-R-008).
//! BR-NL-6 was never specified.
//!
//! BR-NL-10 is taken as its sister NL-R-005: a buyer's legal identifier must be a KVK or OIN number *if there is one*. A
//! consumer has none, and invoices to consumers are what this product is for.

use super::document::{UblAddress, UblDocument, UblId, UblKind};
use super::reader::Reader;

/// ISO 6523 schemes of legal identifiers in the Netherlands: KVK and OIN.
const LEGAL_SCHEMES: [&str; 2] = ["0106", "0190"];
/// Credit transfer, direct debit, cards, standing agreement and the two SEPA kinds (UNCL 4461).
const PAYMENT_MEANS: [&str; 6] = ["30", "48", "49", "57", "58", "59"];

const SELLER: &str = "cac:AccountingSupplierParty/cac:Party";
const BUYER: &str = "cac:AccountingCustomerParty/cac:Party";

pub(super) fn check(reader: &mut Reader, document: &UblDocument) {
    check_type(reader, document);
    if document.seller.address.country == "NL" {
        check_parties(reader, document);
        check_representative(reader);
        check_payment(reader, document);
        if document.buyer_reference.is_none() && document.order_reference.is_none() {
            refuse(
                reader,
                "BR-NL-2",
                "cbc:BuyerReference",
                "neither a buyer reference nor an order reference is given",
            );
        }
    }
}

fn check_type(reader: &mut Reader, document: &UblDocument) {
    let element = match document.kind {
        UblKind::Invoice => "cbc:InvoiceTypeCode",
        UblKind::CreditNote => "cbc:CreditNoteTypeCode",
    };
    match (document.kind, document.type_code.as_str()) {
        // Missing: that is BR-04.
        (_, "") => {}
        (UblKind::Invoice, "384") if document.preceding_invoices.is_empty() => {
            let path = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID";
            refuse(reader, "BR-NL-9", path, "a corrective invoice does not say which invoice it corrects");
        }
        (UblKind::Invoice, "380" | "384" | "389") | (UblKind::CreditNote, "381") => {}
        (UblKind::Invoice, "381") => refuse(reader, "BR-NL-8", element, "381 must be a CreditNote document"),
        (UblKind::CreditNote, "380" | "384" | "389") => {
            refuse(reader, "BR-NL-8", element, "380, 384 and 389 must be an Invoice document");
        }
        _ => refuse(reader, "BR-NL-7", element, "the type is not 380, 381, 384 or 389"),
    }
}

fn check_parties(reader: &mut Reader, document: &UblDocument) {
    let legal = |id: &UblId| id.scheme.as_deref().is_some_and(|scheme| LEGAL_SCHEMES.contains(&scheme));
    if !document.seller.legal_id.as_ref().is_some_and(legal) {
        let path = format!("{SELLER}/cac:PartyLegalEntity/cbc:CompanyID");
        refuse(
            reader,
            "BR-NL-1",
            &path,
            "the seller's KVK (scheme 0106) or OIN number (scheme 0190) is missing",
        );
    }
    check_address(reader, "BR-NL-3", SELLER, &document.seller.address);
    if document.buyer.address.country == "NL" {
        check_address(reader, "BR-NL-4", BUYER, &document.buyer.address);
        if document.buyer.legal_id.as_ref().is_some_and(|id| !legal(id)) {
            let path = format!("{BUYER}/cac:PartyLegalEntity/cbc:CompanyID");
            refuse(
                reader,
                "BR-NL-10",
                &path,
                "the buyer's legal identifier is no KVK (0106) or OIN number (0190)",
            );
        }
    }
}

fn check_address(reader: &mut Reader, rule: &'static str, party: &str, address: &UblAddress) {
    let parts =
        [("StreetName", &address.street), ("CityName", &address.city), ("PostalZone", &address.postcode)];
    for (name, part) in parts {
        if part.is_none() {
            refuse(
                reader,
                rule,
                &format!("{party}/cac:PostalAddress/cbc:{name}"),
                "is missing from the address",
            );
        }
    }
}

fn check_representative(reader: &mut Reader) {
    let address = "cac:TaxRepresentativeParty/cac:PostalAddress";
    let root = reader.tree.root();
    let country = reader.text(root, &format!("{address}/cac:Country/cbc:IdentificationCode"));
    if country.is_none_or(|country| !country.eq_ignore_ascii_case("NL")) {
        return;
    }
    for name in ["cbc:StreetName", "cbc:CityName", "cbc:PostalZone"] {
        let path = format!("{address}/{name}");
        if reader.text(root, &path).is_none() {
            refuse(reader, "BR-NL-5", &path, "is missing from the address");
        }
    }
}

fn check_payment(reader: &mut Reader, document: &UblDocument) {
    let owed = document.kind == UblKind::Invoice && document.payable.is_positive();
    if owed && document.payment_means.is_empty() {
        refuse(reader, "BR-NL-11", "cac:PaymentMeans", "an amount is due, but no means of payment is given");
    }
    for (means, id) in document.payment_means.iter().zip(reader.all("cac:PaymentMeans")) {
        if !means.code.is_empty() && !PAYMENT_MEANS.contains(&means.code.as_str()) {
            reader.refuse(id, "/cbc:PaymentMeansCode", "BR-NL-12", "is not 30, 48, 49, 57, 58 or 59");
        }
    }
}

fn refuse(reader: &mut Reader, rule: &'static str, path: &str, detail: &str) {
    reader.refuse(reader.tree.root(), &format!("/{path}"), rule, detail);
}
