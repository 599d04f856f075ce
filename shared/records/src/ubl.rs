//! A UBL document as a record: the invoice, and the debtor from its buyer.

use contracts::failure::Failure;
use domain::Language;
use domain::calendar::{midnight, plus_days};
use domain::debtor::{Address, Debtor, DebtorKind, EmailAddress};
use domain::ids::{DebtorId, InvoiceId};
use domain::invoice::{Invoice, InvoiceKind, InvoiceLine, Parties, Party, PaymentReference, ReferenceScheme};
use formats::ubl::{UblDocument, UblKind, UblParty};
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

/// The term of payment where a document names no due date: article 6:119a(2) BW, in days.
const TERM_DAYS: i32 = 30;

/// Lines that are kept of one document, for the debtor to read; the totals are those of all.
const MOST_LINES: usize = 500;

/// The buyer as a debtor, and the invoice or credit note.
///
/// # Errors
/// An amount below zero, or a buyer or number that gives no id.
pub fn read(document: &UblDocument) -> Result<(Debtor, Invoice), Failure> {
    if document.payable.is_negative() {
        let path = "/*/cac:LegalMonetaryTotal/cbc:PayableAmount";
        return Err(Failure::bad_input(
            path,
            "negative_amount",
            "is zero or more; a credit note gives the sign",
        ));
    }
    let debtor = newcomer(&document.buyer)?;
    let kind = match document.kind {
        UblKind::Invoice => InvoiceKind::Invoice,
        UblKind::CreditNote => InvoiceKind::CreditNote,
    };
    let due_date = document.due_date.unwrap_or_else(|| default_due_date(kind, document.issue_date));
    let reference = document.payment_means.iter().find_map(|m| m.payment_id.clone());
    let invoice = Invoice {
        id: invoice_id(document, kind)?,
        number: document.number.clone(),
        kind,
        issue_date: document.issue_date,
        due_date,
        total: document.payable,
        ledger: None,
        recurring_term: false,
        payment_reference: reference.map(reference_of),
        payment_condition: None,
        corrects: document.preceding_invoices.first().map(|p| p.number.clone()),
        lines: document
            .lines
            .iter()
            .take(MOST_LINES)
            .map(|l| InvoiceLine { description: l.name.clone(), amount: l.net_amount })
            .collect(),
        parties: Some(Parties { seller: party(&document.seller), buyer: party(&document.buyer) }),
        labels: Vec::new(),
        // A document tells nothing later than its own date: the same one once more is the same version.
        modified_at: midnight(document.issue_date),
        deleted_at: None,
        sending: domain::invoice::Sending::ByPolicy,
        bookings: Vec::new(),
        closed_on: None,
        steps: Vec::new(),
        policy_id: None,
        planned: None,
        restarted_on: None,
        formal_notice: None,
        charges: Vec::new(),
        claimed: None,
    };
    Ok((debtor, invoice))
}

fn default_due_date(kind: InvoiceKind, issue_date: Date) -> Date {
    match kind {
        InvoiceKind::Invoice => plus_days(issue_date, TERM_DAYS),
        InvoiceKind::CreditNote => issue_date,
    }
}

fn reference_of(value: String) -> PaymentReference {
    let scheme = if formats::reference::check_rf(&value).is_ok() {
        ReferenceScheme::Rf
    } else if value.len() == 16 && formats::reference::check_nl(&value).is_ok() {
        ReferenceScheme::Nl16
    } else {
        ReferenceScheme::Text
    };
    PaymentReference { scheme, value, made_here: false }
}

fn party(party: &UblParty) -> Party {
    Party {
        name: party.name().to_owned(),
        trading_name: party.trading_name.clone(),
        legal_id: party.legal_id.as_ref().map(|id| id.id.clone()),
        vat_id: party.vat_id.clone(),
        city: party.address.city.clone(),
        country: Some(party.address.country.clone()),
    }
}

/// A text as an id: what an id cannot hold is left out, and where anything was, a hash keeps ids apart.
fn as_id(text: &str, apart: &str) -> String {
    let plain: String =
        text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).take(40).collect();
    let digest = Sha256::digest(format!("{text}\u{0}{apart}"));
    let hash: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("{plain}-{hash}")
}

/// Numbers are unique within a seller and a kind of document only.
fn invoice_id(document: &UblDocument, kind: InvoiceKind) -> Result<InvoiceId, Failure> {
    let seller = &document.seller;
    let apart = format!(
        "{kind:?}\u{0}{}\u{0}{}\u{0}{}",
        seller.endpoint.as_ref().map_or("", |e| &e.id),
        seller.vat_id.as_deref().unwrap_or_default(),
        seller.legal_id.as_ref().map_or("", |e| &e.id),
    );
    InvoiceId::parse(&as_id(&document.number, &apart)).map_err(|e| Failure::bug(e.to_string()))
}

/// The debtor that a buyer becomes. Older than anything that an accounting tool puts, so that its record wins.
fn newcomer(buyer: &UblParty) -> Result<Debtor, Failure> {
    let own = buyer.identifiers.first().or(buyer.endpoint.as_ref()).or(buyer.legal_id.as_ref());
    let number = own
        .map_or_else(|| buyer.vat_id.clone().unwrap_or_else(|| buyer.name().to_owned()), |id| id.id.clone());
    let id = DebtorId::parse(&number)
        .or_else(|_| DebtorId::parse(&as_id(&number, buyer.name())))
        .map_err(|e| Failure::bug(e.to_string()))?;
    let business = buyer.legal_id.is_some() || buyer.vat_id.is_some();
    let kvk =
        buyer.legal_id.as_ref().filter(|id| id.scheme.as_deref() == Some("0106")).map(|id| id.id.clone());
    Ok(Debtor {
        id,
        number,
        kind: if business { DebtorKind::Business } else { DebtorKind::Consumer },
        name: buyer.name().to_owned(),
        person: None,
        emails: buyer
            .contact
            .email
            .as_deref()
            .and_then(|e| EmailAddress::parse(e).ok())
            .into_iter()
            .collect(),
        phone: buyer.contact.phone.clone(),
        mobile: None,
        language: if matches!(buyer.address.country.as_str(), "NL" | "BE") {
            Language::Nl
        } else {
            Language::En
        },
        kvk_number: kvk,
        vat_id: buyer.vat_id.clone(),
        iban: None,
        address: address(buyer),
        policy_id: None,
        labels: Vec::new(),
        modified_at: Timestamp::UNIX_EPOCH,
    })
}

fn address(buyer: &UblParty) -> Option<Address> {
    let street = buyer.address.street.clone()?;
    let city = buyer.address.city.clone()?;
    let dutch = buyer.address.country == "NL";
    let (street, house_number) = match street.rsplit_once(' ') {
        Some((name, number)) if dutch && number.starts_with(|c: char| c.is_ascii_digit()) => {
            (name.to_owned(), Some(number.to_owned()))
        }
        _ => (street, None),
    };
    let postcode = buyer.address.postcode.clone();
    let postcode = if dutch { postcode.as_deref().and_then(Address::dutch_postcode) } else { postcode };
    Some(Address {
        street,
        house_number,
        suffix: None,
        postcode,
        city,
        country: buyer.address.country.clone(),
    })
}
