//! Costs and interest: only where a step claims them, to consumers only after the term of a formal notice that arrived, and
//! as high as the decree says.

use std::collections::BTreeMap;

use domain::ids::InvoiceId;
use domain::notice::Channel;
use domain::step::StepKind;
use domain::timeline::{Entry, Event as Told};

use super::super::Sim;
use super::super::calendar::{day, days_between, timestamp};
use super::super::edges::Wrote;
use super::super::model::Taken;
use super::super::scene::Cents;
use super::super::trace::Check;
use super::collection_costs;

/// Days to pay after a formal notice arrived (article 6:96(6) BW); costs come after the last.
const TERM_DAYS: i32 = 14;

impl Sim {
    /// A notice was claimed: what is claimed with it from now on.
    pub(in super::super) fn claims_made(&mut self, debtor: usize, wrote: &Wrote) {
        let on = day(self.now);
        let invoices = wrote.dossier.iter().flat_map(|dossier| dossier.invoices.values());
        for bill in invoices.filter(|invoice| invoice.claimed.is_some()) {
            let bill = bill.id.as_str();
            let known = &mut self.debtors[debtor];
            let trade = known.card.as_ref().is_some_and(|card| card.is_business());
            if !known.book.claim(bill, on, trade) {
                continue;
            }
            let asks = |line: &super::super::model::Line| {
                let step = self.scene.steps.iter().find(|step| step.id == line.step);
                line.bill == bill && step.is_some_and(|step| step.claims)
            };
            let asked = known.notices.values().any(|n| n.over.is_none() && n.lines.iter().any(asks));
            if !asked {
                self.violate(Check::Costs, format!("costs and interest are claimed on {bill} by no step"));
            }
        }
        for entry in &wrote.entries {
            if let Told::CostsCharged { notice, invoices, principal, amount, .. } = &entry.event {
                let cents = |money: &domain::Money| -> Cents {
                    money.to_string().replace('.', "").parse().expect("cents")
                };
                self.costs_charged(debtor, notice.as_str(), invoices, cents(principal), cents(amount));
            }
        }
    }

    fn costs_charged(
        &mut self,
        debtor: usize,
        notice: &str,
        invoices: &[InvoiceId],
        principal: Cents,
        amount: Cents,
    ) {
        self.counts.charges += 1;
        let today = day(self.now);
        let known = &self.debtors[debtor];
        let business = known.card.as_ref().is_some_and(|card| card.is_business());
        let open: Vec<Cents> = invoices.iter().map(|id| known.book.open(id.as_str())).collect();
        let mut announced = BTreeMap::new();
        let mut wrong = Vec::new();
        for id in invoices {
            let id = id.as_str();
            if known.book.is_charged(id) {
                wrong.push(format!("{notice} charges costs on {id} again"));
            }
            if business {
                continue;
            }
            if known.book.get(id).is_some_and(|bill| bill.recurring) {
                wrong.push(format!("{notice} charges costs on {id}, a consumer's recurring term"));
            }
            let taken = known.taken.get(id).map(Vec::as_slice).unwrap_or_default();
            let formal = |taken: &&Taken| taken.kind == StepKind::FormalNotice;
            let of = taken.iter().rfind(formal).and_then(|taken| known.notices.get_key_value(&taken.notice));
            let Some((formal, said)) = of else {
                wrong.push(format!("{notice} charges costs on {id} without a formal notice"));
                continue;
            };
            announced.insert(formal.clone(), said.announced);
            match said.delivered {
                Some(on) if days_between(on, today) > TERM_DAYS => {}
                on => wrong.push(format!("{notice} charges costs on {id} when {formal} arrived on {on:?}")),
            }
        }
        let lawful = collection_costs(open.iter().sum());
        let most = if business { lawful } else { lawful.min(announced.values().sum()) };
        if principal != open.iter().sum::<Cents>() || amount != most {
            wrong.push(format!("{notice} charges {amount} over {principal} and not {most} over {open:?}"));
        }
        for what in wrong {
            self.violate(Check::Costs, what);
        }
        for (id, share) in invoices.iter().zip(shares(amount, &open)) {
            self.debtors[debtor].book.charge(id.as_str(), today, share);
        }
        self.trace.add(self.now, || format!("{notice} charges {amount} over {open:?}"));
    }

    /// What was told of a notice's arrival.
    pub(in super::super) fn delivery_told(&mut self, debtor: usize, entry: &Entry) {
        let (notice, arrived) = match &entry.event {
            Told::NoticePosted { notice, posted_on } => {
                return self.post_told(debtor, notice.as_str(), *posted_on);
            }
            Told::NoticeDelivered { notice } | Told::NoticeComplained { notice } => (notice, true),
            Told::NoticeBounced { notice, .. } => (notice, false),
            _ => return,
        };
        let on = day(entry.at.as_millisecond());
        if let Some(notice) = self.debtors[debtor].notices.get_mut(notice.as_str()) {
            notice.delivered = match arrived {
                // The day that the law presumes, or a later one that was told.
                true if notice.channel == Some(Channel::Letter) => notice.delivered.max(Some(on)),
                true => notice.delivered.or(Some(on)),
                false => None,
            };
        } else {
            let at = timestamp(self.now);
            self.violate(
                Check::Timeline,
                format!("{notice}, of which something is told at {at}, is unknown"),
            );
        }
    }
}

/// Shares in proportion, in whole cents; those that lose most by rounding get the cents that are left.
fn shares(amount: Cents, weights: &[Cents]) -> Vec<Cents> {
    let total: Cents = weights.iter().sum::<Cents>().max(1);
    let mut shares: Vec<Cents> = weights.iter().map(|weight| amount * weight / total).collect();
    let mut places: Vec<usize> = (0..weights.len()).collect();
    places.sort_by_key(|place| std::cmp::Reverse(amount * weights[*place] % total));
    let left = usize::try_from(amount - shares.iter().sum::<Cents>()).unwrap_or_default();
    places.into_iter().take(left).for_each(|place| shares[place] += 1);
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        assert_eq!(shares(40_00, &[100_00, 50_00]), [26_67, 13_33]);
        assert_eq!(shares(1, &[1, 1, 1]), [1, 0, 0]);
    }
}
