//! The desk's overview, once everything is quiet: its counters are a count over all debtors, each work list holds whom it should,
//! and everyone is found.

use serde_json::Value;

use super::super::Sim;
use super::super::engine;
use super::super::trace::Check;
use super::{Cents, decimal};

/// What a look at every debtor comes to.
#[derive(Default)]
struct Looked {
    debtors: u64,
    owing: u64,
    invoices: u64,
    overdue: Cents,
    /// Tasks that are not about something that is in a list itself.
    tasks: u64,
    disputes: u64,
    disputing: Vec<String>,
}

fn cents(amount: &Value) -> Cents {
    let digits: String = amount.as_str().unwrap_or_default().chars().filter(|c| *c != '.').collect();
    digits.parse().unwrap_or_default()
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn count(number: usize) -> u64 {
    number as u64
}

impl Looked {
    fn look_at(&mut self, view: &Value) {
        let open = view["openInvoices"].as_u64().unwrap_or_default();
        self.debtors += 1;
        self.owing += u64::from(open > 0);
        self.invoices += open;
        self.overdue += cents(&view["overdue"]);
        let of_others = ["dispute", "plan_decision"];
        let tasks = items(&view["tasks"]).iter();
        self.tasks +=
            count(tasks.filter(|t| !of_others.contains(&t["about"].as_str().unwrap_or_default())).count());
        let open = count(items(&view["disputes"]).iter().filter(|d| d["status"] == "open").count());
        self.disputes += open;
        if open > 0 {
            self.disputing.push(view["id"].as_str().unwrap_or_default().to_owned());
        }
    }
}

impl Sim {
    pub(in super::super) fn check_desk(&mut self) {
        if !engine::catch_up(&self.plant, &self.shared) {
            self.violate(Check::Desk, "the overview was not caught up with".to_owned());
        }
        let known = self.debtors.iter().filter(|debtor| debtor.card.is_some());
        let ids: Vec<String> = known.map(|debtor| debtor.person.id.clone()).collect();
        let mut looked = Looked::default();
        for id in &ids {
            let view = self.look(&format!("/v1/debtors/{id}"));
            looked.look_at(&view);
            self.check_found(id, &view);
        }
        let overview = self.look("/v1/overview");
        let things = |kinds: &[&str]| {
            let lists = items(&overview["workLists"]).iter();
            let of = lists.filter(|list| kinds.contains(&list["kind"].as_str().unwrap_or_default()));
            of.map(|list| list["things"].as_u64().unwrap_or_default()).sum::<u64>()
        };
        let told = [
            ("debtors", overview["debtors"].clone(), looked.debtors.into()),
            ("debtors who owe", overview["owingDebtors"].clone(), looked.owing.into()),
            ("open invoices", overview["outstanding"]["invoices"].clone(), looked.invoices.into()),
            ("overdue", overview["overdue"]["amount"].clone(), decimal(looked.overdue).into()),
            ("tasks", things(&["tasks", "calls", "failures"]).into(), looked.tasks.into()),
            ("disputes", things(&["disputes"]).into(), looked.disputes.into()),
            ("seconds behind", overview["behindSeconds"].clone(), 0_u64.into()),
        ];
        for (what, counted, there) in told {
            let (counted, there): (Value, Value) = (counted, there);
            if counted != there {
                self.violate(Check::Desk, format!("{what}: {counted} counted, and there are {there}"));
            }
        }
        self.check_work_lists(&overview, looked.disputing);
    }

    /// Each list has as many rows as are counted, and that of disputes has those of whoever disputes.
    fn check_work_lists(&mut self, overview: &Value, mut disputing: Vec<String>) {
        for list in items(&overview["workLists"]).to_vec() {
            let kind = list["kind"].as_str().unwrap_or_default().to_owned();
            let found = self.look(&format!("/v1/work-lists/{kind}?limit=40"));
            let rows = items(&found["items"]);
            if list["debtors"] != count(rows.len()) && found["nextCursor"].is_null() {
                let what = format!("{kind}: {} debtors counted, {} listed", list["debtors"], rows.len());
                self.violate(Check::Desk, what);
            }
            if kind == "disputes" {
                let id = |row: &Value| row["debtorId"].as_str().unwrap_or_default().to_owned();
                let mut listed: Vec<String> = rows.iter().map(id).collect();
                listed.sort_unstable();
                disputing.sort_unstable();
                if listed != disputing {
                    self.violate(
                        Check::Desk,
                        format!("{listed:?} are listed as disputing, not {disputing:?}"),
                    );
                }
            }
        }
    }

    /// A debtor is found by their number.
    fn check_found(&mut self, id: &str, view: &Value) {
        let number = view["number"].as_str().unwrap_or_default().to_owned();
        let found = self.look(&format!("/v1/debtors?q={number}"));
        if !items(&found["items"]).iter().any(|one| one["id"] == *id) {
            self.violate(Check::Desk, format!("{id} is not found by {number}"));
        }
    }
}
