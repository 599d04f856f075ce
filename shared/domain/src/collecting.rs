//! Collection: costs that a formal notice announces, costs and interest that a summons claims.
//!
//! Costs are never charged to a consumer before the formal notice's term has passed, counted from the day on which it
//! arrived (article 6:96(6) BW), and never more than it announced. They are charged over what is still open then: what
//! was paid within the term costs nothing.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::Money;
use crate::administration::Administration;
use crate::claim::Charge;
use crate::costs::collection_costs;
use crate::dossier::{Dossier, Draft};
use crate::formal_notice::last_day_to_pay;
use crate::ids::{InvoiceId, NoticeId};
use crate::interest::InterestKind;
use crate::invoice::{Claimed, Invoice};
use crate::notice::{AnnouncedCosts, NoticeLine};
use crate::step::StepKind;
use crate::timeline::Event;

/// Whether collection costs may ever be charged on this invoice without a person's decision: not on consumers' recurring
/// terms, unless the administration says so.
pub fn costs_may_follow(dossier: &Dossier, administration: &Administration, invoice: &Invoice) -> bool {
    dossier.debtor.is_business() || !invoice.recurring_term || administration.claims.costs_on_recurring_terms
}

/// The exact costs that a formal notice with these lines announces; `None` where it announces none.
pub fn announced(
    dossier: &Dossier,
    administration: &Administration,
    lines: &[NoticeLine],
) -> Option<AnnouncedCosts> {
    let principal: Money = lines
        .iter()
        .filter(|l| l.kind == StepKind::FormalNotice)
        .filter_map(|l| dossier.invoices.get(&l.invoice))
        .filter(|i| costs_may_follow(dossier, administration, i))
        .map(Invoice::open)
        .sum();
    let principal = principal.min(dossier.outstanding() - dossier.credit());
    principal.is_positive().then(|| AnnouncedCosts { principal, costs: collection_costs(principal) })
}

/// Claims costs and interest on the invoices of these lines, as their steps say.
pub(crate) fn claim(
    draft: &mut Draft,
    administration: &Administration,
    notice: &NoticeId,
    lines: &[NoticeLine],
) {
    let today = draft.today();
    let business = draft.dossier.debtor.is_business();
    for line in lines.iter().filter(|l| l.claims_costs || l.claims_interest) {
        if let Some(invoice) = draft.dossier.invoices.get_mut(&line.invoice) {
            let claimed = invoice.claimed.get_or_insert(Claimed { on: today, interest: None });
            if line.claims_interest {
                let kind = if business { InterestKind::Trade } else { InterestKind::Statutory };
                claimed.interest.get_or_insert(kind);
            }
        }
    }
    charge(draft, administration, notice, lines, today);
}

/// One demand: the principals of all its invoices are added (art. 2(2) BIK), and the costs shared out by principal.
fn charge(
    draft: &mut Draft,
    administration: &Administration,
    notice: &NoticeId,
    lines: &[NoticeLine],
    on: Date,
) {
    let dossier = &draft.dossier;
    let charged: Vec<(InvoiceId, Money)> = lines
        .iter()
        .filter(|l| l.claims_costs)
        .filter_map(|l| dossier.invoices.get(&l.invoice))
        .filter(|i| i.charges.is_empty() && may_charge(dossier, administration, i, on))
        .map(|i| (i.id.clone(), i.open()))
        .filter(|(_, open)| open.is_positive())
        .collect();
    let principal: Money = charged.iter().map(|(_, open)| *open).sum();
    if !principal.is_positive() {
        return;
    }
    let mut amount = collection_costs(principal);
    if !dossier.debtor.is_business() {
        amount = amount.min(announced_for(dossier, &charged));
    }
    let shares =
        crate::allocation::pro_rata(amount, &charged.iter().map(|(_, open)| *open).collect::<Vec<_>>());
    for ((id, open), share) in charged.iter().zip(shares) {
        if let Some(invoice) = draft.dossier.invoices.get_mut(id) {
            invoice.charges.push(Charge {
                amount: share,
                on,
                principal: *open,
                notice: Some(notice.clone()),
            });
        }
    }
    let invoices = charged.into_iter().map(|(id, _)| id).collect();
    let settings_version = administration.settings_version;
    draft.record(Event::CostsCharged {
        notice: notice.clone(),
        invoices,
        principal,
        amount,
        settings_version,
    });
}

fn may_charge(dossier: &Dossier, administration: &Administration, invoice: &Invoice, on: Date) -> bool {
    if !costs_may_follow(dossier, administration, invoice) {
        return false;
    }
    if dossier.debtor.is_business() {
        return true;
    }
    let received = invoice.formal_notice.as_ref().and_then(|n| n.received_on);
    received.is_some_and(|day| on > last_day_to_pay(day))
}

/// What the formal notices about these invoices named together.
fn announced_for(dossier: &Dossier, charged: &[(InvoiceId, Money)]) -> Money {
    let notices: BTreeSet<(&NoticeId, Money)> = charged
        .iter()
        .filter_map(|(id, _)| dossier.invoices.get(id)?.formal_notice.as_ref())
        .map(|n| (&n.notice, n.announced))
        .collect();
    notices.into_iter().map(|(_, announced)| announced).sum()
}
