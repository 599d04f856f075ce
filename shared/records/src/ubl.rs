//! A UBL document as a record: the invoice, and the debtor from its buyer.
//!
//! What was paid before (BT-113) is not asked again: the document's payable amount is what its ledger has open. A number that
//! is longer than a record's is refused; what is there to be read only, such as names, is cut off at a record's length.

use contracts::failure::Failure;
use domain::Language;
use domain::calendar::{midnight, plus_days};
use domain::debtor::{Address, Debtor, DebtorKind, EmailAddress};
use domain::ids::{DebtorId, InvoiceId};
use domain::invoice::{
    Invoice, InvoiceKind, InvoiceLine, LedgerOpen, Parties, Party, PaymentReference, ReferenceScheme,
};
use formats::ubl::{UblDocument, UblKind, UblParty};
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

/// The term of payment where a document names no due date: article 6:119a(2) BW, in days.
const TERM_DAYS: i32 = 30;

/// Longest number of an invoice, in characters.
const LONGEST_NUMBER: usize = 64;

/// Longest payment reference, in characters: what fits into a transfer's structured reference.
const LONGEST_REFERENCE: usize = 35;

/// Longest name, street, or description of a line, in characters.
const LONGEST_NAME: usize = 200;

/// Longest number in the trade register, in characters.
const LONGEST_KVK: usize = 12;

/// Longest VAT identification number, in characters.
const LONGEST_VAT_ID: usize = 20;

/// Longest postcode, in characters.
const LONGEST_POSTCODE: usize = 16;

/// Longest telephone number, in characters.
const LONGEST_PHONE: usize = 30;

/// Lines that are kept of one document, for the debtor to read; the totals are those of all.
const MOST_LINES: usize = 500;

/// The buyer as a debtor, and the invoice or credit note.
///
/// # Errors
/// An amount below zero, a number that is too long, or a buyer or number that gives no id.
pub fn read(document: &UblDocument) -> Result<(Debtor, Invoice), Failure> {
    // With what was rounded, which nobody paid.
    let total = document.payable + document.prepaid;
    if document.payable.is_negative() || total.is_negative() {
        let path = "/*/cac:LegalMonetaryTotal/cbc:PayableAmount";
        return Err(Failure::bad_input(
            path,
            "negative_amount",
            "is zero or more; a credit note gives the sign",
        ));
    }
    let number = number("/*/cbc:ID", &document.number)?;
    let corrects = document.preceding_invoices.first().map(|preceding| {
        let path = "/*/cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID";
        self::number(path, &preceding.number)
    });
    let debtor = newcomer(&document.buyer)?;
    let kind = match document.kind {
        UblKind::Invoice => InvoiceKind::Invoice,
        UblKind::CreditNote => InvoiceKind::CreditNote,
    };
    let due_date = document.due_date.unwrap_or_else(|| default_due_date(kind, document.issue_date));
    let reference =
        document.payment_means.iter().find_map(|m| m.payment_id.as_deref().and_then(reference_of));
    // A document tells nothing later than its own date: the same one once more is the same version.
    let modified_at = midnight(document.issue_date);
    let open = LedgerOpen { open: document.payable, modified_at, recorded: 0, by_write_back: false };
    let invoice = Invoice {
        id: invoice_id(document, kind)?,
        number,
        kind,
        issue_date: document.issue_date,
        due_date,
        total,
        ledger: (!document.prepaid.is_zero()).then_some(open),
        recurring_term: false,
        payment_reference: reference,
        payment_condition: None,
        corrects: corrects.transpose()?,
        lines: document
            .lines
            .iter()
            .take(MOST_LINES)
            .map(|l| InvoiceLine { description: plain(&l.name, LONGEST_NAME), amount: l.net_amount })
            .collect(),
        parties: Some(Parties { seller: party(&document.seller), buyer: party(&document.buyer) }),
        labels: Vec::new(),
        modified_at,
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

fn number(path: &str, number: &str) -> Result<String, Failure> {
    if number.chars().count() > LONGEST_NUMBER {
        return Err(Failure::bad_input(path, "length", "has 1 to 64 characters"));
    }
    Ok(plain(number, LONGEST_NUMBER))
}

/// A text in one line, cut off at so many characters.
fn plain(text: &str, longest: usize) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line: String = words.collect::<Vec<_>>().join(" ").chars().take(longest).collect();
    line.trim_end().to_owned()
}

/// None where it is longer than a payer could give it.
fn reference_of(text: &str) -> Option<PaymentReference> {
    let compact: String =
        text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let (scheme, value) = if formats::reference::check_rf(&compact).is_ok() {
        (ReferenceScheme::Rf, compact)
    } else if compact.len() == 16 && formats::reference::check_nl(&compact).is_ok() {
        (ReferenceScheme::Nl16, compact)
    } else {
        (ReferenceScheme::Text, plain(text, LONGEST_REFERENCE + 1))
    };
    let fits = (1..=LONGEST_REFERENCE).contains(&value.chars().count());
    fits.then_some(PaymentReference { scheme, value, made_here: false })
}

fn party(party: &UblParty) -> Party {
    Party {
        name: plain(party.name(), LONGEST_NAME),
        trading_name: party.trading_name.as_deref().map(|name| plain(name, LONGEST_NAME)),
        legal_id: party.legal_id.as_ref().map(|id| plain(&id.id, LONGEST_NUMBER)),
        vat_id: party.vat_id.as_deref().map(|id| plain(id, LONGEST_NUMBER)),
        city: party.address.city.as_deref().map(|city| plain(city, LONGEST_NAME)),
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
    let kvk = buyer.legal_id.as_ref().filter(|id| id.scheme.as_deref() == Some("0106"));
    let kvk = kvk.map(|id| plain(&id.id, LONGEST_KVK));
    Ok(Debtor {
        id,
        number: plain(&number, LONGEST_NUMBER),
        kind: if business { DebtorKind::Business } else { DebtorKind::Consumer },
        name: plain(buyer.name(), LONGEST_NAME),
        person: None,
        emails: buyer
            .contact
            .email
            .as_deref()
            .and_then(|e| EmailAddress::parse(e).ok())
            .into_iter()
            .collect(),
        phone: buyer.contact.phone.as_deref().map(|phone| plain(phone, LONGEST_PHONE)),
        mobile: None,
        language: if matches!(buyer.address.country.as_str(), "NL" | "BE") {
            Language::Nl
        } else {
            Language::En
        },
        kvk_number: kvk,
        vat_id: buyer.vat_id.as_deref().map(|id| plain(id, LONGEST_VAT_ID)),
        iban: None,
        address: address(buyer),
        policy_id: None,
        labels: Vec::new(),
        modified_at: Timestamp::UNIX_EPOCH,
    })
}

fn address(buyer: &UblParty) -> Option<Address> {
    let street = plain(buyer.address.street.as_deref()?, LONGEST_NAME);
    let city = plain(buyer.address.city.as_deref()?, LONGEST_NAME);
    let dutch = buyer.address.country == "NL";
    let (street, house_number) = match street.rsplit_once(' ') {
        Some((name, number)) if dutch && number.starts_with(|c: char| c.is_ascii_digit()) => {
            (name.to_owned(), Some(number.to_owned()))
        }
        _ => (street, None),
    };
    let postcode = buyer.address.postcode.as_deref().map(|postcode| plain(postcode, LONGEST_POSTCODE));
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
