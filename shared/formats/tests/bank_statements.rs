//! Statements of four banks in their own flavours, made after the published formats, against a table of expectations.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::bank::{BankLine, Statement};
use formats::{camt053, mt940};

fn parse(name: &str) -> Vec<Statement> {
    let path = format!("{}/tests-data/bank/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(path).unwrap();
    let read = if name.ends_with(".xml") { camt053::parse(&bytes) } else { mt940::parse(&bytes) };
    read.unwrap()
}

/// Day, amount, whether it takes back, and what the bank says: who, account, reference, text, then what else there is.
fn told(line: &BankLine) -> String {
    let some = |name: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!(" {name}={value}")).unwrap_or_default()
    };
    format!(
        "{} {}{} | {} | {} | {} | {}{}{}{}{}{}",
        line.booked_on,
        line.amount,
        if line.reversal { " back" } else { "" },
        line.counterparty_name.as_deref().unwrap_or("-"),
        line.counterparty_account.as_deref().unwrap_or("-"),
        line.structured_reference.as_deref().unwrap_or("-"),
        line.text,
        some("end", &line.end_to_end_id),
        some("mandate", &line.mandate_id),
        some("batch", &line.batch_id),
        some("reason", &line.return_reason),
        some("bank", &line.bank_reference),
    )
}

/// Each statement: its account, number, days and balances; then its lines.
type Expected = (&'static str, &'static [(&'static str, &'static [&'static str])]);

const EXPECTED: [Expected; 7] = [
    (
        "rabobank.camt053.xml",
        &[(
            "NL44RABO0123456789 26306 2026-11-02 1000.00 1208.25",
            &[
                "2026-11-02 121.00 | J. de Vries | NL57ABNA0500000002 | 2000000020260001 |  bank=OM1B001234567801",
                "2026-11-02 60.50 | A. Bakker | NL44INGB0600000003 | - | Factuur 2026-0101 end=2026-0101 mandate=M-0101 batch=INCASSO-2026-11-A bank=OM1B001234567802",
                "2026-11-02 60.50 | B. Café & Zn. | NL00RABO0300000001 | - | Factuur 2026-0102 end=2026-0102 mandate=M-0102 batch=INCASSO-2026-11-A bank=OM1B001234567803",
                "2026-11-02 60.50 | C. Smit | NL04SNSB0700000004 | - | Factuur 2026-0103 end=2026-0103 mandate=M-0103 batch=INCASSO-2026-11-A bank=OM1B001234567804",
                "2026-11-02 -60.50 back | D. Visser | NL38RABO0300000001 | - | Factuur 2026-0088 end=2026-0088 mandate=M-0088 reason=AM04 bank=OM1B001234567805",
                "2026-11-02 -33.75 | Papier en Zo | NL20INGB0001234567 | - | Enveloppen end=INK-77",
            ],
        )],
    ),
    (
        "abnamro.camt053.xml",
        &[(
            "NL02ABNA0123456789 214 2026-11-02 -50.10 276.40",
            &[
                "2026-11-02 242.00 | René Jansen | NL04SNSB0700000004 | - | Facturen 2026-0201 en 2026-0202 end=HUUR NOV bank=4503S11020261A1",
                "2026-11-02 121.00 | K. Mulder | 123456789 | RF8820260042 |  bank=4503S11020261A2",
                "2026-11-02 -24.20 back | L. Dekker | - | - | SEPA INCASSO STORNO end=2026-0150 mandate=MND-150 reason=MD06 bank=4503S11020261A3",
                "2026-11-02 -12.30 | - | - | - | ABN AMRO Bank N.V. Rekening 12,30",
            ],
        )],
    ),
    (
        "ing.camt053.xml",
        &[
            (
                "NL20INGB0001234567 305 2026-11-02 0.00 150.00",
                &[
                    "2026-11-02 75.00 | M. Peters | NL57ABNA0500000002 | - | termijn november",
                    "2026-11-02 75.00 | M. Peters | NL57ABNA0500000002 | - | termijn november",
                ],
            ),
            (
                "NL20INGB0001234567 306 2026-11-03 150.00 90.00",
                &[
                    "2026-11-03 -20.00 back | O. Kok | NL38RABO0300000001 | - |  end=2026-0171 mandate=MND-171 batch=INC-11-RCUR reason=MS03 bank=26306123456789",
                    "2026-11-03 -40.00 back | P. Bos | NL44INGB0600000003 | - |  end=2026-0172 mandate=MND-172 batch=INC-11-RCUR reason=AC04 bank=26306123456789",
                ],
            ),
        ],
    ),
    (
        "rabobank.940",
        &[(
            "NL44RABO0123456789 26306 2026-11-02 1000.00 1208.25",
            &[
                "2026-11-02 121.00 | J. de Vries | NL57ABNA0500000002 | 2000000020260001 |  bank=OM1B001234567801",
                "2026-11-02 181.50 | - | - | - | TOTAAL 3 POSTEN batch=INCASSO-2026-11-A bank=OM1B001234567802",
                "2026-10-30 -60.50 back | D. Visser | NL38RABO0300000001 | - | Factuur 2026-0088 end=2026-0088 mandate=M-0088 reason=AM04 bank=OM1B001234567805",
                "2026-11-02 -33.75 | Papier en Zo | NL20INGB0001234567 | - | Enveloppen met venster voor de brieven van november, week 45 end=INK-77",
            ],
        )],
    ),
    (
        "abnamro.940",
        &[(
            "NL02ABNA0123456789 30601 2026-11-02 -50.10 306.40",
            &[
                "2026-11-02 242.00 | René JANSEN | NL04SNSB0700000004 | - | FACTUREN 2026-0201 EN 2026-0202 /NAME/X/RTRN/AC04/MARF/Y end=HUUR NOV",
                "2026-11-02 121.00 | K. MULDER | NL57ABNA0500000002 | 9000000020260003 | ",
                "2026-11-02 -12.30 | - | - | - | ABN AMRO BANK N.V. REKENING 12,30",
                "2026-11-02 -24.20 back | L. DEKKER | - | - | 2026-0150 end=2026-0150 mandate=MND-150 reason=MD06",
                "2026-11-02 30.00 | Q VAN DIJK | NL44INGB0600000003 | - | FACTUUR 2026-0203 NAAM: NIET Q end=77-A",
            ],
        )],
    ),
    (
        "ing.940",
        &[(
            "NL20INGB0001234567 00000 2026-11-02 0.00 221.00",
            &[
                "2026-11-02 75.00 | M. Peters | NL57ABNA0500000002 | - | termijn november bank=26306000000001",
                "2026-11-02 75.00 | M. Peters | NL57ABNA0500000002 | - | termijn november /RTRN/AC04/ van mij bank=26306000000002",
                "2026-11-02 121.00 | R. Vos | NL04SNSB0700000004 | 9000000020260003 |  bank=26306000000003",
                "2026-11-02 -60.00 back | O. Kok | NL38RABO0300000001 | - | Factuur 2026-0171 end=2026-0171 mandate=MND-171 reason=MS03 bank=26306000000004",
                "2027-01-01 10.00 | - | - | - | TOTAAL 1 POSTEN batch=INC-11-RCUR bank=26306000000005",
            ],
        )],
    ),
    (
        "triodos.940",
        &[(
            "0123456789 1 2026-11-02 100.00 142.00",
            &["2026-11-02 42.00 | S. MEIJER | 0600000003 | - | FACTUUR 2026-0301 EN DE REST VAN DE REKENING"],
        )],
    ),
];

#[test]
fn statements_of_each_bank_are_read_as_the_table_says() {
    for (name, expected) in EXPECTED {
        let statements = parse(name);
        assert_eq!(statements.len(), expected.len(), "{name}");
        for (statement, (head, lines)) in statements.iter().zip(expected) {
            let number = statement.number.as_deref().unwrap_or("-");
            let (from, to) = (statement.opening, statement.closing);
            let read = format!("{} {number} {} {from} {to}", statement.account, statement.closed_on);
            assert_eq!(read, *head, "{name}");
            assert_eq!(statement.lines.iter().map(told).collect::<Vec<_>>(), *lines, "{name}");
        }
    }
}

#[test]
fn lines_have_ids_that_are_unique_and_show_nothing() {
    for (name, _) in EXPECTED {
        let lines: Vec<BankLine> = parse(name).into_iter().flat_map(|statement| statement.lines).collect();
        let ids: std::collections::BTreeSet<&str> = lines.iter().map(|line| line.id.as_str()).collect();
        assert_eq!(ids.len(), lines.len(), "{name}");
        let hashed = |id: &&str| {
            let hash = id.strip_prefix("line-").unwrap();
            hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        assert!(ids.iter().all(hashed), "{name}");
    }
}

/// A statement of one account in which each line is an amount in euros.
fn camt(number: u32, opening: u32, amounts: &[u32]) -> String {
    let closing = opening + amounts.iter().sum::<u32>();
    let balance = |code: &str, amount: u32| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-0{number}</Dt></Dt></Bal>"
        )
    };
    let entries: String = amounts
        .iter()
        .map(|amount| {
            format!(
                "<Ntry><NtryRef>{number}-{opening}</NtryRef><Amt Ccy='EUR'>{amount}</Amt>\
                 <CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-02</Dt></BookgDt></Ntry>"
            )
        })
        .collect();
    format!(
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'><BkToCstmrStmt><Stmt><Id>{number}</Id>\
         <Acct><Id><IBAN>NL44RABO0123456789</IBAN></Id></Acct>{}{}{entries}</Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", opening),
        balance("CLBD", closing)
    )
}

#[test]
fn the_same_line_in_another_file_is_the_same_line() {
    let ids = |xml: &str| -> Vec<String> {
        let statements = camt053::parse(xml.as_bytes()).unwrap();
        statements[0].lines.iter().map(|line| line.id.to_string()).collect()
    };
    let of_the_day = ids(&camt(2, 100, &[10, 10, 20]));
    let of_the_week = ids(&camt(8, 70, &[30, 10, 10, 20, 40]));
    assert_eq!(of_the_week[1..4], of_the_day);
    // Two that are equal in everything are two lines all the same.
    assert_ne!(of_the_day[0], of_the_day[1]);
}
