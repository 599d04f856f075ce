//! Invoices and credit notes in UBL 2.1: EN 16931, Peppol BIS Billing 3 and NLCIUS.
//!
//! [`parse`] either gives a document in which everything that the rules promise is there, or every reason why not.
//! What is not checked: code lists other than type and currency, the arithmetic of VAT per category (`BR-S-*` and its
//! sisters), whether IBANs, BICs and party identifiers are real, and the rules about parts that nobody here reads
//! (deliveries, periods, item attributes).

mod attachments;
mod document;
mod namespace;
mod nlcius;
mod reader;
mod refusals;
mod totals;
mod values;

pub use attachments::{MAX_ATTACHED_BYTES, MAX_ATTACHMENTS};
pub use document::{
    UblAddress, UblAllowance, UblAttachment, UblContact, UblDocument, UblId, UblKind, UblLine, UblParty,
    UblPaymentMeans, UblPrecedingInvoice, UblTaxSubtotal,
};
pub use refusals::MAX_REFUSALS;

pub use crate::xml::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, MAX_NAMESPACES};

use namespace::Namespace;
use reader::Reader;

use crate::refusal::FormatRefusal;
use crate::xml::Tree;

/// Largest document, in bytes: one and a half million, and what is embedded in base64.
pub const MAX_BYTES: usize = 15_000_000;

/// Reads one UBL invoice (type 380, 384, 389) or credit note (381) of at most [`MAX_BYTES`].
///
/// # Errors
/// All refusals in the order in which they were found, never an empty list; a document that is not well-formed, too
/// large, or no UBL invoice or credit note gives just that one.
pub fn parse(xml: &[u8]) -> Result<UblDocument, Vec<FormatRefusal>> {
    let tree = Tree::parse(xml, MAX_BYTES).map_err(|refusal| vec![refusal])?;
    let kind = kind_of(&tree).map_err(|refusal| vec![refusal])?;
    Reader::new(&tree, kind).read()
}

fn kind_of(tree: &Tree<Namespace>) -> Result<UblKind, FormatRefusal> {
    match (tree.namespace(tree.root()), tree.name(tree.root())) {
        (Namespace::Invoice, "Invoice") => Ok(UblKind::Invoice),
        (Namespace::CreditNote, "CreditNote") => Ok(UblKind::CreditNote),
        _ => Err(FormatRefusal::new(
            "XSD",
            tree.path(tree.root()),
            format!(
                "the root is neither Invoice of {} nor CreditNote of {}",
                namespace::INVOICE,
                namespace::CREDIT_NOTE
            ),
        )),
    }
}
