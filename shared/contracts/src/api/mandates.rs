//! Mandates for direct debit.

use domain::Violation;
use domain::ids::{DebtorId, MandateId};
use domain::mandate::{Mandate, MandateKind, MandateState, Scheme, Told};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;

/// A mandate as it is put, under its unique mandate reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MandateBody {
    pub debtor_id: String,
    pub scheme: SchemeName,
    pub kind: MandateKindName,
    /// The day of the signature. Invoices from before it are not collected.
    #[schema(example = "2026-09-01")]
    pub signed_on: String,
    /// The account that is debited.
    pub iban: String,
    /// Of that account; not needed within the European Economic Area.
    pub bic: Option<String>,
    /// Whose account it is, where that is not the debtor.
    pub holder: Option<String>,
    /// The last collection under it by another system, before it came here.
    pub last_used_on: Option<String>,
    /// The debtor took it back on this day. It stays so.
    pub withdrawn_on: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub modified_at: Timestamp,
}

/// `core` for everyone, `b2b` between businesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SchemeName {
    Core,
    B2b,
}

/// For more than one collection, or for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum MandateKindName {
    Recurrent,
    OneOff,
}

impl From<Scheme> for SchemeName {
    fn from(scheme: Scheme) -> SchemeName {
        match scheme {
            Scheme::Core => SchemeName::Core,
            Scheme::B2b => SchemeName::B2b,
        }
    }
}

impl MandateBody {
    /// Whose mandate, and the mandate. Whether the account number is one is looked at by whoever takes it in.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn check(self, id: MandateId, today: Date) -> Result<(DebtorId, Told), Vec<Violation>> {
        let mut fields = Fields::new();
        let debtor = fields.id("debtorId", &self.debtor_id, DebtorId::parse);
        if id.as_str().contains('_') {
            fields.refuse("id", "not_a_mandate_reference", "has no underscore: banks do not take it");
        }
        let signed_on = fields.date("signedOn", &self.signed_on);
        if signed_on.is_some_and(|day| day > today) {
            fields.refuse("signedOn", "in_the_future", "is today or earlier");
        }
        let bic = fields.optional_text("bic", self.bic.as_deref(), 11).map(|bic| bic.to_ascii_uppercase());
        if bic.as_deref().is_some_and(|bic| !is_bic(bic)) {
            fields.refuse("bic", "not_a_bic", "has 8 or 11 letters and digits, as ISO 9362 has it");
        }
        let holder = fields.optional_text("holder", self.holder.as_deref(), 70);
        let last_used_on = fields.optional_date("lastUsedOn", self.last_used_on.as_deref());
        let withdrawn_on = fields.optional_date("withdrawnOn", self.withdrawn_on.as_deref());
        let value = debtor.zip(signed_on).map(|(debtor, signed_on)| {
            let told = Told {
                id,
                scheme: match self.scheme {
                    SchemeName::Core => Scheme::Core,
                    SchemeName::B2b => Scheme::B2b,
                },
                kind: match self.kind {
                    MandateKindName::Recurrent => MandateKind::Recurrent,
                    MandateKindName::OneOff => MandateKind::OneOff,
                },
                signed_on,
                iban: self.iban,
                bic,
                holder,
                last_used_on,
                withdrawn_on,
                modified_at: self.modified_at,
            };
            (debtor, told)
        });
        fields.finish(value)
    }
}

/// ISO 9362: four letters or digits, a country, two letters or digits, and for a branch three more.
fn is_bic(text: &str) -> bool {
    let country = text.get(4..6).is_some_and(|c| c.chars().all(|c| c.is_ascii_uppercase()));
    matches!(text.len(), 8 | 11) && country && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// A mandate as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MandateView {
    /// The unique mandate reference.
    pub id: String,
    pub debtor_id: String,
    pub scheme: SchemeName,
    pub kind: MandateKindName,
    /// `active`, `lapsed`, `withdrawn`, `used` or `ended`.
    pub status: String,
    /// The bank's reason code, where a returned debit ended it.
    pub reason_code: Option<String>,
    /// Since when it may not be used any more.
    #[schema(value_type = Option<String>, format = Date)]
    pub ended_on: Option<Date>,
    #[schema(value_type = String, format = Date)]
    pub signed_on: Date,
    pub iban: String,
    pub bic: Option<String>,
    pub holder: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    pub last_used_on: Option<Date>,
    /// The last day on which it may be used if nothing is collected before: 36 months after the last use.
    #[schema(value_type = String, format = Date)]
    pub lapses_after: Date,
    #[schema(value_type = String, format = DateTime)]
    pub modified_at: Timestamp,
}

impl MandateView {
    pub fn of(mandate: &Mandate, debtor: &DebtorId, today: Date) -> MandateView {
        let (status, ended_on, reason_code) = match &mandate.state {
            MandateState::Active if mandate.is_lapsed(today) => ("lapsed", None, None),
            MandateState::Active => ("active", None, None),
            MandateState::Withdrawn { on } => ("withdrawn", Some(*on), None),
            MandateState::Used { on } => ("used", Some(*on), None),
            MandateState::Ended { on, code } => ("ended", Some(*on), Some(code.clone())),
        };
        MandateView {
            id: mandate.id.to_string(),
            debtor_id: debtor.to_string(),
            scheme: mandate.scheme.into(),
            kind: match mandate.kind {
                MandateKind::Recurrent => MandateKindName::Recurrent,
                MandateKind::OneOff => MandateKindName::OneOff,
            },
            status: status.to_owned(),
            reason_code,
            ended_on,
            signed_on: mandate.signed_on,
            iban: mandate.iban.clone(),
            bic: mandate.bic.clone(),
            holder: mandate.holder.clone(),
            last_used_on: mandate.last_used_on,
            lapses_after: mandate.lapses_after(),
            modified_at: mandate.modified_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_mandate_has_its_rule() {
        let body = |change: fn(&mut MandateBody)| {
            let mut body = MandateBody {
                debtor_id: "d1".into(),
                scheme: SchemeName::Core,
                kind: MandateKindName::Recurrent,
                signed_on: "2026-09-01".into(),
                iban: "NL91ABNA0417164300".into(),
                bic: None,
                holder: None,
                last_used_on: None,
                withdrawn_on: None,
                modified_at: Timestamp::UNIX_EPOCH,
            };
            change(&mut body);
            body
        };
        type Row = (fn(&mut MandateBody), &'static str, &'static [(&'static str, &'static str)]);
        let table: [Row; 9] = [
            (|_| {}, "M-1", &[]),
            (|b| b.bic = Some("abnanl2a".into()), "M-1", &[]),
            (|b| b.bic = Some("ABNANL2AXXX".into()), "M-1", &[]),
            (|b| b.bic = Some("ABNANL2AX".into()), "M-1", &[("bic", "not_a_bic")]),
            (|b| b.bic = Some("ABNA112A".into()), "M-1", &[("bic", "not_a_bic")]),
            (|_| {}, "M_1", &[("id", "not_a_mandate_reference")]),
            (|b| b.signed_on = "2026-11-26".into(), "M-1", &[("signedOn", "in_the_future")]),
            (|b| b.signed_on = "2026-11-25".into(), "M-1", &[]),
            (|b| b.withdrawn_on = Some("soon".into()), "M-1", &[("withdrawnOn", "not_a_date")]),
        ];
        for (change, id, expected) in table {
            let today = jiff::civil::date(2026, 11, 25);
            let checked = body(change).check(MandateId::parse(id).unwrap(), today);
            let wrong = checked.err().unwrap_or_default();
            let codes: Vec<(&str, &str)> = wrong.iter().map(|v| (v.path.as_str(), v.code)).collect();
            assert_eq!(codes, expected, "{id}");
        }
    }
}
