//! Calls that the desk is asked to make: what each is about, and what came of it.

use domain::administration::Administration;
use domain::calendar::today;
use domain::calling::{self, Attempt, CallOutcome, LONGEST_NOTE, Made, Said, ToSay};
use domain::dossier::Dossier;
use domain::notice::{Notice, NoticeLine};
use domain::step::StepKind;
use domain::{Language, Violation};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::disputes::DisputeBody;
use super::fields::Fields;
use super::invoice_ids;

/// Invoices that one call disputes at most.
const MOST_DISPUTES: usize = 20;

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallOutcomeBody {
    pub outcome: CallOutcomeName,
    /// The number that was called, as the call names it; the first of them where it is left out.
    pub number: Option<String>,
    /// What was said, in the desk's own words: at most 1,000 characters. It stays on the timeline.
    pub note: Option<String>,
    /// Of `promised` only: the day by which the debtor pays.
    pub pay_by: Option<String>,
    /// Of `promised` only: everything that is open on the invoices, where it is left out.
    pub amount: Option<String>,
    /// Of `promised` only: the invoices of the call, where they are left out.
    pub invoice_ids: Option<Vec<String>>,
    /// Of `disputes` only: each invoice that is disputed, at most 20.
    pub disputes: Option<Vec<DisputeBody>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CallOutcomeName {
    /// The debtor promised to pay: a promise is made, and the invoices wait for it.
    Promised,
    /// The debtor was spoken to.
    Spoke,
    /// The debtor disputes invoices: they are held until the desk decides.
    Disputes,
    /// Nobody was reached. After as many calls as the settings say, the step's next channel takes over.
    NotReached,
    /// The number is not the debtor's: it is not used any more. Without another number the step's next channel takes over.
    WrongNumber,
    /// The debtor is not called any more. The step's next channel takes over.
    AsksNoCalls,
}

impl CallOutcomeBody {
    /// The call as it was made.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self, today: Date, request: Option<String>) -> Result<Made, Vec<Violation>> {
        let mut fields = Fields::new();
        let note = fields.optional_text("note", self.note.as_deref(), LONGEST_NOTE);
        let number = fields.optional_text("number", self.number.as_deref(), 40);
        let promised = self.outcome == CallOutcomeName::Promised;
        let disputes = self.outcome == CallOutcomeName::Disputes;
        let of_promise = [
            ("payBy", self.pay_by.is_some()),
            ("amount", self.amount.is_some()),
            ("invoiceIds", self.invoice_ids.is_some()),
        ];
        for (path, there) in of_promise {
            if there && !promised {
                fields.refuse(path, "not_of_this_outcome", "is there with the outcome promised only");
            }
        }
        if self.disputes.is_some() && !disputes {
            fields.refuse("disputes", "not_of_this_outcome", "is there with the outcome disputes only");
        }
        let said = match self.outcome {
            CallOutcomeName::Promised => self.promised(&mut fields, today),
            CallOutcomeName::Disputes => self.disputed(&mut fields, request.as_ref()),
            CallOutcomeName::Spoke => Some(Said::Spoke),
            CallOutcomeName::NotReached => Some(Said::NotReached),
            CallOutcomeName::WrongNumber => Some(Said::WrongNumber),
            CallOutcomeName::AsksNoCalls => Some(Said::AsksNoCalls),
        };
        fields.finish(said.map(|said| Made { number, said, note, request }))
    }

    fn promised(&self, fields: &mut Fields, today: Date) -> Option<Said> {
        let invoices = invoice_ids(fields, self.invoice_ids.as_deref());
        let amount = self.amount.as_deref().and_then(|text| fields.amount("amount", text));
        if amount.is_some_and(|amount| !amount.is_positive()) {
            fields.refuse("amount", "not_positive", "is more than nothing");
        }
        let Some(pay_by) = self.pay_by.as_deref() else {
            fields.refuse("payBy", "required", "is there with the outcome promised");
            return None;
        };
        let pay_by = fields.date("payBy", pay_by)?;
        if pay_by < today {
            fields.refuse("payBy", "in_the_past", "is today or later");
        }
        Some(Said::Promised { invoices, amount, pay_by })
    }

    fn disputed(&self, fields: &mut Fields, request: Option<&String>) -> Option<Said> {
        let named = self.disputes.as_deref().unwrap_or_default();
        if named.is_empty() || named.len() > MOST_DISPUTES {
            fields.refuse(
                "disputes",
                "number_of_disputes",
                "names 1 to 20 invoices with the outcome disputes",
            );
            return None;
        }
        let mut objections = Vec::new();
        for (i, body) in named.iter().enumerate() {
            match body.clone().check(request.cloned()) {
                Ok(objection) => objections.push(objection),
                Err(found) => {
                    found.into_iter().for_each(|v| fields.add(v.under(&format!("disputes[{i}]"))));
                }
            }
        }
        Some(Said::Disputes(objections))
    }
}

/// A call that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallMadeView {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub by: String,
    pub number: String,
    /// `promised`, `spoke`, `disputes`, `notReached`, `wrongNumber` or `asksNoCalls`.
    #[schema(value_type = String)]
    pub outcome: CallOutcome,
    pub note: Option<String>,
}

impl CallMadeView {
    pub fn of(attempt: &Attempt) -> CallMadeView {
        CallMadeView {
            at: attempt.at,
            by: attempt.by.clone(),
            number: attempt.number.clone(),
            outcome: attempt.outcome,
            note: attempt.note.clone(),
        }
    }
}

/// A call that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallView {
    /// That of its notice.
    pub id: String,
    pub debtor_id: String,
    pub debtor_number: String,
    pub debtor_name: String,
    /// `nl` or `en`.
    #[schema(value_type = String)]
    pub language: Language,
    /// Those to call, the mobile one first.
    pub numbers: Vec<String>,
    /// The first day on which it is to be made, within the sending window.
    #[schema(value_type = String, format = Date)]
    pub call_on: Date,
    /// The last day; then the step's next channel takes over.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_day: Option<Date>,
    /// Since when the desk is asked.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// The heaviest step that it is about, such as `reminder`.
    #[schema(value_type = String, example = "reminder")]
    pub kind: StepKind,
    /// What is asked for today, in euros.
    #[schema(example = "121.00")]
    pub amount: String,
    pub invoices: Vec<CalledInvoice>,
    /// Calls about it that were made before, in order.
    pub attempts: Vec<CallMadeView>,
    /// What to say, paragraph by paragraph, in the debtor's language.
    pub script: Vec<String>,
    /// Why the creditor's own text could not be said, where ours is: its part and the rule.
    pub spoilt: Option<String>,
}

/// An invoice that a call is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalledInvoice {
    pub id: String,
    pub number: String,
    #[schema(value_type = String, format = Date)]
    pub due_date: Date,
    /// What is owed on it today, in euros.
    pub open: String,
}

impl CallView {
    /// The call of this notice with what is said in it, which still is to be made.
    pub fn of(
        dossier: &Dossier,
        administration: &Administration,
        notice: &Notice,
        to_say: &ToSay,
        script: Vec<String>,
        now: Timestamp,
    ) -> Option<CallView> {
        let (call, on) = (notice.call.as_ref()?, today(now));
        let debtor = &dossier.debtor;
        let invoice = |line: &NoticeLine| {
            let invoice = dossier.invoices.get(&line.invoice)?;
            Some(CalledInvoice {
                id: invoice.id.to_string(),
                number: invoice.number.clone(),
                due_date: invoice.due_date,
                open: invoice.owed(on).to_string(),
            })
        };
        Some(CallView {
            id: notice.id.to_string(),
            debtor_id: debtor.id.to_string(),
            debtor_number: debtor.number.clone(),
            debtor_name: debtor.name.clone(),
            language: debtor.language,
            numbers: dossier.numbers(),
            call_on: call.call_on,
            last_day: calling::last_day(notice, administration),
            since: call.since,
            kind: notice.kind,
            amount: calling::amount_of(dossier, notice, to_say, on).to_string(),
            invoices: to_say.lines.iter().filter_map(invoice).collect(),
            attempts: call.attempts.iter().map(CallMadeView::of).collect(),
            script,
            spoilt: None,
        })
    }
}
