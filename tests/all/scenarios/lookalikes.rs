//! Ten thousand bank lines among debtors who look alike: families with one surname and one account, numbers that contain
//! each other, equal amounts, digits in the wrong order. Nothing may be matched wrongly at the threshold of the beginning, and
//! what is clear has to be matched.
//!
//! A year of months: each debtor gets an invoice, most pay, and at the end of the month a person matches by hand what was
//! not matched, which teaches accounts.

use std::collections::BTreeMap;

use contracts::api::bulk::{BulkRecord, RecordKind};
use domain::Money;
use domain::bank::{BankLine, Statement};
use domain::bank_line::LineState;
use domain::ids::{BankLineId, DebtorId, InvoiceId};
use fastrand::Rng;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use records::{Origin, PartByHand, Records};
use serde_json::json;
use tests::bodies::{consumer, invoice};
use tests::world::World;

const SEED: u64 = 20_261_125;
const DEBTORS: usize = 900;
const MONTHS: i32 = 12;
const LINES: usize = 10_000;

const SURNAMES: [&str; 24] = [
    "Jansen",
    "Janssen",
    "de Vries",
    "de Vriese",
    "Bakker",
    "Bakkers",
    "Visser",
    "Smit",
    "Smits",
    "Meijer",
    "Meyer",
    "de Boer",
    "Mulder",
    "de Groot",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "van Dijk",
    "van Dijck",
    "Dekker",
    "Brouwer",
    "Jansen-de Boer",
    "van den Berg",
];

/// Few amounts: most invoices have one that many others have.
const CENTS: [i64; 8] = [121_00, 121_00, 121_00, 112_00, 211_00, 89_50, 98_50, 242_00];

struct Someone {
    id: String,
    initials: String,
    surname: &'static str,
    iban: Option<String>,
    account: String,
}

#[derive(Clone)]
struct Owed {
    debtor: usize,
    id: String,
    number: String,
    reference: Option<String>,
    cents: i64,
}

/// What a line truly is: whose money, and for which invoices. Empty for what is nobody's.
struct Truth {
    debtor: Option<usize>,
    invoices: Vec<String>,
    cents: Vec<i64>,
    kind: &'static str,
}

/// An account that a bank could have given, without right check digits: nobody looks at them.
fn account(n: usize) -> String {
    format!("NL{:02}BANK{:010}", n % 90 + 10, 7_000_000 + n)
}

fn people(rng: &mut Rng) -> Vec<Someone> {
    let mut people: Vec<Someone> = Vec::with_capacity(DEBTORS);
    for n in 0..DEBTORS {
        let initial = |rng: &mut Rng| char::from(b'A' + rng.u8(0..7));
        let mut initials = format!("{}.", initial(rng));
        if rng.bool() {
            initials.push_str(&format!("{}.", initial(rng)));
        }
        // One in eight lives with the one before: the same surname, and the same account.
        let family = n > 0 && rng.u8(0..8) == 0;
        let (surname, account) = match people.last().filter(|_| family) {
            Some(before) => (before.surname, before.account.clone()),
            None => (SURNAMES[rng.usize(0..SURNAMES.len())], account(n)),
        };
        let iban = (rng.u8(0..4) == 0).then(|| account.clone());
        people.push(Someone { id: format!("d{n}"), initials, surname, iban, account });
    }
    people
}

/// Numbers of several series, so that they contain each other: `2026-00123`, `F2026-00123`, `200123`, `600123`, `00123`.
fn number(n: usize, rng: &mut Rng) -> String {
    match rng.u8(0..6) {
        0 => format!("F2026-{n:05}"),
        1 => format!("20{n:05}"),
        2 => format!("6{n:05}"),
        3 => format!("{:05}", 10_000 + n),
        _ => format!("2026-{n:05}"),
    }
}

fn swapped(text: &str, rng: &mut Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let digits: Vec<usize> = (0..letters.len()).filter(|at| letters[*at].is_ascii_digit()).collect();
    let at = digits[rng.usize(0..digits.len() - 1)];
    if rng.bool() && at + 1 < letters.len() {
        letters.swap(at, at + 1);
    } else {
        letters[at] = char::from(b'0' + rng.u8(0..10));
    }
    letters.into_iter().collect()
}

fn written(number: &str, rng: &mut Rng) -> String {
    match rng.u8(0..7) {
        0 => format!("factuur {number}"),
        1 => format!("Fact.nr. {number} dank u"),
        2 => number.replace('-', ""),
        3 => number.replace('-', " "),
        4 => format!("betaling {number} van 1-9-2026"),
        5 => format!("klant 4711 factuur {} EUR 121,00", number.to_lowercase()),
        _ => number.to_owned(),
    }
}

fn name_of(who: &Someone, rng: &mut Rng) -> String {
    let bare: String = who.initials.chars().filter(|c| *c != '.').collect();
    match rng.u8(0..4) {
        0 => format!("{} {}", who.initials, who.surname),
        1 => format!("{bare} {}", who.surname.to_uppercase()),
        2 => format!("Hr {} {}", who.initials, who.surname),
        _ => format!("{} {} E/O X DERKS", bare, who.surname.to_uppercase()),
    }
}

fn blank(id: usize, on: Date, cents: i64) -> BankLine {
    BankLine {
        id: BankLineId::parse(&format!("l{id}")).unwrap(),
        booked_on: on,
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

/// One line of somebody who pays this month's invoice, or of nobody.
fn line(
    id: usize,
    on: Date,
    people: &[Someone],
    owed: &Owed,
    open: &[Owed],
    rng: &mut Rng,
) -> (BankLine, Truth) {
    let who = &people[owed.debtor];
    let mut line = blank(id, on, owed.cents);
    let mut truth = Truth {
        debtor: Some(owed.debtor),
        invoices: vec![owed.id.clone()],
        cents: vec![owed.cents],
        kind: "reference",
    };
    line.counterparty_name = Some(name_of(who, rng));
    line.counterparty_account = Some(who.account.clone());
    let kind = rng.u8(0..100);
    match kind {
        0..25 if owed.reference.is_some() => line.structured_reference.clone_from(&owed.reference),
        0..45 => {
            truth.kind = "number";
            line.text = written(&owed.number, rng);
        }
        45..53 => {
            truth.kind = "number with a slip";
            line.text = written(&swapped(&owed.number, rng), rng);
        }
        53..56 if owed.reference.is_some() => {
            truth.kind = "reference with a slip";
            line.structured_reference = owed.reference.as_ref().map(|r| swapped(r, rng));
        }
        53..70 => {
            truth.kind = "account";
            line.text =
                ["", "huur", "termijn oktober", "1-10-2026", "06-12345678"][rng.usize(0..5)].to_owned();
        }
        70..76 => {
            truth.kind = "name";
            line.counterparty_account = None;
        }
        76..80 => {
            truth.kind = "in part";
            let part = owed.cents / 2;
            line.amount = Money::from_cents(part);
            truth.cents = vec![part];
            line.text = written(&owed.number, rng);
        }
        80..86 => {
            truth.kind = "somebody else pays";
            let other = &people[rng.usize(0..people.len())];
            line.counterparty_name = Some(name_of(other, rng));
            line.counterparty_account = Some(other.account.clone());
            line.text = written(&owed.number, rng);
        }
        86..92 => {
            truth.kind = "everything";
            let all: Vec<&Owed> = open.iter().filter(|o| o.debtor == owed.debtor).collect();
            truth.invoices = all.iter().map(|o| o.id.clone()).collect();
            truth.cents = all.iter().map(|o| o.cents).collect();
            line.amount = Money::from_cents(truth.cents.iter().sum());
            if rng.bool() {
                line.text = all.iter().map(|o| o.number.clone()).collect::<Vec<_>>().join(", ");
            }
        }
        _ => {
            let stranger =
                format!("{}. {}", char::from(b'A' + rng.u8(0..7)), SURNAMES[rng.usize(0..SURNAMES.len())]);
            truth = Truth { debtor: None, invoices: Vec::new(), cents: Vec::new(), kind: "a stranger" };
            line.counterparty_name = Some(stranger);
            line.counterparty_account = Some(account(500_000 + rng.usize(0..100_000)));
            line.text = format!(
                "{} {}",
                rng.u32(100_000..999_999),
                ["", "tel 0612345678", "NL91 ABNA 0417 1643 00"][rng.usize(0..3)]
            );
        }
    }
    (line, truth)
}

/// A line that says nothing about what it is for but an invoice's number or reference is for what it says, whoever wrote it:
/// a slip that makes it another invoice of the same debtor is that debtor's choice (article 6:43 BW).
fn is_right(line: &LineSeen, truth: &Truth, people: &[Someone]) -> bool {
    let Some(debtor) = truth.debtor else { return false };
    let same_debtor = line.parts.iter().all(|(d, _)| *d == people[debtor].id);
    let named_otherwise = matches!(truth.kind, "number with a slip" | "reference with a slip");
    same_debtor
        && (named_otherwise
            || line
                .parts
                .iter()
                .all(|(_, invoice)| invoice.as_ref().is_none_or(|i| truth.invoices.contains(i))))
}

struct LineSeen {
    automatic: bool,
    parts: Vec<(String, Option<String>)>,
}

async fn seen(world: &World, id: &BankLineId) -> LineSeen {
    let line = world.store.bank_line(&world.administration, id).await.unwrap().unwrap().value;
    let parts =
        line.parts.iter().map(|p| (p.debtor.to_string(), p.invoice.as_ref().map(ToString::to_string)));
    LineSeen { automatic: line.state == LineState::Matched, parts: parts.collect() }
}

async fn put(records: &Records, origin: &Origin, kind: RecordKind, all: Vec<(String, serde_json::Value)>) {
    let all = all.into_iter().map(|(id, body)| BulkRecord { kind, id, body }).collect();
    for result in records.take_all_in(origin, all).await.expect("a store that is there") {
        result.expect("a record that is taken in");
    }
}

#[tokio::test]
async fn nothing_is_matched_wrongly_among_ten_thousand_lines_that_look_alike() {
    let mut rng = Rng::with_seed(SEED);
    let world = World::at("2026-01-01T08:00:00Z").await;
    let records = Records { store: world.store.clone(), clock: world.clock() };
    let origin = Origin { administration: world.administration.clone(), by: "bank".to_owned() };
    let people = people(&mut rng);
    let bodies = people.iter().map(|who| {
        let mut body = consumer(&who.id);
        body["name"] = json!(format!("{} {}", who.initials, who.surname));
        body["person"] =
            json!({ "initials": who.initials, "prefix": null, "surname": who.surname, "birthDate": null });
        (who.id.clone(), body)
    });
    put(&records, &origin, RecordKind::Debtor, bodies.collect()).await;
    give_accounts(&world, &people).await;

    let (mut open, mut lines, mut serial) = (Vec::<Owed>::new(), 0, 0);
    let mut told: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut wrong = Vec::new();
    let (mut balance, mut paid, mut asked) = (Money::ZERO, Money::ZERO, Money::ZERO);
    for month in 0..MONTHS {
        let first = date(2026, 1, 1).saturating_add(month.months());
        let mut new = Vec::new();
        for debtor in 0..people.len() {
            serial += 1;
            let number = number(serial, &mut rng);
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            let reference = rng.bool().then(|| formats::reference::make_nl16(&digits).unwrap());
            let cents = CENTS[rng.usize(0..CENTS.len())];
            new.push(Owed { debtor, id: format!("i{serial}"), number, reference, cents });
        }
        let bodies = new.iter().map(|owed| {
            let (issued, due) = (first.to_string(), first.saturating_add(14.days()).to_string());
            let total = Money::from_cents(owed.cents).to_string();
            let mut body = invoice(&people[owed.debtor].id, &owed.number, &issued, &due, &total);
            body["open"] = json!(null);
            if let Some(reference) = &owed.reference {
                body["paymentReference"] = json!({ "scheme": "nl16", "value": reference });
            }
            (owed.id.clone(), body)
        });
        put(&records, &origin, RecordKind::Invoice, bodies.collect()).await;
        asked = asked + Money::from_cents(new.iter().map(|o| o.cents).sum());
        open.extend(new.iter().cloned());
        // Whoever comes last pays nothing this month: everything together in another one, or never.
        rng.shuffle(&mut new);
        let now = LINES * (month as usize + 1) / MONTHS as usize - lines;
        let mut statement = Vec::new();
        for owed in new.iter().take(now) {
            let on = first.saturating_add(20.days());
            let (line, truth) = line(lines, on, &people, owed, &open, &mut rng);
            lines += 1;
            statement.push((line, truth));
        }
        let moved: Vec<BankLine> = statement.iter().map(|(line, _)| line.clone()).collect();
        let closing = balance + moved.iter().map(|l| l.amount).sum();
        let taken = Statement {
            account: "NL91ABNA0417164300".to_owned(),
            number: Some((month + 1).to_string()),
            closed_on: first.saturating_add(20.days()),
            opening: balance,
            closing,
            lines: moved,
        };
        let taken = records.take_statement(&origin, &taken).await.unwrap();
        assert_eq!((taken.gap, taken.statement.counts.known), (None, 0));
        balance = closing;
        for (line, truth) in &statement {
            let seen = seen(&world, &line.id).await;
            let right = is_right(&seen, truth, &people);
            let counts = told.entry(truth.kind).or_default();
            counts[0] += 1;
            counts[1] += usize::from(seen.automatic && right);
            if seen.automatic && !right {
                counts[2] += 1;
                wrong.push(format!(
                    "{}: {:?} {:?} {:?} -> {:?}, not {:?} of {:?}",
                    truth.kind,
                    line.counterparty_name,
                    line.text,
                    line.amount,
                    seen.parts,
                    truth.invoices,
                    truth.debtor.map(|d| &people[d].initials)
                ));
            }
            if seen.automatic {
                paid = paid + line.amount;
            } else if let Some(debtor) = truth.debtor {
                let by_hand = by_hand(&people[debtor], truth, &world).await;
                if records.match_line(&origin, &line.id, &by_hand).await.is_ok() {
                    paid = paid + line.amount;
                }
            }
            open.retain(|o| !truth.invoices.contains(&o.id));
        }
    }
    let all: usize = told.values().map(|c| c[0]).sum();
    let right: usize = told.values().map(|c| c[1]).sum();
    println!("seed {SEED}: {all} lines, {right} matched rightly by themselves, {} wrongly", wrong.len());
    for (kind, [all, right, wrong]) in &told {
        println!("{kind}: {all} lines, {right} right, {wrong} wrong");
    }
    assert_eq!(wrong, [""; 0]);
    assert_eq!(all, LINES);
    assert!(right * 100 >= all * 60, "{right} of {all}: what is clear has to be matched");
    // What came in is what the debtors no longer owe.
    let mut owed = Money::ZERO;
    for who in &people {
        let debtor = DebtorId::parse(&who.id).unwrap();
        let dossier = world.store.dossier(&world.administration, &debtor).await.unwrap().unwrap().value;
        owed = owed + dossier.balance(date(2026, 12, 31));
    }
    assert_eq!(owed, asked - paid);
}

/// The accounts that the ledger knows: written as an import would, whatever their check digits are.
async fn give_accounts(world: &World, people: &[Someone]) {
    let records = Records { store: world.store.clone(), clock: world.clock() };
    let origin = Origin { administration: world.administration.clone(), by: "ledger".to_owned() };
    for who in people.iter().filter(|who| who.iban.is_some()) {
        let id = DebtorId::parse(&who.id).unwrap();
        let known = world.store.dossier(&world.administration, &id).await.unwrap().unwrap().value;
        let debtor = domain::debtor::Debtor { iban: who.iban.clone(), ..known.debtor };
        records.put_debtor(&origin, debtor).await.unwrap();
    }
}

/// What a person makes of a line: its invoices that are still open, the rest for the debtor.
async fn by_hand(who: &Someone, truth: &Truth, world: &World) -> Vec<PartByHand> {
    let debtor = DebtorId::parse(&who.id).unwrap();
    let dossier = world.store.dossier(&world.administration, &debtor).await.unwrap().unwrap().value;
    let mut parts = Vec::new();
    let mut rest = Money::ZERO;
    for (invoice, cents) in truth.invoices.iter().zip(&truth.cents) {
        let (invoice, amount) = (InvoiceId::parse(invoice).unwrap(), Money::from_cents(*cents));
        if dossier.invoices.contains_key(&invoice) {
            parts.push(PartByHand { debtor: Some(debtor.clone()), invoice: Some(invoice), amount });
        } else {
            rest = rest + amount;
        }
    }
    if rest.is_positive() {
        parts.push(PartByHand { debtor: Some(debtor), invoice: None, amount: rest });
    }
    parts
}
