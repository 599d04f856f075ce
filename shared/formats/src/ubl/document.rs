//! What a UBL document says, as far as following it up needs it.
//!
//! The names in brackets are the terms of EN 16931-1.

use std::fmt;

use domain::Money;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::content::Content;

/// Which of the two UBL documents it is; amounts are positive in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UblKind {
    Invoice,
    CreditNote,
}

/// An invoice or credit note that passed every rule of [`parse`](super::parse). It holds personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UblDocument {
    pub kind: UblKind,
    /// 380, 384 or 389 for an invoice, 381 for a credit note (BT-3).
    pub type_code: String,
    /// The seller's number (BT-1).
    pub number: String,
    pub issue_date: Date,
    /// The payment due date (BT-9); a credit note has it with its payment means.
    pub due_date: Option<Date>,
    /// Always `EUR` (BT-5).
    pub currency: String,
    /// All notes, one a line (BG-1).
    pub note: Option<String>,
    pub buyer_reference: Option<String>,
    pub order_reference: Option<String>,
    /// The invoices that this one corrects or credits (BG-3).
    pub preceding_invoices: Vec<UblPrecedingInvoice>,
    pub seller: UblParty,
    pub buyer: UblParty,
    pub payment_means: Vec<UblPaymentMeans>,
    /// All payment terms, one a line (BT-20).
    pub payment_terms: Option<String>,
    /// Total without VAT (BT-109).
    pub tax_exclusive: Money,
    /// Total of VAT in euros (BT-110).
    pub tax: Money,
    /// Total with VAT (BT-112).
    pub tax_inclusive: Money,
    /// What was paid before; zero if not said (BT-113).
    pub prepaid: Money,
    /// What rounding added; zero if not said (BT-114).
    pub rounding: Money,
    /// What is to be paid; negative when the seller owes the buyer (BT-115).
    pub payable: Money,
    pub lines: Vec<UblLine>,
    /// What is taken off or added for the document as a whole (BG-20, BG-21); those of a line are in its net amount.
    pub allowances: Vec<UblAllowance>,
    pub tax_subtotals: Vec<UblTaxSubtotal>,
    /// The documents that are in it (BG-24), of the kinds that [`Content`] knows; the others are left out.
    pub attachments: Vec<UblAttachment>,
}

/// A number under a scheme, such as `0106` for the trade register of the Netherlands (ISO 6523 list).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UblId {
    pub scheme: Option<String>,
    pub id: String,
}

/// An earlier invoice that this document is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UblPrecedingInvoice {
    pub number: String,
    pub issue_date: Option<Date>,
}

/// The seller (BG-4) or the buyer (BG-7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UblParty {
    /// Where electronic documents go (BT-34, BT-49).
    pub endpoint: Option<UblId>,
    pub identifiers: Vec<UblId>,
    pub trading_name: Option<String>,
    /// BR-06 and BR-07 ask for it: the name, also of a person (BT-27, BT-44).
    pub registration_name: String,
    /// The number in a register, such as KVK (BT-30, BT-47).
    pub legal_id: Option<UblId>,
    pub vat_id: Option<String>,
    pub address: UblAddress,
    pub contact: UblContact,
}

impl UblParty {
    /// The name to use: the registered one, which is always there, before the trading name.
    pub fn name(&self) -> &str {
        &self.registration_name
    }
}

/// A postal address (BG-5, BG-8). In the Netherlands the house number is part of the street line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UblAddress {
    pub street: Option<String>,
    pub additional: Option<String>,
    pub city: Option<String>,
    pub postcode: Option<String>,
    /// ISO 3166-1, two letters in upper case.
    pub country: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UblContact {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// A way to pay (BG-16). The account is as the document has it: not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UblPaymentMeans {
    /// UNCL 4461, such as 30 (credit transfer), 58 (SEPA credit transfer) or 59 (SEPA direct debit).
    pub code: String,
    /// The payment reference (BT-83).
    pub payment_id: Option<String>,
    pub iban: Option<String>,
    pub account_name: Option<String>,
    pub bic: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UblLine {
    pub id: String,
    pub name: String,
    /// May be negative and may have many decimals.
    pub quantity: Decimal,
    /// Without VAT; negative on a correction.
    pub net_amount: Money,
}

/// An allowance or a charge on the document as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UblAllowance {
    /// It is added; else it is taken off.
    pub is_charge: bool,
    /// BT-97 or BT-104.
    pub reason: Option<String>,
    /// Without VAT, before the sign.
    pub amount: Money,
}

/// A document within the document.
#[derive(Clone, PartialEq, Eq)]
pub struct UblAttachment {
    /// The sender's reference of it (BT-122).
    pub reference: String,
    /// BT-123.
    pub description: Option<String>,
    /// Made safe from what the sender calls it (BT-125); another one for each.
    pub file_name: String,
    /// By its first bytes, whatever type the sender says.
    pub content: Content,
    pub bytes: Vec<u8>,
}

impl fmt::Debug for UblAttachment {
    /// How many bytes instead of the bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (content, length) = (self.content, self.bytes.len());
        f.debug_struct("UblAttachment")
            .field("content", &content)
            .field("length", &length)
            .finish_non_exhaustive()
    }
}

/// The VAT of one category and rate (BG-23).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UblTaxSubtotal {
    /// UNCL 5305, such as `S` (standard), `Z` (zero), `E` (exempt).
    pub category: Option<String>,
    pub percent: Option<Decimal>,
    pub taxable: Money,
    pub tax: Money,
}
