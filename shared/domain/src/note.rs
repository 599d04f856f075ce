//! Notes: what the desk writes down about a debtor or one of their invoices, for the desk alone.
//!
//! What is absent: a note in any event. What happened says that there is one and nothing of what it says, so that a note that
//! is taken away is gone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dossier::Draft;
use crate::ids::{InvoiceId, NoteId};
use crate::timeline::Event;

/// Characters of a note at most.
pub const LONGEST_NOTE: usize = 4_000;

/// One note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// `{debtor}.k{number}`.
    pub id: NoteId,
    /// The invoice that it is about; the debtor where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceId>,
    /// In the desk's own words: 1 to [`LONGEST_NOTE`] characters.
    pub text: String,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub by: String,
    /// Hash of the request's idempotency key: the same request again makes no second note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// Makes a note: it is stored together with the draft.
pub fn add(draft: &mut Draft, invoice: Option<InvoiceId>, text: String, request: Option<String>) -> Note {
    draft.dossier.counts.notes += 1;
    let id = draft.dossier.debtor.id.note(draft.dossier.counts.notes);
    draft.record(Event::NoteAdded { note: id.clone(), invoice: invoice.clone() });
    Note { id, invoice, text, at: draft.now, by: draft.by().to_owned(), request }
}

/// A note is taken away together with the draft: that it was there stays on the timeline.
pub fn remove(draft: &mut Draft, note: &Note) {
    draft.record(Event::NoteRemoved { note: note.id.clone(), invoice: note.invoice.clone() });
}
