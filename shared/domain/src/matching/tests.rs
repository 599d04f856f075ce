//! One line each: what came in, what is open, and what is made of it.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::*;
use crate::Language;
use crate::debtor::{Debtor, DebtorKind, Person};
use crate::ids::BankLineId;

const ON: Date = date(2026, 10, 20);
const VRIES: &str = "NL91ABNA0417164300";
const JANSEN: &str = "NL20INGB0001234567";

fn euros(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn debtor(id: &str, initials: &str, surname: &str) -> Debtor {
    Debtor {
        id: DebtorId::parse(id).unwrap(),
        number: id.to_uppercase(),
        kind: DebtorKind::Consumer,
        name: format!("{initials} {surname}"),
        person: Some(Person {
            initials: Some(initials.to_owned()),
            prefix: None,
            surname: surname.to_owned(),
            birth_date: None,
        }),
        emails: vec![],
        phone: None,
        mobile: None,
        language: Language::Nl,
        kvk_number: None,
        vat_id: None,
        iban: None,
        address: None,
        policy_id: None,
        labels: vec![],
        modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn item(id: &str, number: &str, cents: i64) -> Item {
    Item {
        invoice: InvoiceId::parse(id).unwrap(),
        number: number.to_owned(),
        reference: None,
        owed: euros(cents),
        principal: euros(cents),
        total: euros(cents.max(121_00)),
        due_date: date(2026, 9, 1),
        closed: cents == 0,
    }
}

/// `d1` J. de Vries owes i1 121.00 (with a reference), i2 242.00; i9 of 121.00 was paid. `d2` J. Jansen owes i3 121.00,
/// `d3` M. Jansen i4 121.00, `d4` A. Bakker twice 50.00.
fn candidates(account_of: &[&str]) -> Vec<Candidate> {
    let candidate = |debtor: Debtor, items: Vec<Item>| Candidate {
        account: account_of.contains(&debtor.id.as_str()).then_some(AccountKnown::ByLedger),
        pays_elsewhere: false,
        name: KnownName::of(&debtor),
        debtor: debtor.id,
        items,
        instalment: None,
        debits: Vec::new(),
    };
    let mut first = item("i1", "2026-0012", 121_00);
    first.reference = Some("5000056789012345".to_owned());
    vec![
        candidate(
            debtor("d1", "J.", "Vries"),
            vec![first, item("i2", "2026-0013", 242_00), item("i9", "2026-0005", 0)],
        ),
        candidate(debtor("d2", "J.", "Jansen"), vec![item("i3", "2026-0021", 121_00)]),
        candidate(debtor("d3", "M.", "Jansen"), vec![item("i4", "2026-0120", 121_00)]),
        candidate(
            debtor("d4", "A.", "Bakker"),
            vec![item("i5", "2026-0031", 50_00), item("i6", "2026-0032", 50_00)],
        ),
    ]
}

fn line(amount: i64, name: &str, text: &str) -> BankLine {
    BankLine {
        id: BankLineId::parse("l1").unwrap(),
        booked_on: ON,
        valued_on: None,
        amount: euros(amount),
        reversal: false,
        counterparty_name: (!name.is_empty()).then(|| name.to_owned()),
        counterparty_account: None,
        structured_reference: None,
        text: text.to_owned(),
        end_to_end_id: None,
        mandate_id: None,
        return_reason: None,
        bank_reference: None,
        batch_id: None,
    }
}

/// The invoices of a proposal; a debtor's id where it names none.
fn of(proposal: &Proposal) -> String {
    let part = |p: &Part| p.invoice.as_ref().map_or(p.debtor.to_string(), ToString::to_string);
    proposal.parts.iter().map(part).collect::<Vec<_>>().join("+")
}

fn told(line: &BankLine, candidates: &[Candidate]) -> String {
    let proposals = match_incoming(line, candidates);
    for proposal in &proposals {
        let sum: Money = proposal.parts.iter().map(|p| p.amount).sum();
        assert_eq!(sum, line.amount, "the parts of {} are the line", of(proposal));
        assert!(proposal.parts.iter().all(|p| p.amount.is_positive()));
    }
    match judge(proposals, &BankRules::default(), NoMatch::NothingKnown) {
        Verdict::Automatic(proposal) => format!("automatic {}", of(&proposal)),
        Verdict::Suggested(all) => format!("suggested {}", of(&all[0])),
        Verdict::Unmatched(why) => format!("{why:?}"),
    }
}

#[test]
fn a_line_is_matched_by_itself_where_two_things_agree_and_nothing_else_fits() {
    // (whose account it is, cents, payer, text, what is made of it)
    let table: [(&[&str], i64, &str, &str, &str); 38] = [
        // A reference with check digits and the amount.
        (&[], 121_00, "", "kenmerk 5000056789012345", "automatic i1"),
        (&[], 121_00, "J DE VRIES", "5000 0567 8901 2345", "automatic i1"),
        (&[], 121_00, "P POSTMA", "5000056789012345", "suggested i1"),
        (&[], 121_00, "M DE VRIES", "5000056789012345", "automatic i1"),
        (&[], 100_00, "J DE VRIES", "5000056789012345", "suggested i1"),
        (&["d1"], 100_00, "", "5000056789012345", "automatic i1"),
        (&[], 242_00, "J DE VRIES", "5000056789012345", "suggested i1"), // fits i2 as well
        (&["d2"], 121_00, "", "5000056789012345", "suggested i1"),
        // A number, the amount, and the payer.
        (&[], 121_00, "J DE VRIES", "factuur 2026-0012", "automatic i1"),
        (&[], 121_00, "J DE VRIES", "20260012", "automatic i1"),
        (&[], 121_00, "J DE VRIES", "FACTUUR20260012", "suggested i1"),
        (&[], 121_00, "M DE VRIES", "factuur 2026-0012", "suggested i1"),
        (&[], 121_00, "", "factuur 2026-0012", "suggested i1"),
        (&["d1"], 121_00, "", "factuur 2026-0012", "automatic i1"),
        (&["d1"], 100_00, "J DE VRIES", "factuur 2026-0012", "automatic i1"), // in part, and no doubt whose
        (&[], 100_00, "J DE VRIES", "factuur 2026-0012", "suggested i1"),
        (&["d1"], 242_00, "", "factuur 2026-0012", "suggested i1"), // i2 is what it fits
        (&["d1"], 130_00, "J DE VRIES", "factuur 2026-0012", "automatic i1"), // too much: to their credit
        // A number with two digits in the wrong order is another debtor's.
        (&[], 121_00, "J JANSEN", "factuur 2026-0012", "suggested i1"),
        (&["d2"], 121_00, "J JANSEN", "factuur 2026-0012", "suggested i3"),
        (&[], 121_00, "J JANSEN", "factuur 2026-0021", "automatic i3"),
        (&[], 121_00, "M JANSEN", "factuur 2026-0021", "suggested i3"),
        (&["d2"], 121_00, "", "factuur 2026-0029", "automatic i3"), // one slip, and the account
        (&["d2"], 121_00, "", "factuur 2026-0999", "suggested i3"), // an invoice that nobody knows
        // The account and the amount.
        (&["d1"], 121_00, "", "", "automatic i1"),
        (&["d1"], 122_00, "", "", "suggested d1"),
        (&["d1", "d2"], 121_00, "", "", "suggested i1"), // shared
        (&["d4"], 50_00, "", "", "suggested i5"),        // two of the same amount
        (&["d4"], 100_00, "", "", "automatic i5+i6"),    // all that is open
        (&["d1"], 363_00, "", "", "automatic i1+i2"),
        // The name and the amount.
        (&[], 121_00, "J JANSEN", "", "suggested i3"),
        (&[], 121_00, "", "dank u", "NothingKnown"),
        (&[], 77_00, "J JANSEN", "", "NothingKnown"),
        // Several invoices.
        (&[], 363_00, "J DE VRIES", "2026-0012, 2026-0013", "automatic i1+i2"),
        (&[], 300_00, "J DE VRIES", "2026-0012, 2026-0013", "suggested i1+i2"),
        (&[], 242_00, "J DE VRIES", "2026-0012 en 2026-0021", "suggested i1+i3"), // of two debtors
        // What was paid already.
        (&["d1"], 121_00, "J DE VRIES", "factuur 2026-0005", "suggested i9"),
        (&[], 121_00, "J DE VRIES", "factuur 2026-0005", "suggested i9"),
    ];
    for (accounts, amount, payer, text, expected) in table {
        let line = line(amount, payer, text);
        let mut candidates = candidates(accounts);
        assert_eq!(told(&line, &candidates), expected, "{accounts:?} {amount} {payer:?} {text:?}");
        candidates.reverse();
        assert_eq!(told(&line, &candidates), expected, "the other way round: {payer:?} {text:?}");
    }
}

#[test]
fn doubt_keeps_every_proposal_below_every_threshold() {
    let line = line(121_00, "J JANSEN", "2026-0012 5000056789012345");
    for accounts in [&["d1", "d2"][..], &["d2"], &[]] {
        for proposal in match_incoming(&line, &candidates(accounts)) {
            assert!(!proposal.asks_a_person() || proposal.confidence <= MOST_WITH_DOUBT, "{proposal:?}");
        }
    }
}

#[test]
fn the_threshold_is_the_administrations() {
    let line = line(121_00, "", "factuur 2026-0012");
    let proposals = match_incoming(&line, &candidates(&[]));
    assert_eq!(proposals[0].confidence, 75);
    for (automatic_from, expected) in [(74, true), (75, true), (76, false)] {
        let verdict = judge(proposals.clone(), &BankRules { automatic_from }, NoMatch::NothingKnown);
        assert_eq!(matches!(verdict, Verdict::Automatic(_)), expected, "{automatic_from}");
    }
}

#[test]
fn an_instalment_and_a_direct_debit_are_known_by_what_was_agreed() {
    let mut known = candidates(&["d1"]);
    known[0].instalment = Some(euros(40_00));
    assert_eq!(told(&line(40_00, "", ""), &known), "automatic d1");
    assert_eq!(told(&line(41_00, "", ""), &known), "suggested d1");
    let mut known = candidates(&[]);
    known[1].debits.push(Debit { end_to_end_id: "E2E-1".into(), invoice: InvoiceId::parse("i3").ok() });
    let mut debit = line(121_00, "", "");
    debit.end_to_end_id = Some("E2E-1".into());
    assert_eq!(told(&debit, &known), "automatic i3");
    debit.end_to_end_id = Some("E2E-2".into());
    assert_eq!(told(&debit, &known), "NothingKnown");
}

fn booked(line: &str, cents: i64, day: i8, id: Option<&str>, mandate: Option<&str>) -> Booked {
    Booked {
        line: BankLineId::parse(line).unwrap(),
        amount: euros(cents),
        booked_on: date(2026, 10, day),
        account: Some(VRIES.to_owned()),
        end_to_end_id: id.map(str::to_owned),
        mandate_id: mandate.map(str::to_owned),
        taken_back: false,
        parts: Vec::new(),
    }
}

#[test]
fn money_that_came_back_takes_back_what_it_was_and_nothing_else() {
    let earlier = [
        booked("b1", 121_00, 1, Some("E1"), Some("M1")),
        booked("b2", 121_00, 5, Some("E2"), Some("M1")),
        booked("b3", 50_00, 6, None, None),
        booked("b4", 60_00, 6, None, None),
        booked("b5", 60_00, 7, None, None),
        booked("b6", 70_00, 25, None, None),
        Booked { taken_back: true, ..booked("b7", 80_00, 6, None, None) },
    ];
    // (cents, returned, its reference, its mandate, its account, what is made of it)
    type Row<'a> = (i64, bool, Option<&'a str>, Option<&'a str>, Option<&'a str>, &'a str);
    let table: [Row<'_>; 14] = [
        (121_00, true, Some("E1"), Some("M1"), None, "b1"),
        (121_00, true, Some("E2"), None, None, "b2"),
        (121_00, true, Some("E3"), Some("M1"), None, "may b2 b1"), // ordered under another reference
        (121_00, true, None, Some("M1"), None, "may b2 b1"),
        (100_00, true, Some("E1"), None, None, "may b1"), // another amount
        (50_00, true, None, None, Some("nl91 abna 0417 1643 00"), "b3"),
        (50_00, false, None, None, Some(VRIES), "not ours"),
        (50_00, true, None, None, Some(JANSEN), "not found"),
        (60_00, true, None, None, Some(VRIES), "may b5 b4"),
        (70_00, true, None, None, Some(VRIES), "not found"), // it came in later
        (80_00, true, None, None, Some(VRIES), "not found"), // taken back already
        (999_00, true, None, None, Some(VRIES), "not found"),
        (999_00, false, None, None, None, "not ours"),
        (121_00, false, Some("E1"), Some("M1"), None, "b1"),
    ];
    for (amount, returned, id, mandate, account, expected) in table {
        let mut gone = line(-amount, "", "");
        gone.return_reason = returned.then(|| "AM04".to_owned());
        gone.end_to_end_id = id.map(str::to_owned);
        gone.mandate_id = mandate.map(str::to_owned);
        gone.counterparty_account = account.map(str::to_owned);
        let names = |found: &[(BankLineId, Reason)]| {
            found.iter().map(|(line, _)| line.to_string()).collect::<Vec<_>>().join(" ")
        };
        let told = match match_outgoing(&gone, &earlier) {
            Outgoing::TakesBack { line, .. } => line.to_string(),
            Outgoing::MayTakeBack(found) => format!("may {}", names(&found)),
            Outgoing::OriginalNotFound => "not found".to_owned(),
            Outgoing::NotOurs => "not ours".to_owned(),
        };
        assert_eq!(told, expected, "{amount} {returned} {id:?} {mandate:?} {account:?}");
    }
}
