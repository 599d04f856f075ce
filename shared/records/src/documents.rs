//! Documents beside invoices: bytes among the files, what they are in the store.
//!
//! The bytes are written first, under their own hash: a crash leaves at most a file that nothing names. A document that takes
//! the place of another leaves that one's bytes where they are, since a notice may have gone out with them. Of what is taken
//! away the bytes go first, so that whoever repeats a deletion that broke off ends it.

use std::sync::Arc;

use bytes::Bytes;
use contracts::failure::Failure;
use domain::debtor::Debtor;
use domain::document::{Document, LARGEST_BYTES, MOST_DOCUMENTS};
use domain::dossier::{Dossier, Draft};
use domain::ids::{AdministrationId, DebtorId, InvoiceId};
use domain::intake::Upsert;
use domain::invoice::Invoice;
use domain::message::Attached;
use domain::timeline::Event;
use formats::content::{Content, file_name};
use formats::ubl::UblDocument;
use outside::files::{Files, FilesError};
use sha2::{Digest, Sha256};
use store::{Along, Place, Versioned, until_no_conflict};

use crate::{Origin, Records};

/// Puts documents beside invoices. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Documents {
    pub records: Records,
    pub files: Arc<dyn Files>,
}

/// What putting a document did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The invoice had none of this name.
    Added,
    /// It takes the place of another with its name.
    Replaced,
    /// It stands there already.
    Unchanged,
}

/// A file that is known to be one that is kept: its kind is told by its first bytes.
#[derive(Debug, Clone)]
pub struct CheckedFile {
    name: String,
    content: Content,
    pub(crate) bytes: Bytes,
}

impl CheckedFile {
    /// # Errors
    /// It is empty, too large, of a kind that is not kept, or its name is no plain file name that ends as its kind.
    pub fn parse(name: &str, bytes: Bytes) -> Result<CheckedFile, Failure> {
        if bytes.len() as u64 > LARGEST_BYTES {
            let detail = format!("is at most {LARGEST_BYTES} bytes");
            return Err(Failure::bad_input("body", "document_too_large", detail));
        }
        let Some(content) = Content::of(&bytes) else {
            let detail = "is a PDF, PNG, JPEG or XML file by its first bytes, whatever its name says";
            return Err(Failure::bad_input("body", "unknown_kind_of_document", detail));
        };
        let plain = file_name(name, content, "document");
        if plain != name {
            let detail = format!("is a plain file name that ends as its content: \"{plain}\" would do");
            return Err(Failure::bad_input("name", "not_a_file_name", detail));
        }
        Ok(CheckedFile { name: plain, content, bytes })
    }

    /// What stands of it beside a message.
    pub(crate) fn attached(&self) -> Attached {
        Attached {
            name: self.name.clone(),
            content_type: self.content.media_type().to_owned(),
            bytes: self.bytes.len() as u64,
            sha256: hexadecimal(&Sha256::digest(&self.bytes)),
        }
    }
}

impl Documents {
    /// Puts a document beside an invoice. The same file under the same name again changes nothing.
    ///
    /// # Errors
    /// The invoice is not known, or has as many documents as it may have.
    pub async fn put(
        &self,
        origin: &Origin,
        invoice: &InvoiceId,
        file: &CheckedFile,
    ) -> Result<Put, Failure> {
        let debtor = self.owner(&origin.administration, invoice).await?;
        let sha256 = hexadecimal(&Sha256::digest(&file.bytes));
        let store = &self.records.store;
        let known = store.document(&origin.administration, &debtor, invoice, &file.name).await?;
        if known.is_some_and(|k| k.value.name == file.name && k.value.sha256 == sha256) {
            return Ok(Put::Unchanged);
        }
        until_no_conflict(|| async {
            let dossier = self.dossier(origin, &debtor).await?;
            let known = store.document(&origin.administration, &debtor, invoice, &file.name).await?;
            let mut draft = Draft::of(dossier.value, self.records.now()?, &origin.by);
            let document = Document {
                invoice: invoice.clone(),
                name: file.name.clone(),
                content_type: file.content.media_type().to_owned(),
                bytes: file.bytes.len() as u64,
                sha256: sha256.clone(),
                added_at: draft.now,
                by: origin.by.clone(),
            };
            if known.as_ref().is_some_and(|k| k.value.is_same_file(&document)) {
                return Ok(Put::Unchanged);
            }
            if known.is_none() {
                let all = store.documents(&origin.administration, &debtor, invoice).await?;
                if all.len() >= MOST_DOCUMENTS {
                    let detail = format!("an invoice has at most {MOST_DOCUMENTS} documents");
                    return Err(Failure::rejected("too_many_documents", detail));
                }
            }
            // Within each try: whoever takes the same bytes away meanwhile is seen by the version.
            let kind = file.content.media_type();
            let key = bytes_key(&origin.administration, &debtor, invoice, &sha256, kind);
            self.files.put(&key, file.bytes.clone(), kind).await?;
            draft.record(Event::DocumentAdded { invoice: invoice.clone(), sha256: sha256.clone() });
            let put = if known.is_some() { Put::Replaced } else { Put::Added };
            let along = Along::Document { document: Box::new(document), known: known.map(|k| k.version) };
            self.commit(origin, &draft, dossier.version, along).await?;
            Ok(put)
        })
        .await
    }

    /// Takes in the invoice that a UBL document is, with its debtor where that is not known, and keeps beside it what the
    /// document embeds and the document itself.
    ///
    /// # Errors
    /// As [`Records::put_invoice`] and [`Documents::put`]. Whoever gets none or an error does it all again.
    pub async fn take_ubl_in(
        &self,
        origin: &Origin,
        debtor: &Debtor,
        invoice: Invoice,
        ubl: &UblDocument,
        raw: Bytes,
    ) -> Result<Upsert, Failure> {
        let id = invoice.id.clone();
        let upsert = self.records.put_invoice(origin, &debtor.id, invoice, Some(debtor)).await?;
        // What is older, or left out, brings nothing.
        if !matches!(upsert, Upsert::Older | Upsert::Ignored(_)) {
            self.put_ubl(origin, &id, ubl, raw).await?;
        }
        Ok(upsert)
    }

    /// Puts beside an invoice what its UBL document embeds, and the UBL document itself.
    ///
    /// # Errors
    /// As [`Documents::put`].
    pub async fn put_ubl(
        &self,
        origin: &Origin,
        invoice: &InvoiceId,
        ubl: &UblDocument,
        raw: Bytes,
    ) -> Result<(), Failure> {
        for embedded in &ubl.attachments {
            let bytes = Bytes::copy_from_slice(&embedded.bytes);
            self.put(origin, invoice, &CheckedFile::parse(&embedded.file_name, bytes)?).await?;
        }
        // One in another encoding than UTF-8, or so large that it embeds much, is not kept twice.
        if Content::of(&raw) == Some(Content::Xml) && raw.len() as u64 <= LARGEST_BYTES {
            let name = file_name(&format!("{}.xml", ubl.number), Content::Xml, "invoice");
            self.put(origin, invoice, &CheckedFile::parse(&name, raw)?).await?;
        }
        Ok(())
    }

    /// What is kept beside an invoice, by name.
    ///
    /// # Errors
    /// The invoice is not known.
    pub async fn list(
        &self,
        administration: &AdministrationId,
        invoice: &InvoiceId,
    ) -> Result<Vec<Document>, Failure> {
        let debtor = self.owner(administration, invoice).await?;
        let mut all = self.records.store.documents(administration, &debtor, invoice).await?;
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    /// One document, and where its bytes lie among the files.
    ///
    /// # Errors
    /// The invoice is not known, or has no document of this name.
    pub async fn find(
        &self,
        administration: &AdministrationId,
        invoice: &InvoiceId,
        name: &str,
    ) -> Result<(Document, String), Failure> {
        let debtor = self.owner(administration, invoice).await?;
        let found = self.records.store.document(administration, &debtor, invoice, name).await?;
        let document = found.ok_or(Failure::not_found("document"))?.value;
        let key = key_of(administration, &debtor, &document);
        Ok((document, key))
    }

    /// Takes a document away, and its bytes.
    ///
    /// # Errors
    /// The invoice is not known, or has no document of this name.
    pub async fn remove(&self, origin: &Origin, invoice: &InvoiceId, name: &str) -> Result<(), Failure> {
        let debtor = self.owner(&origin.administration, invoice).await?;
        until_no_conflict(|| async {
            let store = &self.records.store;
            let found = store.document(&origin.administration, &debtor, invoice, name).await?;
            let Versioned { value: document, version: known } =
                found.ok_or(Failure::not_found("document"))?;
            let others = store.documents(&origin.administration, &debtor, invoice).await?;
            let needed = others.iter().any(|o| o.sha256 == document.sha256 && o.name != document.name);
            if !needed {
                let (sha256, kind) = (&document.sha256, &document.content_type);
                let key = bytes_key(&origin.administration, &debtor, invoice, sha256, kind);
                match self.files.delete(&key).await {
                    Ok(()) | Err(FilesError::Absent) => {}
                    Err(other) => return Err(other.into()),
                }
            }
            let dossier = self.dossier(origin, &debtor).await?;
            let mut draft = Draft::of(dossier.value, self.records.now()?, &origin.by);
            let event = Event::DocumentRemoved { invoice: invoice.clone(), sha256: document.sha256.clone() };
            draft.record(event);
            let along = Along::DocumentGone { document: Box::new(document), known };
            self.commit(origin, &draft, dossier.version, along).await
        })
        .await
    }

    async fn owner(
        &self,
        administration: &AdministrationId,
        invoice: &InvoiceId,
    ) -> Result<DebtorId, Failure> {
        let place = self.records.store.invoice_place(administration, invoice).await?;
        place.and_then(|p| Place::taken(p.value)).ok_or(Failure::not_found("invoice"))
    }

    /// The dossier beside whose invoice it stands. One that was noted and never stored has none.
    async fn dossier(&self, origin: &Origin, debtor: &DebtorId) -> Result<Versioned<Dossier>, Failure> {
        let found = self.records.store.dossier(&origin.administration, debtor).await?;
        found.ok_or(Failure::not_found("invoice"))
    }

    async fn commit(
        &self,
        origin: &Origin,
        draft: &Draft,
        version: u64,
        along: Along,
    ) -> Result<(), Failure> {
        let administration = self.records.administration(&origin.administration).await?.value;
        Ok(self.records.store.commit(&administration, draft, Some(version), vec![along]).await?)
    }
}

/// Where the bytes of a debtor's document lie among the files.
pub fn key_of(administration: &AdministrationId, debtor: &DebtorId, document: &Document) -> String {
    bytes_key(administration, debtor, &document.invoice, &document.sha256, &document.content_type)
}

/// Where the bytes lie: ids and a hash, and an ending by which a browser knows what it saves.
fn bytes_key(
    administration: &AdministrationId,
    debtor: &DebtorId,
    invoice: &InvoiceId,
    sha256: &str,
    content_type: &str,
) -> String {
    format!("documents/{administration}/{debtor}/{invoice}/{sha256}.{}", ending_of(content_type))
}

pub(crate) fn ending_of(content_type: &str) -> &str {
    content_type.rsplit_once('/').map_or("", |(_, kind)| kind)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
