//! Documents beside invoices: what each is, and where its bytes lie. The bytes are a file; this is the truth about it.

use domain::document::Document;
use domain::ids::{AdministrationId, DebtorId, InvoiceId};
use sha2::{Digest, Sha256};

use crate::dossiers::{Store, Versioned, decode, encode, put};
use crate::keys;
use crate::table::{Condition, Key, Order, Record, SortRange, TableError, Write};

/// More than an invoice may have.
const PAGE: u32 = 200;

impl Store {
    /// The document of this name; upper and lower case are the same.
    pub async fn document(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        invoice: &InvoiceId,
        name: &str,
    ) -> Result<Option<Versioned<Document>>, TableError> {
        self.get(&key(administration, debtor, invoice, name)).await
    }

    /// All documents of an invoice, in no order that means anything.
    pub async fn documents(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        invoice: &InvoiceId,
    ) -> Result<Vec<Document>, TableError> {
        let partition = keys::dossier_partition(administration, debtor);
        let range = SortRange::Prefix(keys::document_prefix(invoice));
        let page = self.table.query(&partition, range, Order::Ascending, PAGE, None).await?;
        page.items.iter().map(decode).collect()
    }
}

/// Puts the document, in place of the one that was read.
pub(crate) fn document_write(
    administration: &AdministrationId,
    debtor: &DebtorId,
    document: &Document,
    known: Option<u64>,
) -> Result<Write, TableError> {
    let key = key(administration, debtor, &document.invoice, &document.name);
    let record = Record::new(key, known.map_or(1, |v| v + 1), encode(document)?);
    Ok(put(record, known.map_or(Condition::Absent, Condition::Version)))
}

/// Takes away the document that was read.
pub(crate) fn document_removal(
    administration: &AdministrationId,
    debtor: &DebtorId,
    document: &Document,
    known: u64,
) -> Write {
    let key = key(administration, debtor, &document.invoice, &document.name);
    Write::Delete { key, condition: Condition::Version(known) }
}

fn key(administration: &AdministrationId, debtor: &DebtorId, invoice: &InvoiceId, name: &str) -> Key {
    let digest = Sha256::digest(name.to_lowercase().as_bytes());
    let hash: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    keys::document(administration, debtor, invoice, &hash)
}
