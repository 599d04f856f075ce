//! Documents of invoices: what the package gives of an invoice lies beside it afterwards.
//!
//! An invoice is noted before it is taken in, so that one which is known has its document fetched whatever died meanwhile. A
//! note goes once the document lies here, the package has none, or it is of no use; one that gets no answer is tried again in
//! the next run, and left out after some.

use bytes::Bytes;
use contracts::failure::{Class, Failure};
use domain::connection::{MOST_TRIES_OF_A_DOCUMENT, OddRecord, Stage};
use domain::ids::InvoiceId;
use formats::content::{Content, file_name};
use outside::accounting::{Document, PackageError};
use records::{CheckedFile, Documents};
use store::WantedDocument;
use store::table::Page;

use crate::session::{Session, Stop};

/// Documents that are fetched before the run looks at its time.
const AT_A_TIME: u32 = 10;

/// Why a document is left out.
const NO_ANSWER: &str = "the package gives no answer for it";

/// What came of asking for one document.
enum Fetched {
    /// It lies here, there is none, or it is of no use: nobody wants it any longer.
    Settled,
    NoAnswer,
}

impl Session<'_> {
    /// The next documents, as far as the stage came.
    pub(crate) async fn fetch_documents(&mut self, stage: Stage) -> Result<(), Stop> {
        let Stage::Documents { began_at, cursor, mut asked, mut unanswered } = stage else { return Ok(()) };
        let (store, package) = (self.sync.store.clone(), self.connection.package);
        let page = if self.has_documents()? {
            store.wanted_documents(&self.administration, package, AT_A_TIME, cursor.as_deref()).await?
        } else {
            Page { items: Vec::new(), next: None }
        };
        for wanted in &page.items {
            asked += 1;
            match self.fetch_document(wanted).await? {
                Fetched::Settled => {
                    store.want_document_no_longer(&self.administration, package, &wanted.invoice).await?;
                }
                Fetched::NoAnswer => unanswered += 1,
            }
        }
        let now = self.now()?;
        let stage = Stage::Documents { began_at, cursor: page.next, asked, unanswered };
        self.connection.go_on_with_documents(stage, now);
        Ok(())
    }

    async fn fetch_document(&mut self, wanted: &WantedDocument) -> Result<Fetched, Stop> {
        let invoice = &wanted.invoice;
        let Some(own) = self.connection.package.own_id(invoice.as_str()).map(str::to_owned) else {
            return Ok(Fetched::Settled);
        };
        // One that a rule on import left out, or that went meanwhile, needs none.
        if self.sync.store.invoice_owner(&self.administration, invoice).await?.is_none() {
            return Ok(Fetched::Settled);
        }
        let document = match self.document(&own).await? {
            Ok(None) | Err(PackageError::Absent) => return Ok(Fetched::Settled),
            Ok(Some(document)) => document,
            Err(PackageError::Unavailable(_) | PackageError::NoAnswer(_)) => {
                return self.try_again(wanted).await;
            }
            Err(PackageError::Refused(code) | PackageError::Malformed(code)) => {
                return self.leave_out(invoice, &code);
            }
            Err(other) => return Err(other.into()),
        };
        match self.put_beside(wanted, document).await {
            Err(failure) if matches!(failure.class(), Class::BadInput | Class::Rejected) => {
                let why = match &failure {
                    Failure::BadInput(violations) => violations.first().map_or("bad_input", |v| v.code),
                    other => other.code(),
                };
                self.leave_out(invoice, why)
            }
            other => {
                other?;
                Ok(Fetched::Settled)
            }
        }
    }

    /// The others go on without it; it comes again with the next pull, and is left out one day.
    async fn try_again(&mut self, wanted: &WantedDocument) -> Result<Fetched, Stop> {
        let tries = wanted.tries + 1;
        if tries >= MOST_TRIES_OF_A_DOCUMENT {
            return self.leave_out(&wanted.invoice, NO_ANSWER);
        }
        let wanted = WantedDocument { tries, ..wanted.clone() };
        self.sync.store.want_document(&self.administration, self.connection.package, &wanted).await?;
        Ok(Fetched::NoAnswer)
    }

    fn leave_out(&mut self, invoice: &InvoiceId, why: &str) -> Result<Fetched, Stop> {
        let at = self.now()?;
        let (id, field) = (invoice.to_string(), "document".to_owned());
        self.connection.note_odd(OddRecord { id, field, why: why.to_owned(), at });
        Ok(Fetched::Settled)
    }

    /// Beside the invoice, under its number.
    async fn put_beside(&self, wanted: &WantedDocument, document: Document) -> Result<(), Failure> {
        let id = &wanted.invoice;
        let bytes = Bytes::from(document.bytes);
        let documents = Documents { records: self.records.clone(), files: self.sync.files.clone() };
        // UBL that keeps to the rules brings what it embeds; any other XML is kept as it is.
        if Content::of(&bytes) == Some(Content::Xml)
            && let Ok(ubl) = formats::ubl::parse(&bytes)
        {
            return documents.put_ubl(&self.origin, id, &ubl, bytes).await;
        }
        let content = Content::of(&bytes).unwrap_or(Content::Pdf);
        let name = file_name(&wanted.number.replace(['/', '\\'], "-"), content, "invoice");
        documents.put(&self.origin, id, &CheckedFile::parse(&name, bytes)?).await?;
        Ok(())
    }
}
