//! Statements that are made up, written as each bank writes them, and read back to what they were made of.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::Money;
use domain::bank::{BankLine, Statement};
use formats::reference::{make_nl16, make_rf};
use formats::{camt053, mt940};
use jiff::civil::{Date, date};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// One movement, as somebody may have made it.
#[derive(Debug, Clone)]
struct Made {
    booked_on: Date,
    /// In cents; below zero went out.
    cents: i64,
    name: String,
    account: &'static str,
    /// Words, or a structured reference.
    remittance: Remittance,
    end_to_end: Option<String>,
    /// A direct debit of this mandate that came back for this reason.
    returned: Option<(String, &'static str)>,
}

#[derive(Debug, Clone)]
enum Remittance {
    Words(String),
    Dutch(String),
    Creditor(String),
}

/// What each bank's file says of a movement.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    booked_on: Date,
    cents: i64,
    name: Option<String>,
    account: Option<String>,
    reference: Option<String>,
    text: String,
    end_to_end: Option<String>,
    mandate: Option<String>,
    reason: Option<String>,
    back: bool,
}

impl Said {
    fn of_made(made: &Made) -> Said {
        let (reference, text) = match &made.remittance {
            Remittance::Words(words) => (None, words.clone()),
            Remittance::Dutch(reference) | Remittance::Creditor(reference) => {
                (Some(reference.clone()), String::new())
            }
        };
        Said {
            booked_on: made.booked_on,
            cents: made.cents,
            name: Some(made.name.clone()),
            account: Some(made.account.to_owned()),
            reference,
            text,
            end_to_end: made.end_to_end.clone(),
            mandate: made.returned.as_ref().map(|(mandate, _)| mandate.clone()),
            reason: made.returned.as_ref().map(|(_, reason)| (*reason).to_owned()),
            back: made.returned.is_some(),
        }
    }

    fn of_line(line: &BankLine) -> Said {
        Said {
            booked_on: line.booked_on,
            cents: cents(line.amount),
            name: line.counterparty_name.clone(),
            account: line.counterparty_account.clone(),
            reference: line.structured_reference.clone(),
            text: line.text.clone(),
            end_to_end: line.end_to_end_id.clone(),
            mandate: line.mandate_id.clone(),
            reason: line.return_reason.clone(),
            back: line.reversal,
        }
    }
}

fn cents(amount: Money) -> i64 {
    amount.to_string().replace('.', "").parse().unwrap()
}

const ACCOUNTS: [&str; 4] =
    ["NL59RABO0300000011", "NL78ABNA0500000012", "NL65INGB0600000013", "BE68539007547034"];

/// What a payer may write: words of letters, digits and marks that no bank takes for its own.
fn words() -> impl Strategy<Value = String> {
    proptest::collection::vec("[a-zA-Z0-9éüç]([a-z0-9.,()'+/-]{0,12}[a-z0-9])?", 1..16).prop_map(|words| {
        let mut text = words.join(" ");
        text.truncate(text.char_indices().nth(135).map_or(text.len(), |(end, _)| end));
        text.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
    })
}

fn remittances() -> impl Strategy<Value = Remittance> {
    prop_oneof![
        3 => words().prop_map(|words| Remittance::Words(if words.is_empty() { "x".into() } else { words })),
        1 => "[0-9]{1,15}".prop_map(|number| Remittance::Dutch(make_nl16(&number).unwrap())),
        1 => "[0-9A-Z]{1,21}".prop_map(|number| Remittance::Creditor(make_rf(&number).unwrap())),
    ]
}

fn movements() -> impl Strategy<Value = Made> {
    let when =
        (0_i32..5_000).prop_map(|days| date(2020, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap());
    let returned = option::weighted(0.3, ("MND-[0-9]{1,6}", select(&["AC04", "AM04", "MD06", "MS03"][..])));
    let who = ("[A-Z]\\. [A-Zé][a-zé]{1,12}( [a-z]{2,9}){0,2}", select(&ACCOUNTS[..]));
    (
        when,
        1_i64..=999_999_99,
        any::<bool>(),
        who,
        remittances(),
        option::of("E[0-9A-Z-]{1,20}[0-9]"),
        returned,
    )
        .prop_map(|(booked_on, cents, out, (name, account), remittance, end_to_end, returned)| Made {
            booked_on,
            cents: if out || returned.is_some() { -cents } else { cents },
            name,
            account,
            remittance,
            end_to_end,
            returned,
        })
}

fn comma(cents: i64, width: usize) -> String {
    format!("{:0>width$},{:02}", cents.abs() / 100, cents.abs() % 100)
}

fn point(cents: i64) -> String {
    format!("{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

fn mark(cents: i64) -> &'static str {
    if cents < 0 { "D" } else { "C" }
}

/// Broken off at 65 characters, as field 86 has it.
fn broken(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(65).map(|line| line.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
}

fn six(on: Date) -> String {
    on.strftime("%y%m%d").to_string()
}

/// A word between slashes and what it is about, where there is something.
fn word(word: &str, value: Option<&str>) -> String {
    value.map(|value| format!("/{word}/{value}")).unwrap_or_default()
}

fn rabobank(opening: i64, movements: &[Made]) -> String {
    let (end, day) = (closing(opening, movements), six(movements[0].booked_on));
    let mut file = format!(
        ":940:\n:20:940S{day}\n:25:NL44RABO0123456789 EUR\n:28C:1\n:60F:{}{day}EUR{}\n",
        mark(opening),
        comma(opening, 12)
    );
    for made in movements {
        let (on, amount) = (six(made.booked_on), comma(made.cents, 12));
        file += &format!(":61:{on}{}{amount}N541NONREF//OM1B1\n{}\n", mark(made.cents), made.account);
        let party = if made.cents < 0 { "BENM" } else { "ORDP" };
        let remittance = match &made.remittance {
            Remittance::Words(words) => format!("/REMI/{words}"),
            Remittance::Dutch(number) => format!("/REMI//CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/{number}"),
            Remittance::Creditor(number) => format!("/REMI//CDTRREFTP//CD/SCOR/ISSR/ISO/CDTRREF/{number}"),
        };
        let (mandate, reason) = made.returned.as_ref().map(|(m, r)| (m.as_str(), *r)).unzip();
        let front =
            [word("MARF", mandate), word("EREF", made.end_to_end.as_deref()), word("RTRN", reason)].concat();
        let narrative = format!("{front}/{party}//NAME/{}{remittance}/ISDT/{}", made.name, made.booked_on);
        file += &format!(":86:{}\n", broken(&narrative));
    }
    file + &format!(":62F:{}{day}EUR{}\n", mark(end), comma(end, 12))
}

fn abn_amro(opening: i64, movements: &[Made]) -> String {
    let (end, day) = (closing(opening, movements), six(movements[0].booked_on));
    let mut file = format!(
        "ABNANL2A\n940\nABNANL2A\n:20:ABN AMRO BANK NV\n:25:NL02ABNA0123456789\n:28:30901/1\n:60F:{}{day}EUR{}\n",
        mark(opening),
        comma(opening, 1)
    );
    for made in movements {
        let (on, amount) = (six(made.booked_on), comma(made.cents, 1));
        file += &format!(":61:{on}{}{}{amount}N196NONREF\n", &on[2..], mark(made.cents));
        let remittance = match &made.remittance {
            Remittance::Words(words) => words.clone(),
            Remittance::Dutch(number) => format!("ISSUER: CUR                  REF: {number}"),
            Remittance::Creditor(number) => format!("ISSUER: ISO                  REF: {number}"),
        };
        let (mandate, reason) = made.returned.as_ref().map(|(m, r)| (m.as_str(), *r)).unzip();
        let end_to_end = made.end_to_end.as_deref().unwrap_or("NOTPROVIDED");
        let narrative = format!(
            "/TRTP/SEPA OVERBOEKING/IBAN/{}/BIC/ABNANL2A/NAME/{}{}/REMI/{remittance}/EREF/{end_to_end}{}",
            made.account,
            made.name,
            word("MARF", mandate),
            word("RTRN", reason)
        );
        file += &format!(":86:{}\n", broken(&narrative));
    }
    file + &format!(":62F:{}{day}EUR{}\n-\n", mark(end), comma(end, 1))
}

fn ing(opening: i64, movements: &[Made]) -> String {
    let (end, day) = (closing(opening, movements), six(movements[0].booked_on));
    let mut file = format!(
        "{{1:F01INGBNL2ABXXX0000000000}}\n{{2:I940INGBNL2AXXXN}}\n{{4:\n:20:P{day}000000001\n:25:NL20INGB0001234567EUR\n:28C:00000\n:60F:{}{day}EUR{}\n",
        mark(opening),
        comma(opening, 1)
    );
    for made in movements {
        let (on, amount) = (six(made.booked_on), comma(made.cents, 1));
        file += &format!(":61:{on}{}{}{amount}NTRFEREF//1\n/TRCD/00100/\n", &on[2..], mark(made.cents));
        let remittance = match &made.remittance {
            Remittance::Words(words) => format!("USTD//{words}"),
            Remittance::Dutch(number) => format!("STRD/CUR/{number}"),
            Remittance::Creditor(number) => format!("STRD/ISO/{number}"),
        };
        let (mandate, reason) = made.returned.as_ref().map(|(m, r)| (m.as_str(), *r)).unzip();
        let front = [("RTRN", reason), ("EREF", made.end_to_end.as_deref()), ("MARF", mandate)];
        let front: String =
            front.into_iter().filter_map(|(word, value)| Some(format!("/{word}/{}/", value?))).collect();
        let narrative = format!("{front}/CNTP/{}/INGBNL2A/{}///REMI/{remittance}/", made.account, made.name);
        file += &format!(":86:{}\n", broken(&narrative));
    }
    file + &format!(":62F:{}{day}EUR{}\n:86:/SUM/1/1/0,00/0,00/\n-}}\n", mark(end), comma(end, 1))
}

/// Rabobank, ABN AMRO and ING have the same elements; the versions differ in where some of them stand.
fn camt(opening: i64, movements: &[Made], newest: bool) -> String {
    let balance = |code: &str, cents: i64| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{}</CdtDbtInd>\
             <Dt><Dt>{}</Dt></Dt></Bal>",
            point(cents),
            direction(cents),
            movements[0].booked_on
        )
    };
    let entries: String = movements.iter().map(|made| entry(made, newest)).collect();
    format!(
        "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{}\"><BkToCstmrStmt>\
         <Stmt><Id>1</Id><Acct><Id><IBAN>NL44RABO0123456789</IBAN></Id><Ccy>EUR</Ccy></Acct>{}{}{entries}</Stmt>\
         </BkToCstmrStmt></Document>",
        if newest { "08" } else { "02" },
        balance("OPBD", opening),
        balance("CLBD", closing(opening, movements))
    )
}

fn direction(cents: i64) -> &'static str {
    if cents < 0 { "DBIT" } else { "CRDT" }
}

fn entry(made: &Made, newest: bool) -> String {
    let escaped = |text: &str| quick_xml::escape::escape(text).into_owned();
    let mandate =
        made.returned.as_ref().map(|(mandate, _)| format!("<MndtId>{mandate}</MndtId>")).unwrap_or_default();
    let back =
        made.returned.as_ref().map(|(_, reason)| format!("<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>"));
    // Who is on the other side: of a debit that comes back, the debtor of the debit.
    let role = if made.cents < 0 && made.returned.is_none() { "Cdtr" } else { "Dbtr" };
    let name = format!("<Nm>{}</Nm>", escaped(&made.name));
    let party = if newest { format!("<Pty>{name}</Pty>") } else { name };
    let reference = |issuer: &str, number: &str| {
        format!(
            "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>{issuer}</Issr></Tp><Ref>{number}</Ref></CdtrRefInf></Strd>"
        )
    };
    let remittance = match &made.remittance {
        Remittance::Words(words) => format!("<Ustrd>{}</Ustrd>", escaped(words)),
        Remittance::Dutch(number) => reference("CUR", number),
        Remittance::Creditor(number) => reference("ISO", number),
    };
    let (status, amount) = (if newest { "<Cd>BOOK</Cd>" } else { "BOOK" }, point(made.cents));
    format!(
        "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{}</CdtDbtInd><Sts>{status}</Sts><BookgDt><Dt>{}</Dt></BookgDt>\
         <NtryDtls><TxDtls><Refs><EndToEndId>{}</EndToEndId>{mandate}</Refs><RltdPties><{role}>{party}</{role}>\
         <{role}Acct><Id><IBAN>{}</IBAN></Id></{role}Acct></RltdPties><RmtInf>{remittance}</RmtInf>{}</TxDtls></NtryDtls></Ntry>",
        direction(made.cents),
        made.booked_on,
        made.end_to_end.as_deref().unwrap_or("NOTPROVIDED"),
        made.account,
        back.unwrap_or_default()
    )
}

fn closing(opening: i64, movements: &[Made]) -> i64 {
    opening + movements.iter().map(|made| made.cents).sum::<i64>()
}

fn assert_said(statements: &[Statement], opening: i64, movements: &[Made]) {
    let [statement] = statements else { panic!("{} statements", statements.len()) };
    assert_eq!((cents(statement.opening), cents(statement.closing)), (opening, closing(opening, movements)));
    let said: Vec<Said> = statement.lines.iter().map(Said::of_line).collect();
    assert_eq!(said, movements.iter().map(Said::of_made).collect::<Vec<_>>());
}

/// As banks that never changed still write it.
fn windows_1252(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn mt940_says_what_was_made(
        opening in -9_999_999_i64..9_999_999,
        movements in proptest::collection::vec(movements(), 1..6),
        bank in select(&[rabobank as fn(i64, &[Made]) -> String, abn_amro, ing][..]),
        western in any::<bool>(),
        windows in any::<bool>(),
    ) {
        let file = bank(opening, &movements);
        let file = if windows { file.replace('\n', "\r\n") } else { file };
        let bytes = if western { windows_1252(&file) } else { file.into_bytes() };
        assert_said(&mt940::parse(&bytes).unwrap(), opening, &movements);
    }

    #[test]
    fn camt053_says_what_was_made(
        opening in -9_999_999_i64..9_999_999,
        movements in proptest::collection::vec(movements(), 1..6),
        newest in any::<bool>(),
        western in any::<bool>(),
    ) {
        let file = camt(opening, &movements, newest);
        let bytes = if western {
            windows_1252(&file.replace("?>", " encoding='ISO-8859-1'?>"))
        } else {
            file.into_bytes()
        };
        assert_said(&camt053::parse(&bytes).unwrap(), opening, &movements);
    }
}
