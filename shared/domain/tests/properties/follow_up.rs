//! What holds of follow-up whatever the policy, the holds and the days: steps come in the order of their policy, each once
//! and never too early, and holds may be placed and lifted in any order.

use domain::administration::{Administration, Creditor, Sector};
use domain::calendar::{days_between, instant, plus_days};
use domain::debtor::{Debtor, DebtorKind, EmailAddress};
use domain::dossier::{Dossier, Draft};
use domain::hold::{Covers, HoldReason, HoldScope};
use domain::holding::{self, Lifting};
use domain::ids::{AdministrationId, DebtorId, HoldId, InvoiceId, PolicyId, StepId};
use domain::invoice::{Invoice, InvoiceKind};
use domain::notice::{Channel, NoticeState};
use domain::policy::{Audience, CountedFrom, Policy, Step, StepCosts};
use domain::sending::{self, Claim, Delivery, Sending};
use domain::step::StepKind;
use domain::{Language, Money, follow_up};
use jiff::Timestamp;
use jiff::civil::{Date, date, time};
use proptest::collection::vec;
use proptest::prelude::*;

const FIRST: Date = date(2026, 9, 1);
/// Days that are lived through: longer than the longest policy drawn here waits.
const DAYS: i32 = 300;

const KINDS: [StepKind; 7] = [
    StepKind::Reminder,
    StepKind::FinalReminder,
    StepKind::FormalNotice,
    StepKind::EndOfServiceAnnouncement,
    StepKind::Summons,
    StepKind::SecondSummons,
    StepKind::ReadyForBailiff,
];

/// A policy of up to six steps that [`Policy::check`] has nothing against.
fn policy() -> impl Strategy<Value = Policy> {
    let step = (0..KINDS.len(), 0_i16..25, any::<bool>());
    vec(step, 1..7).prop_map(|mut rows| {
        rows.sort_by_key(|(kind, ..)| *kind);
        let mut from_due = 0;
        let step = |(at, (kind, days, of_due)): (usize, (usize, i16, bool))| {
            if of_due {
                from_due += days;
            }
            Step {
                id: StepId::parse(&format!("step-{at}")).unwrap(),
                kind: KINDS[kind],
                after_days: if of_due { from_due } else { days },
                counted_from: if of_due { CountedFrom::DueDate } else { CountedFrom::PreviousStep },
                channels: vec![Channel::Email],
                links_to: None,
                minimum_open: Money::ZERO,
                costs: StepCosts::None,
                interest: false,
                audience: Audience::default(),
                opening: Default::default(),
                tone: None,
            }
        };
        let steps = rows.into_iter().enumerate().map(step).collect();
        let id = PolicyId::parse("drawn").unwrap();
        let policy = Policy { id, version: 1, name: "Drawn".into(), steps };
        assert_eq!(policy.check(), []);
        policy
    })
}

/// A hold that is placed on one day and lifted on a later one; on one of the two invoices or on the debtor.
#[derive(Debug, Clone)]
struct Pause {
    from: i32,
    days: i32,
    on: Option<&'static str>,
    everything: bool,
    /// It ends by itself so many days after it was placed, if it is not lifted before.
    until: Option<i32>,
}

fn pauses() -> impl Strategy<Value = Vec<Pause>> {
    let on = prop_oneof![Just(None), Just(Some("i1")), Just(Some("i2"))];
    let one = (0..200_i32, 0..40_i32, on, any::<bool>(), proptest::option::of(0..30_i32));
    vec(one, 0..4).prop_map(|rows| {
        let pause = |(from, days, on, everything, until)| Pause { from, days, on, everything, until };
        rows.into_iter().map(pause).collect()
    })
}

fn administration(policies: Vec<Policy>) -> Administration {
    let creditor = Creditor {
        name: "Voorbeeld".into(),
        address_lines: vec![],
        iban: "NL91ABNA0417164300".into(),
        bic: None,
        phone: "030".into(),
        email: "a@example.nl".into(),
        sender: "a@example.nl".into(),
        opening_hours: None,
        platform_identification: "1".into(),
    };
    let id = AdministrationId::parse("demo").unwrap();
    let mut administration = Administration::new(id, creditor, Sector::Other);
    administration.default_policy = policies[0].id.clone();
    administration.policies = policies;
    administration
}

fn dossier(due: [i32; 2]) -> Dossier {
    let debtor = Debtor {
        id: DebtorId::parse("d1").unwrap(),
        number: "D1".into(),
        kind: DebtorKind::Consumer,
        name: "J. de Vries".into(),
        person: None,
        emails: vec![EmailAddress::parse("jan@example.nl").unwrap()],
        phone: None,
        mobile: None,
        language: Language::Nl,
        kvk_number: None,
        vat_id: None,
        iban: None,
        address: None,
        policy_id: None,
        labels: vec![],
        modified_at: morning(FIRST),
    };
    let mut dossier = Dossier::new(debtor, morning(FIRST));
    for (id, due) in ["i1", "i2"].into_iter().zip(due) {
        let due_date = plus_days(FIRST, due);
        dossier.invoices.insert(InvoiceId::parse(id).unwrap(), invoice(id, due_date));
    }
    dossier
}

fn invoice(id: &str, due_date: Date) -> Invoice {
    Invoice {
        id: InvoiceId::parse(id).unwrap(),
        number: id.into(),
        kind: InvoiceKind::Invoice,
        issue_date: plus_days(due_date, -14),
        due_date,
        total: Money::from_cents(121_00),
        ledger: None,
        recurring_term: true,
        payment_reference: None,
        payment_condition: None,
        corrects: None,
        lines: vec![],
        parties: None,
        labels: vec![],
        modified_at: morning(FIRST),
        deleted_at: None,
        sending: domain::invoice::Sending::ByPolicy,
        bookings: vec![],
        closed_on: None,
        steps: vec![],
        policy_id: None,
        planned: None,
        restarted_on: None,
        formal_notice: None,
        charges: vec![],
        claimed: None,
    }
}

fn morning(day: Date) -> Timestamp {
    instant(day, time(10, 0, 0, 0))
}

/// What was done on a day, each in the order in which it is given.
enum Act<'a> {
    Place(usize, &'a Pause),
    Lift(usize),
}

/// Lives through all days: on each the holds of the day, then follow-up, and what it prepared is sent and arrives. `late`
/// is from when another policy holds.
fn live(
    dossier: Dossier,
    administration: &mut Administration,
    pauses: &[Pause],
    backwards: bool,
    late: Option<(i32, &Policy)>,
    mut look: impl FnMut(Date, &Dossier, &Administration),
) -> Dossier {
    let mut dossier = dossier;
    let mut placed: Vec<Option<HoldId>> = vec![None; pauses.len()];
    for day in 0..DAYS {
        let today = plus_days(FIRST, day);
        if let Some((from, policy)) = late
            && from == day
        {
            administration.policies = vec![policy.clone()];
        }
        let mut draft = Draft::of(dossier, morning(today), "desk");
        let mut acts: Vec<Act<'_>> = Vec::new();
        for (at, pause) in pauses.iter().enumerate() {
            if pause.from == day {
                acts.push(Act::Place(at, pause));
            }
        }
        let lifted = |(_, pause): &(usize, &Pause)| pause.from + pause.days == day;
        let mut lifts: Vec<_> =
            pauses.iter().enumerate().filter(lifted).map(|(at, _)| Act::Lift(at)).collect();
        if backwards {
            acts.reverse();
            lifts.reverse();
        }
        for act in acts.into_iter().chain(lifts) {
            match act {
                Act::Place(at, pause) => placed[at] = Some(place(&mut draft, pause)),
                Act::Lift(at) => {
                    let hold = placed[at].clone().unwrap();
                    holding::lift(&mut draft, &hold, administration, Lifting::ByHand, "x").unwrap();
                }
            }
        }
        follow_up::advance(&mut draft, administration);
        let prepared = |n: &&domain::notice::Notice| matches!(n.state, NoticeState::Prepared { .. });
        let ids: Vec<_> = draft.dossier.notices.iter().filter(prepared).map(|n| n.id.clone()).collect();
        for id in ids {
            if sending::claim(&mut draft, &id, administration).unwrap() == Claim::Granted {
                let answer = Sending::Accepted { message_id: id.to_string() };
                sending::complete(&mut draft, &id, answer).unwrap();
                let now = draft.now;
                sending::record_delivery(&mut draft, &id, Delivery::Delivered, now).unwrap();
            }
        }
        look(today, &draft.dossier, administration);
        dossier = draft.dossier;
    }
    dossier
}

fn place(draft: &mut Draft, pause: &Pause) -> HoldId {
    let scope = match pause.on {
        None => HoldScope::Debtor,
        Some(invoice) => HoldScope::Invoice(InvoiceId::parse(invoice).unwrap()),
    };
    let covers = if pause.everything { Covers::Everything } else { Covers::Reminders };
    let until = pause.until.map(|days| plus_days(draft.today(), days));
    let reason = HoldReason::Asked { text: "x".into() };
    holding::place(draft, scope, covers, reason, until, None).id
}

/// Each step that was taken about each invoice, and when.
fn taken(dossier: &Dossier) -> Vec<(String, String, Date)> {
    let of = |i: &Invoice| -> Vec<_> {
        i.steps.iter().map(|s| (i.id.to_string(), s.step.to_string(), s.on)).collect()
    };
    dossier.invoices.values().flat_map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_steps_of_a_policy_come_in_its_order(
        policy in policy(),
        pauses in pauses(),
        due in [0..60_i32, 0..60_i32],
    ) {
        let mut administration = administration(vec![policy.clone()]);
        let held = |today: Date, invoice: &str| pauses.iter().any(|p| {
            let from = plus_days(FIRST, p.from);
            let end = plus_days(from, p.until.map_or(p.days, |until| p.days.min(until + 1)));
            p.on.is_none_or(|on| on == invoice) && from <= today && today < end
        });
        let end = live(dossier(due), &mut administration, &pauses, false, None, |_, _, _| {});
        for invoice in end.invoices.values() {
            let taken: Vec<&str> = invoice.steps.iter().map(|s| s.step.as_str()).collect();
            let asked: Vec<&str> = policy.steps.iter().map(|s| s.id.as_str()).take(taken.len()).collect();
            prop_assert_eq!(&taken, &asked, "in the policy's order, each once, none left out");
            if pauses.is_empty() {
                prop_assert_eq!(taken.len(), policy.steps.len(), "nothing is waited for for ever");
            }
            let mut before = invoice.due_date;
            for (step, asked) in invoice.steps.iter().zip(&policy.steps) {
                let from = match asked.counted_from {
                    CountedFrom::PreviousStep => before,
                    _ => invoice.due_date,
                };
                let waited = days_between(from, step.on);
                prop_assert!(waited >= i32::from(asked.after_days), "{} after {waited} days", step.step);
                prop_assert!(step.on >= before, "{} before the step before it", step.step);
                prop_assert!(!held(step.on, invoice.id.as_str()), "{} during a hold", step.step);
                before = step.on;
            }
        }
    }

    #[test]
    fn a_policy_that_changes_goes_on_and_never_back(
        first in policy(),
        second in policy(),
        from in 0..200_i32,
        due in [0..60_i32, 0..60_i32],
    ) {
        let mut administration = administration(vec![first]);
        let second = Policy { version: 2, ..second };
        let end = live(dossier(due), &mut administration, &[], false, Some((from, &second)), |_, _, _| {});
        for invoice in end.invoices.values() {
            let kinds: Vec<StepKind> = invoice.steps.iter().map(|s| s.kind).collect();
            prop_assert!(kinds.is_sorted(), "never back: {kinds:?}");
            let mut ids: Vec<&str> = invoice.steps.iter().map(|s| s.step.as_str()).collect();
            ids.sort_unstable();
            let count = ids.len();
            ids.dedup();
            prop_assert_eq!(ids.len(), count, "no step twice");
        }
    }

    #[test]
    fn holds_commute(policy in policy(), mut pauses in pauses(), due in [0..60_i32, 0..60_i32]) {
        // Those of one day are what an order could matter to.
        let (from, days) = pauses.first().map_or((0, 0), |p| (p.from, p.days));
        for pause in pauses.iter_mut().skip(1).step_by(2) {
            (pause.from, pause.days) = (from, days);
        }
        let mut administration = administration(vec![policy]);
        let mut promised = Vec::new();
        let forwards = live(dossier(due), &mut administration, &pauses, false, None, |today, d, a| {
            promised.push(outlook(today, d, a));
        });
        let mut others = Vec::new();
        let backwards = live(dossier(due), &mut administration, &pauses, true, None, |today, d, a| {
            others.push(outlook(today, d, a));
        });
        prop_assert_eq!(taken(&forwards), taken(&backwards));
        prop_assert_eq!(promised, others, "each day promises the same");
        // The order in which they are kept is nothing to the next step either.
        let mut turned = forwards.clone();
        turned.holds.reverse();
        let on = plus_days(FIRST, DAYS);
        prop_assert_eq!(outlook(on, &forwards, &administration), outlook(on, &turned, &administration));
    }
}

/// What comes next for each invoice, as words.
fn outlook(today: Date, dossier: &Dossier, administration: &Administration) -> Vec<String> {
    use domain::next_step::{NextStep, next_step};
    let of = |i: &Invoice| match next_step(dossier, i, administration, morning(today)) {
        NextStep::On(planned) => format!("{} on {}", planned.step.id, planned.day),
        NextStep::Held => "held".to_owned(),
        NextStep::UnderWay(_) => "under way".to_owned(),
        NextStep::NoFollowUp => "no follow-up".to_owned(),
        NextStep::PolicyEnded => "over".to_owned(),
        _ => "waits".to_owned(),
    };
    dossier.invoices.values().map(of).collect()
}
