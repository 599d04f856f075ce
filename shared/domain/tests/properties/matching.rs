//! Whatever a bank line says: the parts of a proposal are the line to the cent, the order of the candidates changes nothing,
//! and doubt is never booked.

use domain::Money;
use domain::bank::BankLine;
use domain::debtor::{Debtor, DebtorKind, Person};
use domain::ids::{BankLineId, DebtorId, InvoiceId};
use domain::matching::{
    AccountKnown, BankRules, Candidate, Item, KnownName, MOST_WITH_DOUBT, NoMatch, Verdict, judge,
    match_incoming,
};
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

const SURNAMES: [&str; 3] = ["Jansen", "Vries", "Bakker"];
const CENTS: [i64; 5] = [121_00, 60_50, 242_00, 1, 99_99];

fn debtor(id: usize, surname: &str, initial: char) -> Debtor {
    Debtor {
        id: DebtorId::parse(&format!("d{id}")).unwrap(),
        number: id.to_string(),
        kind: DebtorKind::Consumer,
        name: surname.to_owned(),
        person: Some(Person {
            initials: Some(initial.to_string()),
            prefix: None,
            surname: surname.to_owned(),
            birth_date: None,
        }),
        emails: vec![],
        phone: None,
        mobile: None,
        language: domain::Language::Nl,
        kvk_number: None,
        vat_id: None,
        iban: None,
        address: None,
        policy_id: None,
        labels: vec![],
        modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn candidate() -> impl Strategy<Value = (usize, bool, bool, Vec<(usize, bool)>)> {
    let items = prop::collection::vec((0..CENTS.len(), (0..5_u8).prop_map(|n| n > 0)), 0..6);
    (0..SURNAMES.len(), any::<bool>(), (0..10_u8).prop_map(|n| n < 3), items)
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    prop::collection::vec(candidate(), 0..5).prop_map(|all| {
        let made = all.into_iter().enumerate().map(|(at, (surname, first, account, items))| {
            let debtor = debtor(at, SURNAMES[surname], if first { 'A' } else { 'B' });
            let items = items.into_iter().enumerate().map(|(n, (cents, open))| {
                let total = Money::from_cents(CENTS[cents]);
                let left = if open { total } else { Money::ZERO };
                Item {
                    invoice: InvoiceId::parse(&format!("i{at}-{n}")).unwrap(),
                    number: format!("2026-00{at}{n}"),
                    reference: None,
                    owed: left,
                    principal: left,
                    total,
                    due_date: date(2026, 9, 1),
                    closed: !open,
                }
            });
            Candidate {
                name: KnownName::of(&debtor),
                debtor: debtor.id,
                account: account.then_some(AccountKnown::ByLedger),
                pays_elsewhere: false,
                items: items.collect(),
                instalment: None,
                debits: Vec::new(),
            }
        });
        made.collect()
    })
}

fn line() -> impl Strategy<Value = BankLine> {
    let numbers = prop::collection::vec((0..6_usize, 0..7_usize), 0..4);
    let payer = (0..SURNAMES.len(), any::<bool>(), any::<bool>());
    (prop_oneof![prop::sample::select(&CENTS[..]), 1_i64..100_000_00], numbers, payer).prop_map(
        |(cents, numbers, (surname, first, named))| BankLine {
            id: BankLineId::parse("l1").unwrap(),
            booked_on: date(2026, 10, 1),
            valued_on: None,
            amount: Money::from_cents(cents),
            reversal: false,
            counterparty_name: named
                .then(|| format!("{} {}", if first { "A" } else { "B" }, SURNAMES[surname])),
            counterparty_account: None,
            structured_reference: None,
            text: numbers.iter().map(|(at, n)| format!("2026-00{at}{n} ")).collect(),
            end_to_end_id: None,
            mandate_id: None,
            return_reason: None,
            bank_reference: None,
            batch_id: None,
        },
    )
}

proptest! {
    #[test]
    fn proposals_are_the_line_to_the_cent_in_whatever_order(line in line(), candidates in candidates()) {
        let proposals = match_incoming(&line, &candidates);
        for proposal in &proposals {
            prop_assert_eq!(proposal.parts.iter().map(|p| p.amount).sum::<Money>(), line.amount);
            prop_assert!(proposal.parts.iter().all(|p| p.amount.is_positive()));
            prop_assert!(!proposal.asks_a_person() || proposal.confidence <= MOST_WITH_DOUBT);
        }
        let mut others = candidates.clone();
        others.reverse();
        prop_assert_eq!(&proposals, &match_incoming(&line, &others));
        // At the lowest threshold that there is: nothing that another proposal comes near to.
        let lowest = BankRules { automatic_from: 70 };
        if let Verdict::Automatic(best) = judge(proposals.clone(), &lowest, NoMatch::NothingKnown) {
            let near = proposals.iter().filter(|p| p.confidence >= best.confidence).count();
            prop_assert_eq!(near, 1);
        }
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,300}", cents in 1_i64..1_000_000) {
        let mut line = BankLine { text, ..blank(cents) };
        line.counterparty_name = Some(line.text.clone());
        let keys = domain::matching::keys_of_line(&line).len() + domain::matching::name_keys_of_line(&line).len();
        prop_assert!(keys <= 24);
    }
}

fn blank(cents: i64) -> BankLine {
    BankLine {
        id: BankLineId::parse("l1").unwrap(),
        booked_on: date(2026, 10, 1),
        valued_on: None,
        amount: Money::from_cents(cents),
        reversal: false,
        counterparty_name: None,
        counterparty_account: None,
        structured_reference: None,
        text: String::new(),
        end_to_end_id: None,
        mandate_id: None,
        return_reason: None,
        bank_reference: None,
        batch_id: None,
    }
}
