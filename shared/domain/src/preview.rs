//! What would be sent: the same decisions as the real ones, made on a copy with the calendar moved ahead.

use jiff::civil::Date;

use crate::administration::Administration;
use crate::calendar::today;
use crate::dossier::{Dossier, Draft};
use crate::follow_up::{self, heaviest};
use crate::ids::{InvoiceId, NoticeId, PolicyId};
use crate::next::due_at;
use crate::notice::{Notice, NoticeLine, NoticeState};
use crate::policy::{Step, StepCosts};
use crate::sending::{self, Claim, Sending};
use crate::step::StepKind;
use crate::texts::{TextName, TextOf};
use crate::{Money, collecting};
use jiff::Timestamp;

/// Moments at which something is done, before the preview gives up. A policy has at most 30 steps, and a debtor's other
/// invoices may come first.
const MOST_MOMENTS: usize = 200;

/// A notice as it would leave if nothing else happened before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The day on which it would leave.
    pub on: Date,
    /// The dossier as it would be then, with the notice claimed in it.
    pub draft: Draft,
    /// The message as it would be claimed.
    pub notice: NoticeId,
}

/// The next notice that is about this invoice; `None` where none would leave.
pub fn next_notice(
    dossier: &Dossier,
    administration: &Administration,
    invoice: &InvoiceId,
    now: Timestamp,
) -> Option<Preview> {
    let mut dossier = dossier.clone();
    let mut at = now;
    for _ in 0..MOST_MOMENTS {
        let mut draft = Draft::of(dossier, at, "preview");
        follow_up::advance(&mut draft, administration);
        let waiting = draft.dossier.notices.iter().find(|n| n.is_follow_up_under_way()).map(|n| n.id.clone());
        if let Some(id) = waiting {
            let claim = sending::claim(&mut draft, &id, administration);
            let about = |d: &Draft| {
                d.dossier.notice(&id).is_some_and(|n| n.lines.iter().any(|l| l.invoice == *invoice))
            };
            if claim == Ok(Claim::Granted) && about(&draft) {
                return Some(Preview { on: today(at), draft, notice: id });
            }
            sending::complete(&mut draft, &id, Sending::Accepted { message_id: String::new() }).ok()?;
        }
        dossier = draft.dossier;
        at = due_at(&dossier, administration, at).filter(|due| *due > at)?;
    }
    None
}

/// What a step would say to this debtor today, in the channel, language and tone of an own text: what is due today where
/// that speaks with this step, else as if the step came today for all that is open. `None` where it would say nothing.
pub fn told_today(
    dossier: &Dossier,
    administration: &Administration,
    name: &TextName,
    now: Timestamp,
) -> Option<Preview> {
    let mut dossier = dossier.clone();
    dossier.debtor.language = name.language;
    due_now(&dossier, administration, name, now).or_else(|| as_if(dossier, administration, name, now))
}

fn due_now(
    dossier: &Dossier,
    administration: &Administration,
    name: &TextName,
    now: Timestamp,
) -> Option<Preview> {
    let mut draft = Draft::of(dossier.clone(), now, "preview");
    follow_up::advance(&mut draft, administration);
    let id = draft.dossier.notices.iter().find(|n| n.is_follow_up_under_way()).map(|n| n.id.clone())?;
    if sending::claim(&mut draft, &id, administration) != Ok(Claim::Granted) {
        return None;
    }
    let notice = draft.dossier.notice(&id)?;
    let of_step = match &name.of {
        TextOf::Kind(_) => true,
        TextOf::Step { policy, step } => administration
            .speaking_step(notice)
            .is_some_and(|(of, speaking)| of == policy && speaking.id == *step),
    };
    let told = Some(notice.kind) == name.kind(administration) && notice.channel == name.channel && of_step;
    told.then(|| Preview { on: today(now), draft, notice: id })
}

/// The lines that the step would have; the costs and interest that it claims are charged in the copy.
fn as_if(
    dossier: Dossier,
    administration: &Administration,
    name: &TextName,
    now: Timestamp,
) -> Option<Preview> {
    let (policy, version, step) = spoken_step(administration, name)?;
    let lines: Vec<NoticeLine> = dossier
        .followed_up()
        .filter(|i| !i.waits_to_be_sent() || step.kind == StepKind::InvoiceSending)
        .map(|invoice| NoticeLine {
            invoice: invoice.id.clone(),
            step: step.id.clone(),
            kind: step.kind,
            links_to: step.links_to,
            policy: policy.clone(),
            policy_version: version,
            claims_costs: step.costs == StepCosts::Statutory,
            claims_interest: step.interest,
        })
        .collect();
    let mut draft = Draft::of(dossier, now, "preview");
    draft.dossier.counts.notices += 1;
    let id = draft.dossier.debtor.id.notice(draft.dossier.counts.notices);
    collecting::claim(&mut draft, administration, &id, &lines);
    let due = sending::amount_of(&draft.dossier, &lines, draft.today());
    let amount = draft.dossier.balance(draft.today()).min(due).max(Money::ZERO);
    if lines.is_empty() || !(amount.is_positive() || step.kind == StepKind::InvoiceSending) {
        return None;
    }
    let kind = heaviest(&lines);
    let version = administration.settings_version;
    draft.dossier.notices.push(Notice {
        address: draft.dossier.address_of(name.channel),
        evidence: sending::evidence_of(&draft.dossier, administration, kind, name.channel),
        costs_announced: collecting::announced(&draft.dossier, administration, &lines),
        lines,
        attempts: 1,
        state: NoticeState::Claimed { at: now },
        amount,
        ..Notice::prepared(id.clone(), kind, name.channel, now, version)
    });
    Some(Preview { on: today(now), draft, notice: id })
}

/// The step that the text is about: of a kind, the default policy's first, else that of any policy. An instalment is
/// reminded of by no step of a policy.
fn spoken_step<'a>(
    administration: &'a Administration,
    name: &TextName,
) -> Option<(&'a PolicyId, u32, &'a Step)> {
    let default = administration.policies.iter().filter(|p| p.id == administration.default_policy);
    let mut all = default.chain(&administration.policies);
    all.find_map(|policy| {
        let step = policy.steps.iter().find(|step| match &name.of {
            TextOf::Kind(kind) => step.kind == *kind,
            TextOf::Step { policy: of, step: id } => policy.id == *of && step.id == *id,
        })?;
        Some((&policy.id, policy.version, step))
    })
}
