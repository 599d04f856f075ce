//! Cases: one round of following a debtor up, and its hand-over to a bailiff.

use domain::calendar::today;
use domain::case_dossier::{CaseDossier, CaseDossierState};
use domain::dossier::Dossier;
use domain::handing_over::handed_over;
use domain::hold::{Hold, HoldReason};
use domain::ids::CaseId;
use domain::{Language, Violation};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// To whom a case is handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HandOverBody {
    /// The bailiff, in the creditor's own words: 1 to 200 characters.
    pub bailiff: String,
}

impl HandOverBody {
    /// The bailiff.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<String, Vec<Violation>> {
        let mut fields = Fields::new();
        let bailiff = fields.text("bailiff", &self.bailiff, 200);
        fields.finish(bailiff)
    }
}

/// Why a case is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TakeBackBody {
    /// 1 to 500 characters; stays on the timeline.
    pub reason: String,
}

impl TakeBackBody {
    /// The reason.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self) -> Result<String, Vec<Violation>> {
        let mut fields = Fields::new();
        let reason = fields.text("reason", &self.reason, 500);
        fields.finish(reason)
    }
}

/// A case that runs, with what is claimed in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseView {
    pub id: String,
    pub debtor_id: String,
    /// `running` or `handedOver`.
    pub status: &'static str,
    /// The bailiff, where it is handed over.
    pub handed_over_to: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub handed_over_at: Option<Timestamp>,
    /// The dossier that it was handed over with, where one was built before.
    pub dossier_id: Option<String>,
    /// The day as of which the claim is.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    pub invoices: Vec<ClaimedInvoice>,
    /// What all of them come to, less what the debtor has to their credit, in euros; negative when the creditor owes.
    pub balance: String,
}

/// One open invoice of a case, in euros.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimedInvoice {
    pub invoice_id: String,
    pub number: String,
    pub principal: String,
    pub interest: String,
    pub costs: String,
}

impl CaseView {
    /// The case as it is on the day of `now`; nothing where it does not run.
    pub fn of(dossier: &Dossier, case: &CaseId, now: Timestamp) -> Option<CaseView> {
        if dossier.case.as_ref() != Some(case) {
            return None;
        }
        let day = today(now);
        let hold = handed_over(dossier, case, now);
        let bailiff = |hold: &Hold| match &hold.reason {
            HoldReason::HandedOver { bailiff } => Some(bailiff.clone()),
            _ => None,
        };
        let invoices = dossier.open_invoices().map(|invoice| {
            let owed = invoice.owed_parts(day);
            ClaimedInvoice {
                invoice_id: invoice.id.to_string(),
                number: invoice.number.clone(),
                principal: owed.principal.to_string(),
                interest: owed.interest.to_string(),
                costs: owed.costs.to_string(),
            }
        });
        Some(CaseView {
            id: case.to_string(),
            debtor_id: dossier.debtor.id.to_string(),
            status: if hold.is_some() { "handedOver" } else { "running" },
            handed_over_to: hold.and_then(bailiff),
            handed_over_at: hold.map(|h| h.placed_at),
            dossier_id: hold.and_then(|_| handed_over_with(dossier, case)),
            as_of: day,
            invoices: invoices.collect(),
            balance: dossier.balance(day).to_string(),
        })
    }
}

fn handed_over_with(dossier: &Dossier, case: &CaseId) -> Option<String> {
    let of_case = dossier.case_dossiers.iter().filter(|d| d.case == *case);
    of_case.filter(|d| d.handed_over_at.is_some()).max_by_key(|d| d.handed_over_at).map(|d| d.id.to_string())
}

/// The dossier of a case: one archive for a bailiff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DossierView {
    pub id: String,
    pub case_id: String,
    /// `building`, `ready` or `failed`.
    pub status: &'static str,
    /// Why it failed: `interest_rates_ended`, `case_over`, `too_large`, `superseded` or `not_set`.
    pub reason: Option<&'static str>,
    /// `nl` or `en`.
    #[schema(value_type = String)]
    pub language: Language,
    #[schema(value_type = String, format = DateTime)]
    pub requested_at: Timestamp,
    /// The day as of which the claim is.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ready_at: Option<Timestamp>,
    /// When the case was handed over with it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub handed_over_at: Option<Timestamp>,
    pub bytes: Option<u64>,
    /// SHA-256 of the whole file, in hexadecimal.
    pub sha256: Option<String>,
    /// How many files are in it, the list of their hashes included.
    pub files: Option<u32>,
    /// Where it is downloaded, without a token, until the address expires. Ask again for another address.
    pub url: Option<DownloadView>,
}

/// An address that works for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DownloadView {
    pub href: String,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl DossierView {
    /// The dossier as it is now, with its address where it has one.
    pub fn of(dossier: &CaseDossier, url: Option<DownloadView>) -> DossierView {
        let (reason, ready_at, file) = match &dossier.state {
            CaseDossierState::Building => (None, None, None),
            CaseDossierState::Ready { at, file } => (None, Some(*at), Some(file)),
            CaseDossierState::Failed { reason, .. } => (Some(reason.code()), None, None),
        };
        DossierView {
            id: dossier.id.to_string(),
            case_id: dossier.case.to_string(),
            status: dossier.status(),
            reason,
            language: dossier.language,
            requested_at: dossier.requested_at,
            as_of: today(dossier.requested_at),
            ready_at,
            handed_over_at: dossier.handed_over_at,
            bytes: file.map(|file| file.bytes),
            sha256: file.map(|file| file.sha256.clone()),
            files: file.map(|file| file.files),
            url,
        }
    }
}
