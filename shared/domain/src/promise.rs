//! Promises to pay: the debtor names a day, and reminders wait for it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::administration::Administration;
use crate::dossier::Draft;
use crate::ids::{InvoiceId, PromiseId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Promise {
    pub id: PromiseId,
    pub invoices: Vec<InvoiceId>,
    /// What was promised, and what was open on these invoices then, in euros.
    pub amount: Money,
    pub open_then: Money,
    /// The day by which the debtor pays.
    pub pay_by: Date,
    /// The last day on which a payment still keeps it: `pay_by` and the administration's grace.
    pub awaited_until: Date,
    pub made_at: Timestamp,
    pub by: String,
    pub state: PromiseState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PromiseState {
    Open,
    Kept,
    Broken,
    Withdrawn,
}

/// How an administration takes promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PromiseRules {
    /// A promise names a day at most so many days ahead.
    pub most_days: u16,
    /// Days after the named day in which a payment may still come in: banks take a night, weekends longer.
    pub grace_days: u16,
    /// Promises about one invoice at most, kept ones left out.
    pub most_promises: u16,
}

impl Default for PromiseRules {
    fn default() -> PromiseRules {
        PromiseRules { most_days: 31, grace_days: 3, most_promises: 2 }
    }
}

/// Brings promises up to now.
pub(crate) fn advance(_draft: &mut Draft, _administration: &Administration) {}
