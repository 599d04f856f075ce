//! The desk's overview: on both tables. And what a page of it costs where there is much.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::Money;
use domain::calendar::{plus_days, today};
use domain::desk_row::{DeskRow, Need, Phase};
use domain::dossier::{Dossier, Draft, Task};
use domain::ids::{AdministrationId, DebtorId, InvoiceId};
use domain::invoice::{Invoice, InvoiceKind, Sending};
use jiff::Timestamp;
use store::table::{
    Condition, Index, IndexKey, Key, Order, Page, Record, SortRange, Table, TableError, Write,
};
use store::{DeskCounts, DeskState, MemoryTable, Projected, Store, Units};

use crate::harness::{Subject, on_both};
use crate::settings::{administration, debtor};

/// Units that a page may cost, and calls of the table that it may make. The table counts halves, as the service does, and nothing
/// of money.
const MOST_UNITS: f64 = 60.0;
const MOST_CALLS: usize = 5;

fn store(subject: &Subject) -> Store {
    match subject {
        Subject::Memory(table) => Store::new(Arc::new(table.clone())),
        Subject::Dynamo(table) => Store::new(Arc::new(table.clone())),
    }
}

fn now() -> Timestamp {
    "2026-11-30T09:00:00Z".parse().unwrap()
}

fn invoice(id: &str, cents: i64, due_in_days: i32) -> Invoice {
    let due_date = plus_days(today(now()), due_in_days);
    Invoice {
        id: InvoiceId::parse(id).unwrap(),
        number: id.to_owned(),
        kind: InvoiceKind::Invoice,
        issue_date: plus_days(due_date, -14),
        due_date,
        total: Money::from_cents(cents),
        ledger: None,
        recurring_term: true,
        payment_reference: None,
        payment_condition: None,
        corrects: None,
        lines: Vec::new(),
        parties: None,
        labels: Vec::new(),
        modified_at: now(),
        deleted_at: None,
        sending: Sending::ByPolicy,
        bookings: Vec::new(),
        closed_on: None,
        steps: Vec::new(),
        policy_id: None,
        planned: None,
        restarted_on: None,
        formal_notice: None,
        charges: Vec::new(),
        claimed: None,
    }
}

/// A debtor of this name with these invoices: what is open on each, and in how many days it is due.
fn dossier(id: &str, name: &str, invoices: &[(i64, i32)]) -> Dossier {
    let mut debtor = debtor(id);
    debtor.name = name.to_owned();
    let mut dossier = Dossier::new(debtor, now());
    for (place, (cents, due)) in invoices.iter().enumerate() {
        let invoice = invoice(&format!("{id}-{place}"), *cents, *due);
        dossier.invoices.insert(invoice.id.clone(), invoice);
    }
    dossier
}

/// Stores a dossier as it is, in place of the one that was there.
async fn keep(store: &Store, dossier: &Dossier, known: Option<u64>) {
    let mut draft = Draft::created(dossier.debtor.clone(), now(), "test");
    draft.dossier = Dossier { counts: draft.dossier.counts, ..dossier.clone() };
    if known.is_some() {
        // The entry of its making is there already.
        draft = Draft::of(draft.dossier, now(), "test");
    }
    store.commit(&administration(), &draft, known, Vec::new()).await.unwrap();
}

async fn project(store: &Store, id: &str, state: &DeskState) -> Projected {
    let debtor = DebtorId::parse(id).unwrap();
    loop {
        match store.project(&administration(), &debtor, state, now()).await {
            Ok(projected) => return projected,
            Err(TableError::Conflict { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

async fn counts(store: &Store) -> DeskCounts {
    store.desk_counts(&administration().id, now()).await.unwrap().0
}

fn counted(dossiers: &[&Dossier]) -> DeskCounts {
    let mut counts = DeskCounts::default();
    for dossier in dossiers {
        counts.add(&DeskRow::of(dossier, &administration(), now()).unwrap(), today(now()));
    }
    counts
}

fn ids(rows: &[DeskRow]) -> Vec<&str> {
    rows.iter().map(|row| row.debtor.as_str()).collect()
}

#[tokio::test]
async fn rows_counters_lists_and_search_follow_the_dossiers() {
    on_both(async |subject| {
        let (store, a, state) = (store(&subject), administration().id, DeskState::default());
        let mut first = dossier("d1", "J. de Vries", &[(121_00, -100), (50_00, -10)]);
        let second = dossier("d2", "Zoë Müller", &[(121_00, 5)]);
        keep(&store, &first, None).await;
        keep(&store, &second, None).await;
        for id in ["d1", "d2"] {
            assert_eq!(project(&store, id, &state).await, Projected::Changed);
            assert_eq!(project(&store, id, &state).await, Projected::Unchanged);
        }
        assert_eq!(counts(&store).await, counted(&[&first, &second]), "{subject:?}");
        assert_eq!(ids(&store.debtors_by_outstanding(&a, 10, None).await.unwrap().items), ["d1", "d2"]);
        for (text, expected) in [("vries", vec!["d1"]), ("muller", vec!["d2"]), ("121.00", vec!["d1", "d2"])]
        {
            let page = store.search_desk(&a, text, 10, None).await.unwrap();
            assert_eq!(ids(&page.items), expected, "{text} on {subject:?}");
        }

        let task = Task {
            id: first.debtor.id.task(1),
            opened_at: now(),
            about: "hold_review".into(),
            subject: "x".into(),
        };
        first.tasks.push(task);
        first.invoices.pop_last();
        keep(&store, &first, Some(1)).await;
        assert_eq!(project(&store, "d1", &state).await, Projected::Changed);
        assert_eq!(counts(&store).await, counted(&[&first, &second]));
        let list = store.work_list(&a, Need::Task, 10, None).await.unwrap();
        assert_eq!(ids(&list.items), ["d1"]);
        // Nothing of what was open is found, and nothing is left of one who is gone.
        assert_eq!(store.search_desk(&a, "50.00", 10, None).await.unwrap().items, []);
        first.deleted_at = Some(now());
        keep(&store, &first, Some(2)).await;
        project(&store, "d1", &state).await;
        assert_eq!(counts(&store).await, counted(&[&second]));
        assert_eq!(store.work_list(&a, Need::Task, 10, None).await.unwrap().items, []);
        assert_eq!(store.search_desk(&a, "vries", 10, None).await.unwrap().items, []);
        assert_eq!(project(&store, "d1", &state).await, Projected::Unchanged);
    })
    .await;
}

#[tokio::test]
async fn of_many_who_project_at_once_each_debtor_counts_once() {
    on_both(async |subject| {
        let store = store(&subject);
        let dossiers: Vec<Dossier> =
            (0..4).map(|n| dossier(&format!("d{n}"), "A. Jansen", &[(100_00 + n, -5)])).collect();
        for dossier in &dossiers {
            keep(&store, dossier, None).await;
        }
        let at_once = (0..12).map(|n| {
            let store = store.clone();
            tokio::spawn(async move { project(&store, &format!("d{}", n % 4), &DeskState::default()).await })
        });
        for projected in at_once.collect::<Vec<_>>() {
            projected.await.unwrap();
        }
        assert_eq!(counts(&store).await, counted(&dossiers.iter().collect::<Vec<_>>()), "{subject:?}");
    })
    .await;
}

#[tokio::test]
async fn counters_are_made_anew_beside_those_that_are_shown() {
    on_both(async |subject| {
        let (store, a) = (store(&subject), administration().id);
        let first = dossier("d1", "J. de Vries", &[(121_00, -100)]);
        keep(&store, &first, None).await;
        project(&store, "d1", &DeskState::default()).await;
        let wrong = store::keys::desk_counter(&a, 1, None, &first.debtor.id);
        let by = BTreeMap::from([("owing".to_owned(), 7)]);
        subject.write(vec![Write::Count { key: wrong, by }]).await.unwrap();
        let begun = store.begin_rebuild(&a, now()).await.unwrap();
        assert_eq!(store.begin_rebuild(&a, now()).await.unwrap(), begun, "there is one at a time");
        let rebuild = begun.rebuild.clone().unwrap();
        let page = store.rebuild_page(&a, &rebuild, 10).await.unwrap();
        assert_eq!((page.items.len(), page.next.clone()), (1, None));
        project(&store, "d1", &begun).await;
        assert_eq!(counts(&store).await.owing, 8, "what was shown is shown");
        let known = store.desk_state(&a).await.unwrap();
        let known = store.walked_rebuild(&a, &known, 1, page.next).await.unwrap();
        store.tidy_desk_counters(&a, &known.value, "2026-11").await.unwrap();
        assert_eq!(counts(&store).await, counted(&[&first]), "{subject:?}");
        assert_eq!(project(&store, "d1", &known.value).await, Projected::Changed, "it counts in one of them");
        assert_eq!(project(&store, "d1", &known.value).await, Projected::Unchanged);
        assert_eq!(counts(&store).await, counted(&[&first]));
    })
    .await;
}

#[tokio::test]
async fn a_change_writes_what_changed_and_no_change_writes_nothing() {
    let table = MemoryTable::new();
    let (store, state) = (Store::new(Arc::new(table.clone())), DeskState::default());
    let mut one = dossier("d1", "J. de Vries", &[(121_00, 5)]);
    keep(&store, &one, None).await;
    project(&store, "d1", &state).await;
    let second = invoice("d1-1", 50_00, 36);
    one.invoices.insert(second.id.clone(), second);
    keep(&store, &one, Some(1)).await;
    let before = table.units();
    assert_eq!(project(&store, "d1", &state).await, Projected::Changed);
    // Row, two items of counters and one entry of the search, twice as a transaction; and its place among those who owe.
    assert_eq!((table.units() - before).write, 10.0);
    let before = table.units();
    assert_eq!(project(&store, "d1", &state).await, Projected::Unchanged);
    assert_eq!((table.units() - before).write, 0.0);
}

/// Counts the calls that a table gets.
#[derive(Debug)]
struct Counting {
    table: MemoryTable,
    calls: std::sync::atomic::AtomicUsize,
}

impl Counting {
    fn called(&self) {
        self.calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    }

    /// Calls and units since the last time.
    fn take(&self, before: Units) -> (usize, f64) {
        let calls = self.calls.swap(0, std::sync::atomic::Ordering::SeqCst);
        (calls, (self.table.units() - before).read)
    }
}

#[async_trait::async_trait]
impl Table for Counting {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        self.called();
        self.table.get(key).await
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Record>, TableError> {
        self.called();
        self.table.get_many(keys).await
    }

    async fn query(
        &self,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Record>, TableError> {
        self.called();
        self.table.query(partition, range, order, limit, cursor).await
    }

    async fn query_index(
        &self,
        index: Index,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<(IndexKey, Key)>, TableError> {
        self.called();
        self.table.query_index(index, partition, range, order, limit, cursor).await
    }

    async fn write(&self, writes: Vec<Write>) -> Result<(), TableError> {
        self.table.write(writes).await
    }
}

const SURNAMES: [&str; 20] = [
    "de Vries",
    "de Jong",
    "Jansen",
    "van den Berg",
    "Bakker",
    "van Dijk",
    "Visser",
    "Smit",
    "Meijer",
    "de Boer",
    "Mulder",
    "de Groot",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "van Leeuwen",
    "Dekker",
    "Brouwer",
    "de Wit",
];

/// The debtor of this number, with ten invoices.
fn one_of_many(number: i32) -> Dossier {
    let letter = char::from(b'A' + u8::try_from(number % 26).unwrap());
    let surname = SURNAMES[usize::try_from(number).unwrap() % SURNAMES.len()];
    let invoices: Vec<(i64, i32)> = (0..10)
        .map(|place| {
            (i64::from(1_000 + (number * 37 + place * 211) % 20_000), (number + place * 53) % 500 - 450)
        })
        .collect();
    let mut dossier = dossier(&format!("d{number}"), &format!("{letter}. {surname}"), &invoices);
    if number % 10 == 0 {
        let id = dossier.debtor.id.task(1);
        let about = if number % 20 == 0 { "call" } else { "hold_review" };
        dossier.tasks.push(Task { id, opened_at: now(), about: about.into(), subject: "x".into() });
    }
    dossier
}

/// Debtors of an ordinary run, each with ten invoices. All: `TIJDIG_DEBTORS=100000 cargo test --workspace --test contract desk`.
const DEBTORS: i32 = 1_000;

#[tokio::test]
async fn a_page_costs_a_few_reads_however_many_invoices_there_are() {
    let debtors = std::env::var("TIJDIG_DEBTORS").map_or(DEBTORS, |text| text.parse().expect("a number"));
    let table = MemoryTable::new();
    let counting = Arc::new(Counting { table: table.clone(), calls: std::sync::atomic::AtomicUsize::new(0) });
    let (filling, store) = (Store::new(Arc::new(table.clone())), Store::new(counting.clone()));
    let (a, state) = (administration().id, DeskState::default());
    let mut expected = DeskCounts::default();
    for number in 0..debtors {
        let dossier = one_of_many(number);
        // As a commit stores it, without what the overview does not look at.
        let id = &dossier.debtor.id;
        let mut record = Record::new(store::keys::dossier(&a, id), 1, serde_json::to_vec(&dossier).unwrap());
        record.listed = Some(store::keys::listed_debtor(&a, id, dossier.updated_at));
        table.write(vec![Write::Put { record, condition: Condition::None }]).await.unwrap();
        project(&filling, id.as_str(), &state).await;
        expected.add(&DeskRow::of(&dossier, &administration(), now()).unwrap(), today(now()));
    }
    let cost = |what: &str, before: Units| {
        let (calls, units) = counting.take(before);
        println!("{what}: {calls} calls, {units} units");
        assert!(calls <= MOST_CALLS && units <= MOST_UNITS, "{what}: {calls} calls, {units} units");
    };
    let before = table.units();
    let (counts, _) = store.desk_counts(&a, now()).await.unwrap();
    cost("counters", before);
    assert_eq!(counts, expected);
    assert_eq!(counts.open().invoices, u64::try_from(debtors).unwrap() * 10);
    assert_eq!(counts.phases.keys().collect::<Vec<_>>(), [&Phase::Begins]);

    let before = table.units();
    let page = store.debtors_by_outstanding(&a, 50, None).await.unwrap();
    cost("debtors by what they owe", before);
    assert!(
        page.items.is_sorted_by_key(|row| std::cmp::Reverse(row.outstanding.decimal()))
            && page.items.len() == 40
    );
    let before = table.units();
    let next = store.debtors_by_outstanding(&a, 50, page.next.as_deref()).await.unwrap();
    cost("the next page of them", before);
    assert!(next.items[0].outstanding.decimal() <= page.items[39].outstanding.decimal());

    for need in [Need::Task, Need::Call] {
        let before = table.units();
        let page = store.work_list(&a, need, 50, None).await.unwrap();
        cost(need.name(), before);
        assert_eq!(page.items.len(), 40.min(usize::try_from(debtors).unwrap() / 20));
    }
    for text in ["de Vries", "vr", "q. de wit", "b jansen", "d1234", "d77-3", "50.10", "12.11"] {
        search(&store, &a, text, &cost, &table).await;
    }
}

/// Pages through a search, or so many pages of it, and looks at the cost of each.
async fn search(
    store: &Store,
    a: &AdministrationId,
    text: &str,
    cost: &impl Fn(&str, Units),
    table: &MemoryTable,
) {
    let mut seen: BTreeSet<DebtorId> = BTreeSet::new();
    let mut cursor: Option<String> = None;
    for page in 0..5 {
        let before = table.units();
        let found = store.search_desk(a, text, 50, cursor.as_deref()).await.unwrap();
        cost(&format!("{text}, page {page}"), before);
        for row in found.items {
            assert!(seen.insert(row.debtor.clone()), "{text}: {} is found twice", row.debtor);
        }
        cursor = found.next;
        if cursor.is_none() {
            break;
        }
    }
}
