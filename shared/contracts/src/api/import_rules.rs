//! The settings of what comes in: what is followed, what is left out, and how references are made.

use domain::importing::{IgnoreEntry, IgnoreField, ImportRules, LONGEST_VALUE, Treatment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// What is done with records that come in, whatever source tells them. The rules decide on arrival: what is known already
/// stays known, and its newer versions come in. What is left out is listed under `/v1/ignored`, and comes in when it is
/// told again after the rule changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportBody {
    /// Invoices whose total is zero: `sendAndFollow` (it comes in and is sent where its policy has a step for that),
    /// `followOnly` (it comes in and is not sent) or `ignore`.
    #[schema(value_type = String, example = "followOnly")]
    pub zero: Treatment,
    /// Invoices of more than zero of which the ledger says, with `open`, that nothing is to be paid any more when they
    /// arrive. One that was paid in part asks for the rest as any other. Should something be open later (a payment that
    /// goes back), it is followed up.
    #[schema(value_type = String, example = "followOnly")]
    pub prepaid: Treatment,
    /// Credit notes. One that is ignored makes no invoice smaller.
    #[schema(value_type = String, example = "followOnly")]
    pub credit: Treatment,
    /// Invoices and credit notes that are left out, at most 500 entries; the first that fits is named. Debtors themselves
    /// always come in, and payments on what was left out are left out with it.
    pub ignore: Vec<IgnoreBody>,
    /// Payment conditions whose invoices come in and are not followed up, unless the invoice or its debtor names a policy
    /// of its own: at most 200.
    pub no_follow_up: Vec<String>,
    /// Invoices that come without a payment reference get a Dutch one of 16 digits; otherwise one of ISO 11649 (`RF...`).
    /// Takes a Dutch account of the creditor.
    pub dutch_references: bool,
}

/// One entry of the ignore list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IgnoreBody {
    /// `debtor` (id or number), `number` (of the invoice), `label` (of the invoice or its debtor) or `paymentCondition`.
    #[schema(value_type = String, example = "number")]
    pub field: IgnoreField,
    /// What has to stand there, 1 to 64 characters. Of a number it is a pattern: `*` stands for any text, `?` for one
    /// character; at most four stars.
    #[schema(example = "PRO-*")]
    pub value: String,
    /// Why, in your own words: 1 to 200 characters.
    pub reason: String,
}

impl ImportBody {
    pub(super) fn read(self, fields: &mut Fields) -> ImportRules {
        let mut rules = ImportRules {
            zero: self.zero,
            prepaid: self.prepaid,
            credit: self.credit,
            dutch_references: self.dutch_references,
            ..ImportRules::default()
        };
        rules.ignore = self.ignore.into_iter().map(IgnoreBody::read).collect();
        for (i, condition) in self.no_follow_up.iter().enumerate() {
            let path = format!("import.noFollowUp[{i}]");
            let Some(condition) = fields.text(&path, condition, LONGEST_VALUE) else { continue };
            if !rules.no_follow_up.insert(condition) {
                fields.refuse(&path, "repeated_condition", "stands in the list twice");
            }
        }
        rules
    }

    pub(super) fn of(rules: &ImportRules) -> ImportBody {
        let entry =
            |e: &IgnoreEntry| IgnoreBody { field: e.field, value: e.value.clone(), reason: e.reason.clone() };
        ImportBody {
            zero: rules.zero,
            prepaid: rules.prepaid,
            credit: rules.credit,
            ignore: rules.ignore.iter().map(entry).collect(),
            no_follow_up: rules.no_follow_up.iter().cloned().collect(),
            dutch_references: rules.dutch_references,
        }
    }
}

impl IgnoreBody {
    /// Its bounds are those of [`ImportRules::check`].
    fn read(self) -> IgnoreEntry {
        IgnoreEntry {
            field: self.field,
            value: self.value.trim().to_owned(),
            reason: self.reason.trim().to_owned(),
        }
    }
}
