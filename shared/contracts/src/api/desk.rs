//! The desk's overview: counters, work lists, debtors by what they owe.

use domain::Money;
use domain::calendar::today;
use domain::desk_row::{DeskRow, Need, RowNext};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// What the overview counts, and how up to date it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverviewView {
    /// What changed before this instant is counted.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// Seconds that the overview is behind what is stored; 0 where nothing is missing.
    pub behind_seconds: u64,
    /// How many debtors were looked at by the walk that makes the overview anew; null while there is none.
    pub rebuilt_debtors: Option<u64>,
    pub debtors: u64,
    /// Those on whom an invoice is open.
    pub owing_debtors: u64,
    /// Every open invoice.
    pub outstanding: AmountView,
    /// Those that are past their due date.
    pub overdue: AmountView,
    /// The same invoices by the days that they are past their due date: notDue, 1-30, 31-60, 61-90 and over90.
    pub ageing: Vec<NamedAmountView>,
    /// The same invoices by how far follow-up is: notBegun, the kind of the step that was taken last, inPlan, disputed or
    /// handedOver. Those of which there are none are left out.
    pub phases: Vec<NamedAmountView>,
    pub work_lists: Vec<WorkListView>,
}

/// A number of invoices and what is open on them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AmountView {
    pub invoices: u64,
    pub amount: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamedAmountView {
    pub name: String,
    pub invoices: u64,
    pub amount: String,
}

/// How much waits in a work list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkListView {
    /// tasks, calls, disputes, plans, signals or failures.
    pub kind: String,
    /// Things that wait.
    pub things: u64,
    /// Debtors whom they are about: the rows of the list.
    pub debtors: u64,
}

/// The walk that makes the overview anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RebuildView {
    /// When it begins, or began.
    #[schema(value_type = String, format = DateTime)]
    pub begins_at: Timestamp,
}

/// One debtor, as the overview shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeskRowView {
    pub debtor_id: String,
    pub number: String,
    pub name: String,
    /// The principal of the open invoices.
    pub outstanding: String,
    /// What of it is past its due date.
    pub overdue: String,
    pub open_invoices: u32,
    /// The open invoices by how far follow-up is.
    pub phases: Vec<NamedAmountView>,
    pub next_action: Option<RowActionView>,
    pub no_action: Option<RowNoActionView>,
    /// What waits for the desk.
    pub needs: Vec<NeedView>,
    pub labels: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowActionView {
    /// The heaviest kind of step, such as `finalReminder`.
    pub step: String,
    /// Null while it is being sent.
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowNoActionView {
    pub reason: String,
    /// The day on which that ends by itself.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NeedView {
    /// The work list that it is in.
    pub kind: String,
    pub things: u32,
    /// Since when the first of them waits.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

impl NamedAmountView {
    pub fn new(name: &str, invoices: u64, amount: Money) -> NamedAmountView {
        NamedAmountView { name: name.to_owned(), invoices, amount: amount.to_string() }
    }
}

impl WorkListView {
    pub fn new(need: Need, things: u64, debtors: u64) -> WorkListView {
        WorkListView { kind: need.name().to_owned(), things, debtors }
    }
}

impl DeskRowView {
    pub fn of(row: &DeskRow, now: Timestamp) -> DeskRowView {
        let phases = row.phases.iter();
        let needs = row.needs.iter();
        let (next_action, no_action) = match &row.next {
            RowNext::Step { kind, on } => {
                (Some(RowActionView { step: kind.name().to_owned(), on: Some(*on) }), None)
            }
            RowNext::UnderWay { kind } => {
                (Some(RowActionView { step: kind.name().to_owned(), on: None }), None)
            }
            RowNext::Nothing { reason, until } => {
                (None, Some(RowNoActionView { reason: reason.clone(), until: *until }))
            }
        };
        DeskRowView {
            debtor_id: row.debtor.to_string(),
            number: row.number.clone(),
            name: row.name.clone(),
            outstanding: row.outstanding.to_string(),
            overdue: row.overdue(today(now)).to_string(),
            open_invoices: row.open_invoices(),
            phases: phases
                .map(|(phase, sum)| NamedAmountView::new(phase.name(), sum.invoices.into(), sum.amount))
                .collect(),
            next_action,
            no_action,
            needs: needs
                .map(|(need, waiting)| NeedView {
                    kind: need.name().to_owned(),
                    things: waiting.things,
                    since: waiting.since,
                })
                .collect(),
            labels: row.labels.clone(),
            updated_at: row.updated_at,
        }
    }
}
