//! Open tasks, over all debtors: rows that say what is due first, for everything and for each kind. Calls to make are a kind.
//!
//! Rows are written in the transaction that stores the dossier, from the difference between what was stored and what is stored
//! now, and one page of them is one query. What is absent: anything about a person in a row.

use std::collections::BTreeMap;

use domain::dossier::{Dossier, Draft, Task};
use domain::ids::{AdministrationId, DebtorId};
use domain::tasks::due_at;
use serde::{Deserialize, Serialize};

use crate::dossiers::{Store, decode, encode, put};
use crate::keys;
use crate::table::{Condition, Key, Order, Page, Record, SortRange, TableError, Write};

/// A task that waits, with whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenTask {
    #[serde(flatten)]
    pub task: Task,
    pub debtor: DebtorId,
}

impl Store {
    /// One page of the tasks that wait, of all kinds or of one: what is due first comes first.
    pub async fn tasks(
        &self,
        administration: &AdministrationId,
        about: Option<&str>,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<OpenTask>, TableError> {
        let partition = keys::tasks(administration, about);
        let page = self.table.query(&partition, SortRange::all(), Order::Ascending, limit, cursor).await?;
        Ok(Page { items: page.items.iter().map(decode).collect::<Result<_, _>>()?, next: page.next })
    }
}

/// What a draft changes of the lists of tasks: rows that come and go.
pub(crate) fn writes(administration: &AdministrationId, draft: &Draft) -> Result<Vec<Write>, TableError> {
    // Of one that was stored before tasks were listed no row is there.
    let before = draft.before().filter(|before| before.tasks_listed);
    let old = rows(administration, before);
    let new = rows(administration, Some(&draft.dossier));
    let mut writes = Vec::new();
    for (row, task) in new.iter().filter(|(row, _)| !old.contains_key(*row)) {
        let kept = OpenTask { task: (*task).clone(), debtor: draft.dossier.debtor.id.clone() };
        // Written under the dossier's version: no condition of its own.
        writes.push(put(Record::new(row.clone(), 1, encode(&kept)?), Condition::None));
    }
    for row in old.into_keys().filter(|row| !new.contains_key(row)) {
        writes.push(Write::Delete { key: row, condition: Condition::None });
    }
    Ok(writes)
}

fn rows<'a>(administration: &AdministrationId, dossier: Option<&'a Dossier>) -> BTreeMap<Key, &'a Task> {
    let mut rows = BTreeMap::new();
    for (dossier, task) in dossier.into_iter().flat_map(|d| d.tasks.iter().map(move |task| (d, task))) {
        let due = due_at(dossier, task);
        for about in [None, Some(task.about.as_str())] {
            rows.insert(keys::task_row(administration, about, due, &task.id), task);
        }
    }
    rows
}
