//! Records of the ledger, taken in: debtors, invoices, credit notes and payments, wherever they come from: the API, a
//! file, an accounting package, a bank or a payment provider.
//!
//! Every source ends in the same three functions: load the debtor's dossier, let [`domain::intake`] decide, commit. A
//! record that came before changes nothing, and an older version of it neither.

mod account_statements;
mod arrivals;
mod bank;
mod calls;
mod debtors;
mod deletions;
mod direct_debits;
mod documents;
mod feedback;
mod holds;
mod incoming_mails;
mod invoices;
mod mandates;
mod many;
mod messages;
mod payments;
mod references;
mod repetition;
pub mod ubl;

use std::collections::BTreeSet;

use contracts::failure::Failure;
use domain::administration::Administration;
use domain::dossier::{Dossier, Draft};
use domain::ids::{AdministrationId, DebtorId, InvoiceId, PolicyId};
use domain::invoice::Invoice;
use domain::refusal::Refusal;
use jiff::Timestamp;
use runtime::clock::Clock;
use store::{Store, Versioned, until_no_conflict};

pub use bank::{Gap, PartByHand, StatementTaken, gap};
pub use calls::ToCall;
pub use debtors::checked_debtor;
pub use direct_debits::{Booked, Returned};
pub use documents::{CheckedFile, Documents, Put, key_of};
pub use feedback::{Reported, feedback};
pub use incoming_mails::{Brought, IncomingMails};
pub use invoices::checked_invoice;
pub use mandates::checked_mandate;
pub use many::{Record, Taken};
pub use messages::{Messages, attachment_key};
pub use repetition::{MEMORY, is_repetition};

/// On whose behalf records come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Whose books they belong to: from a token or a stored connection, never from the record itself.
    pub administration: AdministrationId,
    /// Who brought them, as the timeline names it: a system or a role, never a person's name.
    pub by: String,
}

/// Takes records in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Records {
    pub store: Store,
    pub clock: Clock,
}

impl Records {
    pub fn now(&self) -> Result<Timestamp, Failure> {
        self.clock.now()
    }

    /// The settings of an administration that a token or a stored connection names, so it is there.
    pub async fn administration(&self, id: &AdministrationId) -> Result<Versioned<Administration>, Failure> {
        let found = self.store.administration(id).await?;
        found.ok_or_else(|| Failure::bug("an administration that is named has no settings"))
    }

    /// Lets `decide` change a debtor's dossier and stores it, as often as somebody else was first. What it decided, with
    /// the dossier as it is now; `missing` is the failure where there is no such debtor.
    pub async fn change<T>(
        &self,
        origin: &Origin,
        debtor: &DebtorId,
        missing: impl Fn() -> Failure,
        decide: impl Fn(&mut Draft, &Administration) -> Result<T, Refusal>,
    ) -> Result<(T, Dossier), Failure> {
        let settings = self.administration(&origin.administration).await?.value;
        until_no_conflict(|| async {
            let known = self.store.dossier(&origin.administration, debtor).await?;
            let known = known.filter(|k| k.value.deleted_at.is_none()).ok_or_else(&missing)?;
            let mut draft = Draft::of(known.value, self.now()?, &origin.by);
            let decided = decide(&mut draft, &settings)?;
            if !draft.is_unchanged() {
                self.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
            }
            Ok((decided, draft.dossier))
        })
        .await
    }

    /// Those of the invoices that are closed.
    pub(crate) async fn closed(
        &self,
        origin: &Origin,
        dossier: &Dossier,
        invoices: impl IntoIterator<Item = &InvoiceId>,
    ) -> Result<Vec<Invoice>, Failure> {
        let wanted: BTreeSet<&InvoiceId> =
            invoices.into_iter().filter(|id| !dossier.invoices.contains_key(*id)).collect();
        let mut closed = Vec::new();
        for id in wanted {
            closed.extend(self.store.archived_invoice(&origin.administration, &dossier.debtor.id, id).await?);
        }
        Ok(closed)
    }
}

/// Refuses a policy that a record names and nobody has.
fn known_policy(administration: &Administration, policy: Option<&PolicyId>) -> Result<(), Failure> {
    match policy {
        Some(id) if administration.policy(id).is_none() => {
            Err(Failure::bad_input("policyId", "unknown_policy", "names a policy that exists"))
        }
        _ => Ok(()),
    }
}

fn unknown_debtor() -> Failure {
    Failure::bad_input("debtorId", "unknown_debtor", "names a debtor that is known")
}
