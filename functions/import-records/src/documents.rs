//! Archives of UBL documents: those of one part in memory, at most. Each is kept beside its invoice, with what it embeds.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use contracts::failure::Failure;
use domain::debtor::Debtor;
use domain::file_import::{FileImport, FilePart, FilePosition};
use domain::invoice::Invoice;
use formats::FormatRefusal;
use formats::archive::{Archive, Document};
use formats::ubl::UblDocument;
use futures_util::{StreamExt, TryStreamExt, stream};
use outside::files::Files;
use records::{Documents, Origin, Records, Taken};

use crate::Stop;
use crate::part::Part;
use crate::rows::told;
use crate::take::{Reason, Tally, reasons};
use crate::window::{to_u64, whole};

/// Documents of one part, at most: each is read as a whole.
const MOST_DOCUMENTS: usize = 50;

/// A part ends once its documents unpacked to so many bytes: large ones take their time.
const PART_BYTES: usize = 8_000_000;

/// Debtors whose documents are taken in at once.
const AT_ONCE: usize = 16;

/// An archive in memory, as it was uploaded.
#[derive(Debug)]
pub(crate) struct UblArchive {
    files: Arc<dyn Files>,
    bytes: Vec<u8>,
    count: usize,
}

/// A document that was read, by its number in the archive.
struct Read {
    number: u64,
    name: Option<String>,
    debtor: Debtor,
    invoice: Invoice,
    ubl: UblDocument,
    raw: Bytes,
}

impl UblArchive {
    pub async fn open(files: Arc<dyn Files>, name: &str, size: u64) -> Result<UblArchive, Stop> {
        let bytes = whole(&*files, name, size).await?;
        let count = Archive::open(&bytes).map_err(|refusal| told(&refusal))?.len();
        Ok(UblArchive { files, bytes, count })
    }

    pub fn total(&self) -> u64 {
        to_u64(self.count)
    }

    pub async fn take(
        &mut self,
        records: &Records,
        origin: &Origin,
        import: FileImport,
        most: usize,
    ) -> Result<Part, Stop> {
        let begin = usize::try_from(import.position.at).unwrap_or(usize::MAX);
        let mut tally = Tally::default();
        let (read, end) = self.read(begin, most.min(MOST_DOCUMENTS), &mut tally)?;
        let documents = Documents { records: records.clone(), files: self.files.clone() };
        let mut taken = taken(&documents, origin, read).await?;
        taken.sort_by_key(|(number, ..)| *number);
        for (number, name, taken) in taken {
            match taken {
                Ok(upsert) => tally.taken(&[upsert]),
                Err(Failure::Conflict { detail }) => return Err(Failure::unavailable(detail).into()),
                Err(failure) => tally.refused(number, reasons(failure, name.as_deref(), None)),
            }
        }
        let Tally { counts, mut refused } = tally;
        refused.sort_by_key(|refused| refused.line);
        let at = to_u64(end);
        let next = FilePosition { at, line: at + 1, within_line: false };
        Ok(Part { part: FilePart { counts, next, kept: None }, refused, finished: end >= self.count })
    }

    /// Reads documents from this place on; what is refused is tallied. Where the next part begins.
    fn read(&self, begin: usize, most: usize, tally: &mut Tally) -> Result<(Vec<Read>, usize), Stop> {
        let mut archive = Archive::open(&self.bytes).map_err(|refusal| told(&refusal))?;
        let (mut found, mut place, mut unpacked) = (Vec::new(), begin, 0);
        while place < self.count && place - begin < most && unpacked < PART_BYTES {
            let number = to_u64(place) + 1;
            match archive.read(place) {
                Some(Ok(document)) => {
                    unpacked += document.bytes.len();
                    match record(number, &document) {
                        Ok(read) => found.push(read),
                        Err(reasons) => tally.refused(number, reasons),
                    }
                }
                Some(Err(refusal)) => tally.refused(number, [reason(None, &refusal)]),
                None => break,
            }
            place += 1;
        }
        Ok((found, place))
    }
}

fn record(number: u64, document: &Document) -> Result<Read, Vec<Reason>> {
    let name = document.name.as_deref();
    let ubl = formats::ubl::parse(&document.bytes)
        .map_err(|refusals| refusals.iter().map(|refusal| reason(name, refusal)).collect::<Vec<_>>())?;
    let (debtor, invoice) = records::ubl::read(&ubl).map_err(|failure| reasons(failure, name, None))?;
    let raw = Bytes::copy_from_slice(&document.bytes);
    Ok(Read { number, name: document.name.clone(), debtor, invoice, ubl, raw })
}

fn reason(name: Option<&str>, refusal: &FormatRefusal) -> Reason {
    Reason {
        id: name.map(str::to_owned),
        field: refusal.path.clone(),
        rule: refusal.rule.to_owned(),
        detail: refusal.detail.clone(),
    }
}

/// Takes documents in: those of one debtor in their order, many debtors at once.
async fn taken(
    documents: &Documents,
    origin: &Origin,
    read: Vec<Read>,
) -> Result<Vec<(u64, Option<String>, Taken)>, Failure> {
    let mut groups: BTreeMap<String, Vec<Read>> = BTreeMap::new();
    for read in read {
        groups.entry(read.debtor.id.to_string()).or_default().push(read);
    }
    let done = stream::iter(groups.into_values().map(|group| async move {
        let mut taken = Vec::with_capacity(group.len());
        for Read { number, name, debtor, invoice, ubl, raw } in group {
            match documents.take_ubl_in(origin, &debtor, invoice, &ubl, raw).await {
                Err(failure @ (Failure::Unavailable { .. } | Failure::Bug { .. })) => return Err(failure),
                other => taken.push((number, name, other)),
            }
        }
        Ok(taken)
    }));
    let done: Vec<Vec<_>> = done.buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(done.into_iter().flatten().collect())
}
