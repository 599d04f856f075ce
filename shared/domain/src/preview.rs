//! What would be sent: the same decisions as the real ones, made on a copy with the calendar moved ahead.

use jiff::civil::Date;

use crate::administration::Administration;
use crate::calendar::today;
use crate::dossier::{Dossier, Draft};
use crate::follow_up;
use crate::ids::{InvoiceId, NoticeId};
use crate::next::due_at;
use crate::sending::{self, Claim, Sending};
use jiff::Timestamp;

/// Moments at which something is done, before the preview gives up. A policy has at most 30 steps, and a debtor's other
/// invoices may come first.
const MOST_MOMENTS: usize = 200;

/// A notice as it would leave if nothing else happened before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The day on which it would leave.
    pub on: Date,
    /// The dossier as it would be then, with the notice claimed in it.
    pub draft: Draft,
    /// The message as it would be claimed.
    pub notice: NoticeId,
}

/// The next notice that is about this invoice; `None` where none would leave.
pub fn next_notice(
    dossier: &Dossier,
    administration: &Administration,
    invoice: &InvoiceId,
    now: Timestamp,
) -> Option<Preview> {
    let mut dossier = dossier.clone();
    let mut at = now;
    for _ in 0..MOST_MOMENTS {
        let mut draft = Draft::of(dossier, at, "preview");
        follow_up::advance(&mut draft, administration);
        let waiting = draft.dossier.notices.iter().find(|n| !n.is_settled()).map(|n| n.id.clone());
        if let Some(id) = waiting {
            let claim = sending::claim(&mut draft, &id, administration);
            let about = |d: &Draft| {
                d.dossier.notice(&id).is_some_and(|n| n.lines.iter().any(|l| l.invoice == *invoice))
            };
            if claim == Ok(Claim::Granted) && about(&draft) {
                return Some(Preview { on: today(at), draft, notice: id });
            }
            sending::complete(&mut draft, &id, Sending::Accepted { message_id: String::new() }).ok()?;
        }
        dossier = draft.dossier;
        at = due_at(&dossier, administration, at).filter(|due| *due > at)?;
    }
    None
}
