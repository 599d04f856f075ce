//! Who and what is found by a number, an account, a name or a direct debit: entries beside the dossiers, one for each.
//!
//! They are hints. One that is stale leads to a dossier that says otherwise, and one that is missing to a line that a person
//! matches. They are written just before the dossier and not with it, which costs half; a commit that is lost then leaves a
//! stale one. Only what a person told by a match is written with it. Accounts, names and addresses are hashed together with what kind
//! of thing they are: none of them stands in a key.

use std::collections::BTreeSet;

use domain::dossier::{Draft, FOUND_BY};
use domain::ids::{AdministrationId, BankLineId, DebtorId, InvoiceId};
use domain::matching::{Found, keys_of_debtor, keys_of_invoice};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::dossiers::{Store, decode, encode, put};
use crate::keys;
use crate::table::{Condition, Key, Order, Record, SortRange, TableError, Write};

/// Bytes of the hash that a key has.
const HASH_BYTES: usize = 16;

/// Entries that are written at once.
const AT_ONCE: usize = 25;

/// What is known about one that is found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundEntry {
    /// The invoice, where that is what is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceId>,
    /// The bank line, where that is what is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<BankLineId>,
    /// A person's match said so, and not the ledger.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_person: bool,
}

/// One that is found, with whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundOne {
    pub debtor: DebtorId,
    #[serde(flatten)]
    pub entry: FoundEntry,
}

impl Store {
    /// What is found by this, at most `limit` of it. More than that says nothing of any of them: the caller asks for one
    /// more than it can use.
    pub async fn found(
        &self,
        administration: &AdministrationId,
        by: &Found,
        limit: u32,
    ) -> Result<Vec<FoundOne>, TableError> {
        let partition = keys::found(administration, &hash(by));
        let page = self.table.query(&partition, SortRange::all(), Order::Ascending, limit, None).await?;
        page.items.iter().map(decode).collect()
    }

    /// From now on this is found by that as well.
    pub async fn keep_found(
        &self,
        administration: &AdministrationId,
        by: &Found,
        debtor: &DebtorId,
        entry: &FoundEntry,
    ) -> Result<(), TableError> {
        self.table.write(vec![now_found(administration, by, debtor, entry)?]).await
    }

    /// Writes the entries that a dossier about to be stored needs and does not have, and takes away those that it had.
    pub(crate) async fn keep_findable(
        &self,
        administration: &AdministrationId,
        draft: &Draft,
    ) -> Result<(), TableError> {
        let writes = changed_entries(administration, draft)?;
        for some in writes.chunks(AT_ONCE) {
            try_join_all(some.iter().map(|write| self.table.write(vec![write.clone()]))).await?;
        }
        Ok(())
    }
}

fn changed_entries(administration: &AdministrationId, draft: &Draft) -> Result<Vec<Write>, TableError> {
    let (debtor, dossier) = (&draft.dossier.debtor.id, &draft.dossier);
    let before = draft.before().filter(|b| b.found_by == FOUND_BY);
    let mut writes = Vec::new();
    let changed = before.is_none_or(|b| b.debtor != dossier.debtor);
    if changed {
        let had: BTreeSet<Found> = before.map(keys_of_debtor).unwrap_or_default().into_iter().collect();
        let has: BTreeSet<Found> = keys_of_debtor(dossier).into_iter().collect();
        for by in has.difference(&had) {
            writes.push(now_found(administration, by, debtor, &FoundEntry::default())?);
        }
        let gone = had.difference(&has);
        writes.extend(gone.map(|by| no_longer_found(administration, by, debtor, &FoundEntry::default())));
    }
    for invoice in dossier.invoices.values().chain(draft.archived()) {
        let known = before.and_then(|b| b.invoices.get(&invoice.id));
        let is_known = known
            .is_some_and(|k| k.number == invoice.number && k.payment_reference == invoice.payment_reference);
        // One that was archived kept its entries.
        if is_known || (before.is_some() && draft.was_archived(&invoice.id)) {
            continue;
        }
        let had: BTreeSet<Found> = known.map(keys_of_invoice).unwrap_or_default().into_iter().collect();
        let entry = FoundEntry { invoice: Some(invoice.id.clone()), ..FoundEntry::default() };
        for by in keys_of_invoice(invoice).into_iter().filter(|by| !had.contains(by)) {
            writes.push(now_found(administration, &by, debtor, &entry)?);
        }
    }
    Ok(writes)
}

pub(crate) fn now_found(
    administration: &AdministrationId,
    by: &Found,
    debtor: &DebtorId,
    entry: &FoundEntry,
) -> Result<Write, TableError> {
    let one = FoundOne { debtor: debtor.clone(), entry: entry.clone() };
    let key = key(administration, by, debtor, entry.invoice.as_ref(), entry.line.as_ref());
    Ok(put(Record::new(key, 1, encode(&one)?), Condition::None))
}

pub(crate) fn no_longer_found(
    administration: &AdministrationId,
    by: &Found,
    debtor: &DebtorId,
    entry: &FoundEntry,
) -> Write {
    let key = key(administration, by, debtor, entry.invoice.as_ref(), entry.line.as_ref());
    Write::Delete { key, condition: Condition::None }
}

fn key(
    administration: &AdministrationId,
    by: &Found,
    debtor: &DebtorId,
    invoice: Option<&InvoiceId>,
    line: Option<&BankLineId>,
) -> Key {
    keys::found_one(administration, &hash(by), debtor, invoice, line)
}

fn hash(by: &Found) -> String {
    let (kind, text) = match by {
        Found::ByNumber(text) => ("number", text),
        Found::ByAccount(text) => ("account", text),
        Found::ByName(text) => ("name", text),
        Found::ByEmail(text) => ("email", text),
        Found::ByEndToEnd(text) => ("endToEnd", text),
        Found::ByMandate(text) => ("mandate", text),
    };
    short_hash(&[kind, text])
}

/// A hash of several texts, short enough for a key and long enough that no two meet.
pub(crate) fn short_hash(texts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().iter().take(HASH_BYTES).map(|b| format!("{b:02x}")).collect()
}
