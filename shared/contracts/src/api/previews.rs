//! Previews: whom a change would touch, before it is made.

use domain::administration::Administration;
use domain::conditions::conditions;
use domain::dossier::Dossier;
use domain::step::SignalKind;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::debtors::{NextActionView, NoActionView, next_views};

/// One page of debtors that were looked at, with those of them that would be touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Those for whom something would be different.
    pub items: Vec<Touched>,
    /// Debtors that this page looked at, in number.
    pub looked: usize,
    /// Null on the last page, and only there.
    pub next_cursor: Option<String>,
}

/// A debtor, as things are and as they would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Touched {
    pub debtor_id: String,
    pub now: Outlook,
    pub then: Outlook,
}

/// What happens next to a debtor, and what keeps signals about them from being prepared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outlook {
    pub next_action: Option<NextActionView>,
    pub no_action: Option<NoActionView>,
    /// Conditions of an early signal that do not hold.
    pub early: Vec<String>,
    /// Conditions of a crisis signal that do not hold.
    pub crisis: Vec<String>,
}

impl Outlook {
    pub fn of(dossier: &Dossier, administration: &Administration, now: Timestamp) -> Outlook {
        let (next_action, no_action) = next_views(dossier, administration, now);
        let failing = |kind| {
            let found = conditions(dossier, administration, kind, now);
            found.into_iter().filter(|c| !c.holds).map(|c| c.name.to_owned()).collect()
        };
        Outlook {
            next_action,
            no_action,
            early: failing(SignalKind::Early),
            crisis: failing(SignalKind::Crisis),
        }
    }
}

impl Touched {
    /// `None` where everything stays as it is.
    pub fn of(
        dossier: &Dossier,
        before: &Administration,
        after: &Administration,
        now: Timestamp,
    ) -> Option<Touched> {
        let (is, would_be) = (Outlook::of(dossier, before, now), Outlook::of(dossier, after, now));
        let debtor_id = dossier.debtor.id.to_string();
        (is != would_be).then_some(Touched { debtor_id, now: is, then: would_be })
    }
}
