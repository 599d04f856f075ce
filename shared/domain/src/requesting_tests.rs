use jiff::civil::date;

use super::*;
use crate::administration::Sector;
use crate::dossier::CreditSource;
use crate::intake::put_payment;
use crate::payment_request::{ReportedBack, TakenBackKind};
use crate::plan::Every;
use crate::plan::Side;
use crate::planning::{Proposal, propose};
use crate::signal_cases::{DAY, administration, at, dossier};

fn settings() -> Administration {
    let mut settings = administration(Sector::Energy);
    settings.payments.default_provider = Some(PaymentProvider::Mollie);
    settings.payments.mollie.enabled = true;
    settings.payments.mollie.methods = vec!["ideal".to_owned(), "creditcard".to_owned()];
    settings
}

/// Two invoices of 121 euros, `i1` and `i2`, on 6 October 2026.
fn draft() -> Draft {
    Draft::of(dossier(), at(DAY), "tester")
}

fn euros(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn invoice(id: &str) -> InvoiceId {
    InvoiceId::parse(id).unwrap()
}

fn about(id: &str) -> RequestAbout {
    RequestAbout::Invoice { invoice: invoice(id) }
}

fn asked(about: RequestAbout) -> Asked {
    Asked { about, provider: None, method: None, return_url: None, request: None }
}

/// A request that the provider has as `tr_1`.
fn opened(draft: &mut Draft, about: RequestAbout) -> PaymentRequestId {
    let id = ask(draft, &settings(), &asked(about)).unwrap();
    assert!(claim_creation(draft, &id).unwrap());
    let made = Creation::Made {
        reference: "tr_1".to_owned(),
        checkout_url: "https://pay.example/1".to_owned(),
        expires_at: Some(draft.now + SignedDuration::from_mins(15)),
    };
    complete_creation(draft, &id, made).unwrap();
    id
}

fn report(state: Reported, taken_back: Vec<ReportedBack>) -> Report {
    Report { reference: "tr_1".to_owned(), state, checkout_url: None, expires_at: None, taken_back }
}

fn paid(cents: i64) -> Reported {
    Reported::Paid { payment: "tr_1".to_owned(), amount: euros(cents), on: DAY }
}

fn back(id: &str, kind: TakenBackKind, cents: i64) -> ReportedBack {
    ReportedBack { id: id.to_owned(), kind, amount: euros(cents), on: DAY, reason: None, undone: false }
}

/// What a store would give beside the dossier: the invoices that this draft has archived so far.
fn at_hand(draft: &Draft) -> AtHand {
    AtHand { archived: draft.archived().to_vec(), more: false }
}

fn tell(draft: &mut Draft, id: &PaymentRequestId, told: &Report) -> Vec<Booked> {
    let at_hand = at_hand(draft);
    apply(draft, id, told, at_hand).unwrap()
}

fn state(draft: &Draft, id: &PaymentRequestId) -> RequestState {
    find(&draft.dossier, id).unwrap().state
}

/// What is open, invoice by invoice.
fn open_on(draft: &Draft) -> Vec<(String, Money)> {
    draft.dossier.open_invoices().map(|i| (i.id.to_string(), i.open())).collect()
}

fn tasks(draft: &Draft, about: &str) -> usize {
    draft.dossier.tasks.iter().filter(|t| t.about == about).count()
}

#[test]
fn what_may_not_be_asked_has_a_name() {
    let gone = RequestAbout::Invoice { invoice: invoice("nobody") };
    let plan = DebtorPlan::none();
    let none = |settings: &mut Administration| settings.payments.default_provider = None;
    let off = |settings: &mut Administration| settings.payments.mollie.enabled = false;
    let same = |_: &mut Administration| {};
    type Change = fn(&mut Administration);
    let table: [(&str, Asked, Change, Refusal); 6] = [
        ("no provider", asked(about("i1")), none, Refusal::NoPaymentProvider),
        ("provider that is off", asked(about("i1")), off, Refusal::NoPaymentProvider),
        (
            "provider that was never set up",
            Asked { provider: Some(PaymentProvider::PayPal), ..asked(about("i1")) },
            same,
            Refusal::NoPaymentProvider,
        ),
        (
            "method that is not offered",
            Asked { method: Some("paypal".to_owned()), ..asked(about("i1")) },
            same,
            Refusal::MethodNotOffered,
        ),
        ("unknown invoice", asked(gone), same, Refusal::NothingOpen),
        ("unknown plan", asked(plan), same, Refusal::NoSuchPlan),
    ];
    for (name, asked, change, expected) in table {
        let mut settings = settings();
        change(&mut settings);
        assert_eq!(ask(&mut draft(), &settings, &asked).unwrap_err(), expected, "{name}");
    }
}

struct DebtorPlan;

impl DebtorPlan {
    fn none() -> RequestAbout {
        let plan = crate::ids::DebtorId::parse("d1").unwrap().plan(9);
        RequestAbout::Instalment { plan, number: 1 }
    }
}

#[test]
fn the_amount_is_what_is_open_now_and_never_more_than_is_owed() {
    let mut draft = draft();
    let on = draft.today();
    let of = |draft: &Draft, about: &RequestAbout| amount_of(&draft.dossier, about, on);
    assert_eq!(of(&draft, &about("i1")), Ok(euros(121_00)));
    assert_eq!(of(&draft, &RequestAbout::Everything), Ok(euros(242_00)));
    // Twenty euros on account: the whole is less, one invoice is not.
    draft.dossier.set_credit(CreditSource::Payment(PaymentId::parse("p").unwrap()), euros(20_00));
    assert_eq!(of(&draft, &about("i1")), Ok(euros(121_00)));
    assert_eq!(of(&draft, &RequestAbout::Everything), Ok(euros(222_00)));
    draft.dossier.set_credit(CreditSource::Payment(PaymentId::parse("p").unwrap()), euros(200_00));
    assert_eq!(of(&draft, &about("i1")), Ok(euros(42_00)));
    draft.dossier.set_credit(CreditSource::Payment(PaymentId::parse("p").unwrap()), euros(242_00));
    assert_eq!(of(&draft, &about("i1")), Err(Refusal::NothingOpen));
}

#[test]
fn asking_again_gives_the_same_one_while_it_can_be_paid_and_asks_the_same() {
    let mut draft = draft();
    let first = opened(&mut draft, about("i1"));
    let other = |draft: &mut Draft, asked: Asked| ask(draft, &settings(), &asked).unwrap();
    assert_eq!(other(&mut draft, asked(about("i1"))), first);
    let another_method = Asked { method: Some("ideal".to_owned()), ..asked(about("i1")) };
    assert_ne!(other(&mut draft, another_method), first);
    assert_ne!(other(&mut draft, asked(RequestAbout::Everything)), first);
    // A minute before its end, and from then on, it is a new one.
    let end = find(&draft.dossier, &first).unwrap().expires_at;
    draft.now = end - SignedDuration::from_secs(61);
    assert_eq!(other(&mut draft, asked(about("i1"))), first);
    draft.now = end - SignedDuration::from_secs(60);
    assert_ne!(other(&mut draft, asked(about("i1"))), first);
}

#[test]
fn a_debtor_has_at_most_so_many_open_requests() {
    let mut draft = draft();
    for n in 0..MOST_OPEN {
        let to = Asked { return_url: Some(format!("https://a.example/{n}")), ..asked(about("i1")) };
        ask(&mut draft, &settings(), &to).unwrap();
    }
    let one_more = ask(&mut draft, &settings(), &asked(about("i1")));
    assert_eq!(one_more.unwrap_err(), Refusal::TooManyPaymentRequests);
}

#[test]
fn making_is_tried_twice_under_one_key_and_then_a_person_is_asked() {
    let mut draft = draft();
    let id = ask(&mut draft, &settings(), &asked(about("i1"))).unwrap();
    let key = find(&draft.dossier, &id).unwrap().idempotency_key(CallKind::Create);
    assert!(claim_creation(&mut draft, &id).unwrap());
    assert!(!claim_creation(&mut draft, &id).unwrap(), "a call may be under way");
    complete_creation(&mut draft, &id, Creation::Unknown).unwrap();
    assert_eq!(tasks(&draft, REQUEST_UNKNOWN), 0);
    assert!(claim_creation(&mut draft, &id).unwrap());
    assert_eq!(find(&draft.dossier, &id).unwrap().idempotency_key(CallKind::Create), key);
    complete_creation(&mut draft, &id, Creation::Unknown).unwrap();
    assert_eq!(tasks(&draft, REQUEST_UNKNOWN), 1);
    assert!(!claim_creation(&mut draft, &id).unwrap());
    assert_eq!(tasks(&draft, REQUEST_UNKNOWN), 1);
    // The provider tells of it after all: nobody needs to look any more.
    tell(&mut draft, &id, &report(Reported::Open, vec![]));
    assert_eq!((state(&draft, &id), tasks(&draft, REQUEST_UNKNOWN)), (RequestState::Open, 0));
}

#[test]
fn a_process_that_died_is_followed_by_one_more_attempt_after_a_minute() {
    let mut draft = draft();
    let id = ask(&mut draft, &settings(), &asked(about("i1"))).unwrap();
    assert!(claim_creation(&mut draft, &id).unwrap());
    let claimed_at = draft.now;
    assert_eq!(wake_at(&draft.dossier), Some(claimed_at + UNKNOWN_AFTER));
    draft.now = claimed_at + UNKNOWN_AFTER - SignedDuration::from_secs(1);
    assert!(!claim_creation(&mut draft, &id).unwrap());
    draft.now = claimed_at + UNKNOWN_AFTER;
    assert!(claim_creation(&mut draft, &id).unwrap());
}

#[test]
fn what_the_provider_did_not_take_costs_no_attempt_and_lapses_where_nobody_asks_again() {
    let mut draft = draft();
    let id = ask(&mut draft, &settings(), &asked(about("i1"))).unwrap();
    for _ in 0..5 {
        assert!(claim_creation(&mut draft, &id).unwrap());
        complete_creation(&mut draft, &id, Creation::NotNow).unwrap();
    }
    lapse_if_never_made(&mut draft, &id).unwrap();
    assert_eq!(state(&draft, &id), RequestState::Created);
    draft.now += UNKNOWN_AFTER;
    lapse_if_never_made(&mut draft, &id).unwrap();
    assert_eq!(state(&draft, &id), RequestState::Failed);
}

#[test]
fn a_report_that_is_quicker_than_the_answer_opens_or_pays_it() {
    for (told, expected) in [(Reported::Open, RequestState::Open), (paid(121_00), RequestState::Paid)] {
        let mut draft = draft();
        let id = ask(&mut draft, &settings(), &asked(about("i1"))).unwrap();
        claim_creation(&mut draft, &id).unwrap();
        tell(&mut draft, &id, &report(told, vec![]));
        let made = Creation::Made {
            reference: "tr_1".to_owned(),
            checkout_url: "https://pay.example/1".to_owned(),
            expires_at: None,
        };
        complete_creation(&mut draft, &id, made).unwrap();
        assert_eq!(state(&draft, &id), expected);
        assert_eq!(find(&draft.dossier, &id).unwrap().reference.as_deref(), Some("tr_1"));
    }
}

#[test]
fn reports_in_any_order_and_often_end_in_the_same_state() {
    let refund = || back("re_1", TakenBackKind::Refund, 21_00);
    let told =
        [report(Reported::Open, vec![]), report(paid(121_00), vec![]), report(paid(121_00), vec![refund()])];
    let orders: [&[usize]; 6] =
        [&[0, 1, 2], &[2, 1, 0], &[1, 0, 2], &[2, 2, 2], &[2, 0, 1, 2], &[0, 2, 1, 1, 0]];
    let mut ends = Vec::new();
    for order in orders {
        let mut draft = draft();
        let id = opened(&mut draft, about("i1"));
        let mut booked = Vec::new();
        for at in order {
            booked.extend(tell(&mut draft, &id, &told[*at]));
        }
        let mut ids: Vec<String> = booked.iter().map(|b| b.payment.id.to_string()).collect();
        ids.sort();
        ends.push((state(&draft, &id), open_on(&draft), ids, draft.dossier.balance(DAY)));
    }
    let expected = (
        RequestState::Paid,
        vec![("i1".to_owned(), euros(21_00)), ("i2".to_owned(), euros(121_00))],
        vec!["mollie.re_1".to_owned(), "mollie.tr_1".to_owned()],
        euros(142_00),
    );
    assert_eq!(ends, vec![expected; orders.len()]);
}

#[test]
fn what_was_given_up_is_paid_all_the_same_when_the_money_comes() {
    let ended = [
        (Reported::Failed { reason: None }, RequestState::Failed),
        (Reported::Expired, RequestState::Expired),
        (Reported::Cancelled, RequestState::Cancelled),
    ];
    for (told, expected) in ended {
        let mut draft = draft();
        let id = opened(&mut draft, about("i1"));
        tell(&mut draft, &id, &report(told, vec![]));
        assert_eq!(state(&draft, &id), expected);
        assert_eq!(open_on(&draft).len(), 2);
        assert_eq!(wake_at(&draft.dossier), None, "nothing is awaited");
        tell(&mut draft, &id, &report(paid(121_00), vec![]));
        assert_eq!(state(&draft, &id), RequestState::Paid);
        assert_eq!(open_on(&draft), [("i2".to_owned(), euros(121_00))]);
        // And nothing but money moves it from there.
        tell(&mut draft, &id, &report(Reported::Expired, vec![]));
        assert_eq!(state(&draft, &id), RequestState::Paid);
    }
}

#[test]
fn money_goes_back_in_parts_and_each_part_once() {
    use TakenBackKind::{Chargeback, Refund};
    // (what went back, state, open on i1)
    let table: [(Vec<ReportedBack>, RequestState, i64); 6] = [
        (vec![back("re_1", Refund, 1)], RequestState::Paid, 1),
        (vec![back("re_1", Refund, 120_99)], RequestState::Paid, 120_99),
        (vec![back("re_1", Refund, 121_00)], RequestState::Refunded, 121_00),
        (vec![back("re_1", Refund, 60_00), back("re_2", Refund, 61_00)], RequestState::Refunded, 121_00),
        (
            vec![back("re_1", Refund, 60_00), back("chb_1", Chargeback, 61_00)],
            RequestState::ChargedBack,
            121_00,
        ),
        // More than came in cannot go back.
        (
            vec![back("chb_1", Chargeback, 121_00), back("re_1", Refund, 121_00)],
            RequestState::ChargedBack,
            121_00,
        ),
    ];
    for (gone, expected, open) in table {
        let mut draft = draft();
        let id = opened(&mut draft, about("i1"));
        for _ in 0..3 {
            tell(&mut draft, &id, &report(paid(121_00), gone.clone()));
        }
        assert_eq!(state(&draft, &id), expected, "{gone:?}");
        assert_eq!(open_on(&draft)[0], ("i1".to_owned(), euros(open)), "{gone:?}");
        assert_eq!(draft.dossier.balance(DAY), euros(121_00 + open), "{gone:?}");
    }
}

#[test]
fn a_chargeback_that_is_undone_pays_again() {
    let mut draft = draft();
    let id = opened(&mut draft, about("i1"));
    let mut gone = back("chb_1", TakenBackKind::Chargeback, 121_00);
    tell(&mut draft, &id, &report(paid(121_00), vec![gone.clone()]));
    assert_eq!(state(&draft, &id), RequestState::ChargedBack);
    gone.undone = true;
    for _ in 0..2 {
        tell(&mut draft, &id, &report(paid(121_00), vec![gone.clone()]));
        assert_eq!(state(&draft, &id), RequestState::Paid);
        assert_eq!(open_on(&draft), [("i2".to_owned(), euros(121_00))]);
    }
    // One that was undone before anybody here saw it never counted.
    let mut draft = self::draft();
    let id = opened(&mut draft, about("i1"));
    let booked = tell(&mut draft, &id, &report(paid(121_00), vec![gone]));
    assert_eq!((booked.len(), state(&draft, &id)), (1, RequestState::Paid));
}

#[test]
fn everything_goes_to_the_invoices_in_the_order_of_the_law_and_comes_back_last_first() {
    let mut draft = draft();
    draft.dossier.invoices.get_mut(&invoice("i2")).unwrap().due_date = date(2026, 9, 15);
    let id = opened(&mut draft, RequestAbout::Everything);
    tell(&mut draft, &id, &report(paid(242_00), vec![]));
    assert_eq!(open_on(&draft), []);
    let refund = back("re_1", TakenBackKind::Refund, 150_00);
    tell(&mut draft, &id, &report(paid(242_00), vec![refund]));
    let expected = [("i1".to_owned(), euros(29_00)), ("i2".to_owned(), euros(121_00))];
    assert_eq!(open_on(&draft), expected, "what was due last opens first");
}

#[test]
fn what_was_paid_twice_is_credit_and_a_task_and_giving_it_back_ends_both() {
    // The bank first, then the provider.
    let mut draft = draft();
    let id = opened(&mut draft, RequestAbout::Everything);
    pay_by_bank(&mut draft, 242_00);
    tell(&mut draft, &id, &report(paid(242_00), vec![]));
    assert_eq!(draft.dossier.balance(DAY), -euros(242_00));
    assert_eq!(tasks(&draft, PAID_TOO_MUCH), 1);
    let refunds = [back("re_1", TakenBackKind::Refund, 100_00), back("re_2", TakenBackKind::Refund, 142_00)];
    tell(&mut draft, &id, &report(paid(242_00), refunds[..1].to_vec()));
    assert_eq!((draft.dossier.credit(), tasks(&draft, PAID_TOO_MUCH)), (euros(142_00), 1));
    tell(&mut draft, &id, &report(paid(242_00), refunds.to_vec()));
    assert_eq!((draft.dossier.credit(), tasks(&draft, PAID_TOO_MUCH)), (Money::ZERO, 0));
    assert_eq!(open_on(&draft), [], "the invoices stay paid by the bank");
    // The provider first, then the bank.
    let mut draft = self::draft();
    let id = opened(&mut draft, RequestAbout::Everything);
    tell(&mut draft, &id, &report(paid(242_00), vec![]));
    assert_eq!(tasks(&draft, PAID_TOO_MUCH), 0);
    pay_by_bank(&mut draft, 242_00);
    assert_eq!((draft.dossier.credit(), tasks(&draft, PAID_TOO_MUCH)), (euros(242_00), 1));
}

fn pay_by_bank(draft: &mut Draft, cents: i64) {
    let payment = Payment {
        id: PaymentId::parse("bank-1").unwrap(),
        kind: PaymentKind::Payment,
        invoice: None,
        debtor: draft.dossier.debtor.id.clone(),
        amount: euros(cents),
        received_on: DAY,
        reference: None,
        reason_code: None,
        modified_at: draft.now,
        among: Vec::new(),
        takes_back: None,
    };
    put_payment(draft, payment, None, Vec::new()).unwrap();
}

#[test]
fn an_instalment_counts_for_its_plan_and_goes_nowhere_else() {
    let mut draft = draft();
    let proposal = Proposal {
        invoices: Some(vec![invoice("i2")]),
        instalments: 2,
        every: Every::Month,
        first_on: date(2026, 10, 20),
        first_amount: None,
        by: Side::Creditor,
        approved: true,
        request: None,
    };
    let plan = propose(&mut draft, &settings(), &proposal).unwrap();
    let about = RequestAbout::Instalment { plan: plan.clone(), number: 1 };
    let id = opened(&mut draft, about);
    assert_eq!(find(&draft.dossier, &id).unwrap().amount, euros(60_50));
    tell(&mut draft, &id, &report(paid(60_50), vec![]));
    let expected = [("i1".to_owned(), euros(121_00)), ("i2".to_owned(), euros(60_50))];
    assert_eq!(open_on(&draft), expected, "i1 is older, and no part of the plan");
    let paid_on = |draft: &Draft| planning::find(&draft.dossier, &plan).unwrap().instalments[0].paid_on;
    assert_eq!(paid_on(&draft), Some(DAY));
    let back = back("chb_1", TakenBackKind::Chargeback, 60_50);
    tell(&mut draft, &id, &report(paid(60_50), vec![back]));
    assert_eq!(paid_on(&draft), None, "the instalment is open again");
}

#[test]
fn approved_money_is_taken_only_while_as_much_is_owed() {
    let mut draft = draft();
    let id = opened(&mut draft, about("i1"));
    assert!(claim_capture(&mut draft, &id).unwrap());
    assert!(!claim_capture(&mut draft, &id).unwrap(), "a call may be under way");
    complete_capture(&mut draft, &id, true).unwrap();
    pay_by_bank(&mut draft, 1);
    assert!(!claim_capture(&mut draft, &id).unwrap());
    assert_eq!(state(&draft, &id), RequestState::Cancelled);
    assert_eq!(find(&draft.dossier, &id).unwrap().reason.as_deref(), Some("no_longer_owed"));
}

#[test]
fn taking_is_tried_twice_and_then_a_person_is_asked() {
    let mut draft = draft();
    let id = opened(&mut draft, about("i1"));
    for _ in 0..MOST_ATTEMPTS {
        assert!(claim_capture(&mut draft, &id).unwrap());
        complete_capture(&mut draft, &id, false).unwrap();
    }
    // Less is owed by now: after an attempt that is no reason to call it off, since the money may have been taken.
    pay_by_bank(&mut draft, 1);
    assert!(!claim_capture(&mut draft, &id).unwrap());
    assert_eq!((state(&draft, &id), tasks(&draft, REQUEST_STUCK)), (RequestState::Open, 1));
}

#[test]
fn a_request_is_looked_at_after_its_end_and_what_was_paid_three_times_more() {
    let mut draft = draft();
    let id = opened(&mut draft, about("i1"));
    let end = find(&draft.dossier, &id).unwrap().expires_at;
    assert_eq!(wake_at(&draft.dossier), Some(end + AFTER_END));
    // Still open after its end: again, until somebody is told.
    draft.now = end + AFTER_END;
    tell(&mut draft, &id, &report(Reported::Open, vec![]));
    assert_eq!(wake_at(&draft.dossier), Some(draft.now + WHEN_LATE));
    draft.now = end + AFTER_END + STUCK_AFTER;
    tell(&mut draft, &id, &report(Reported::Open, vec![]));
    assert_eq!((wake_at(&draft.dossier), tasks(&draft, REQUEST_STUCK)), (None, 1));
    tell(&mut draft, &id, &report(paid(121_00), vec![]));
    assert_eq!(tasks(&draft, REQUEST_STUCK), 0);
    let paid_at = draft.now;
    for days in LOOKS_AFTER_DAYS {
        assert_eq!(wake_at(&draft.dossier), Some(paid_at + DAY_LONG * days));
        draft.now = paid_at + DAY_LONG * days;
        tell(&mut draft, &id, &report(paid(121_00), vec![]));
    }
    assert_eq!(wake_at(&draft.dossier), None);
    assert!(find(&draft.dossier, &id).unwrap().is_over());
}

const DAY_LONG: SignedDuration = SignedDuration::from_hours(24);

#[test]
fn another_reference_of_the_provider_is_refused() {
    let mut draft = draft();
    let id = opened(&mut draft, about("i1"));
    let other = Report { reference: "tr_2".to_owned(), ..report(paid(121_00), vec![]) };
    let refused = apply(&mut draft, &id, &other, AtHand::default());
    assert_eq!(refused.unwrap_err(), Refusal::PaymentRequestOfAnotherReference);
    assert_eq!(open_on(&draft).len(), 2);
}

#[test]
fn a_request_is_cancelled_at_once_where_the_provider_never_had_it() {
    let mut draft = draft();
    let id = ask(&mut draft, &settings(), &asked(about("i1"))).unwrap();
    assert_eq!(claim_cancellation(&mut draft, &id), Ok(Cancellation::Done));
    assert_eq!(claim_cancellation(&mut draft, &id), Err(Refusal::PaymentRequestOver));
    let id = opened(&mut draft, about("i1"));
    assert_eq!(claim_cancellation(&mut draft, &id), Ok(Cancellation::Claimed));
    assert_eq!(claim_cancellation(&mut draft, &id), Err(Refusal::PaymentRequestUnderWay));
    complete_cancellation(&mut draft, &id, false).unwrap();
    assert_eq!(state(&draft, &id), RequestState::Open);
    assert_eq!(claim_cancellation(&mut draft, &id), Ok(Cancellation::Claimed));
    complete_cancellation(&mut draft, &id, true).unwrap();
    assert_eq!(state(&draft, &id), RequestState::Cancelled);
}
