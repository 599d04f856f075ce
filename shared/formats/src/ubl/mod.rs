//! Invoices and credit notes in UBL 2.1: EN 16931, Peppol BIS Billing 3 and NLCIUS.
//!
//! [`parse`] either gives a document in which everything that the rules promise is there, or every reason why not.
//! What is not checked: code lists other than type and currency, the arithmetic of VAT per category (`BR-S-*` and its
//! sisters), whether IBANs, BICs and party identifiers are real, and the rules about parts that nobody here reads
//! (deliveries, attachments, periods, item attributes).

mod document;
mod nlcius;
mod reader;
mod refusal;
mod totals;
mod tree;
mod values;

pub use document::{
    UblAddress, UblContact, UblDocument, UblId, UblKind, UblLine, UblParty, UblPaymentMeans,
    UblPrecedingInvoice, UblTaxSubtotal,
};
pub use refusal::{MAX_REFUSALS, UblRefusal};
pub use tree::{MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_NAMESPACES};

use reader::Reader;
use tree::{Namespace, Tree};

/// Reads one UBL invoice (type 380, 384, 389) or credit note (381) of at most [`MAX_BYTES`].
///
/// # Errors
/// All refusals in the order in which they were found, never an empty list; a document that is not well-formed, too
/// large, or no UBL invoice or credit note gives just that one.
pub fn parse(xml: &[u8]) -> Result<UblDocument, Vec<UblRefusal>> {
    let tree = Tree::parse(xml).map_err(|refusal| vec![refusal])?;
    let kind = kind_of(&tree).map_err(|refusal| vec![refusal])?;
    Reader::new(&tree, kind).read()
}

fn kind_of(tree: &Tree) -> Result<UblKind, UblRefusal> {
    match (tree.namespace(tree.root()), tree.name(tree.root())) {
        (Namespace::Invoice, "Invoice") => Ok(UblKind::Invoice),
        (Namespace::CreditNote, "CreditNote") => Ok(UblKind::CreditNote),
        _ => Err(UblRefusal::new(
            "XSD",
            tree.path(tree.root()),
            format!(
                "the root is neither Invoice of {} nor CreditNote of {}",
                tree::INVOICE,
                tree::CREDIT_NOTE
            ),
        )),
    }
}
