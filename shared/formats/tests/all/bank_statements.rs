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

const EXPECTED: [Expected; 13] = [
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
    (
        "rabobank-08.camt053.xml",
        &[
            (
                "NL44RABO0123456789 26309 2026-11-05 2500.00 4027.80",
                &[
                    "2026-11-05 121.00 | H. Groot | NL59RABO0300000011 | 3000000020260401 |  bank=OM1B200000000001",
                    "2026-11-05 341.00 | Hr K Ivens | NL65INGB0600000013 | - | Facturen 2026-0403 en 2026-0404 bank=OM1B200000000002",
                    "2026-11-05 75.25 | L. Kuiper | NL25SNSB0700000014 | - | Termijn 2026-0405 end=2026-0405 mandate=MND-405 batch=INC-2026-11-RCUR bank=OM1B200000000003",
                    "2026-11-05 75.25 | S. Moll | NL69BUNQ2000000016 | - | Termijn 2026-0407 end=2026-0407 mandate=MND-407 batch=INC-2026-11-RCUR bank=OM1B200000000003",
                    "2026-11-05 1000.00 | Lammers Interieur B.V. | NL03TRIO0800000015 | - | voorschot nota 2026-0406 end=LI-88 bank=OM1B200000000004",
                    "2026-11-05 -84.70 | Papier en Zo | NL88KNAB0900000017 | - | Order 5512 end=INK-91 bank=OM1B200000000005",
                ],
            ),
            (
                "NL44RABO0123456789 26310 2026-11-06 4027.80 4083.43",
                &[
                    "2026-11-06 -75.25 back | S. Moll | NL69BUNQ2000000016 | - | Termijn 2026-0407 end=2026-0407 mandate=MND-407 reason=AM04 bank=OM1B200000000006",
                    "2026-11-06 46.18 | P. Peeters | BE68539007547034 | - | for the books bank=OM1B200000000007",
                    "2026-11-06 84.70 back | Papier en Zo | NL88KNAB0900000017 | - |  end=INK-91 reason=AC01 bank=OM1B200000000008",
                ],
            ),
        ],
    ),
    (
        "abnamro-08.camt053.xml",
        &[(
            "NL02ABNA0123456789 217 2026-11-05 -300.00 287.80",
            &[
                "2026-11-05 121.00 | H. GROOT | NL59RABO0300000011 | 3000000020260401 |  bank=6309S11052026C1",
                "2026-11-05 60.50 | I. HENDRIKS | NL78ABNA0500000012 | RF6820260402 |  bank=6309S11052026C2",
                "2026-11-05 341.00 | K. IVENS CJ Z. MÖLLER | NL65INGB0600000013 | - | 2026-0403/2026-0404 end=K-IVENS-1 bank=6309S11052026C3",
                "2026-11-05 150.50 | - | - | - | /TRTP/SEPA Incasso Batch/PREF/INC-2026-11-RCUR/NRTX/0000002/PIND/BRUTO/ batch=INC-2026-11-RCUR bank=6309S11052026C4",
                "2026-11-05 -75.25 back | S. MOLL | NL69BUNQ2000000016 | - | /TRTP/SEPA Incasso Storno/ end=2026-0407 mandate=MND-407 reason=MD06 bank=6309S11052026C5",
                "2026-11-05 -9.95 | - | - | - | ABN AMRO Bank N.V. Betaalpakket 9,95 bank=6309S11052026C6",
            ],
        )],
    ),
    (
        "ing-02.camt053.xml",
        &[(
            "NL20INGB0001234567 309 2026-11-05 1000.00 2181.50",
            &[
                "2026-11-05 121.00 | H. Groot | NL59RABO0300000011 | 3000000020260401 |  end=8841203 bank=26309000000001",
                "2026-11-05 60.50 | Mw I. Hendriks | NL78ABNA0500000012 | - | Kenmerk RF68 2026 0402 bank=26309000000002",
                "2026-11-05 1000.00 | Lammers Interieur BV | NL03TRIO0800000015 | - | 2026-0406 bank=26309000000003",
                "2026-11-05 75.25 | L. Kuiper | NL25SNSB0700000014 | - |  end=2026-0405 mandate=MND-405 batch=INC-2026-11-RCUR bank=26309000000004",
                "2026-11-05 75.25 | S. Moll | NL69BUNQ2000000016 | - |  end=2026-0407 mandate=MND-407 batch=INC-2026-11-RCUR bank=26309000000004",
                "2026-11-05 -75.25 back | L. Kuiper | NL25SNSB0700000014 | - |  end=2026-0405 mandate=MND-405 batch=INC-2026-11-RCUR reason=AC06 bank=26309000000005",
                "2026-11-05 -75.25 back | S. Moll | NL69BUNQ2000000016 | - |  end=2026-0407 mandate=MND-407 batch=INC-2026-11-RCUR reason=MS03 bank=26309000000005",
            ],
        )],
    ),
    (
        "rabobank-days.940",
        &[
            (
                "NL44RABO0123456789 26309 2026-11-05 2500.00 4173.00",
                &[
                    "2026-11-05 121.00 | H. Groot | NL59RABO0300000011 | 3000000020260401 |  bank=OM1B326309000001",
                    "2026-11-05 60.50 | I. Hendriks | NL78ABNA0500000012 | RF6820260402 |  end=HND-7 bank=OM1B326309000002",
                    "2026-11-05 341.00 | K. Ivens | NL65INGB0600000013 | - | Betaling van de facturen met nummers 2026-0403 en 2026-0404, met groet bank=OM1B326309000003",
                    "2026-11-05 150.50 | - | - | - | TOTAAL 2 POSTEN batch=INC-2026-11-RCUR bank=OM1B326309000004",
                    "2026-11-05 1000.00 | Lammers Interieur B.V. | NL03TRIO0800000015 | - | voorschot nota 2026-0406 end=LI-88 bank=OM1B326309000005",
                ],
            ),
            (
                "NL44RABO0123456789 26310 2026-11-06 4173.00 4013.05",
                &[
                    "2026-11-06 -75.25 back | S. Moll | NL69BUNQ2000000016 | - | Termijn 2026-0407 end=2026-0407 mandate=MND-407 reason=MD06 bank=OM1B326310000001",
                    "2026-11-06 -84.70 | Papier en Zo | NL88KNAB0900000017 | - | Order 5512 end=INK-91 bank=OM1B326310000002",
                ],
            ),
        ],
    ),
    (
        "abnamro-batch.940",
        &[(
            "NL02ABNA0123456789 30901 2026-11-05 -300.00 208.70",
            &[
                "2026-11-05 121.00 | H. GROOT | NL59RABO0300000011 | 3000000020260401 | ",
                "2026-11-05 60.50 | I. HENDRIKS | NL78ABNA0500000012 | RF6820260402 | ",
                "2026-11-05 150.50 | - | - | - |  batch=INC-2026-11-RCUR",
                "2026-11-05 -75.25 back | S. MOLL | NL69BUNQ2000000016 | - | TERMIJN 2026-0407 end=2026-0407 mandate=MND-407 reason=AC04",
                "2026-11-05 142.00 | K IVENS | NL65INGB0600000013 | - | 2026-0403 in twee keer, de eerste van de twee",
                "2026-11-05 100.00 | K IVENS | NL65INGB0600000013 | 1000000020260403 | ",
                "2026-11-05 9.95 back | - | - | - | ABN AMRO BANK N.V. TERUGGAVE BETAALPAKKET 9,95",
            ],
        )],
    ),
    (
        "ing-days.940",
        &[
            (
                "NL20INGB0001234567 00000 2026-11-05 1000.00 1588.30",
                &[
                    "2026-11-05 121.00 | H. Groot | NL59RABO0300000011 | 3000000020260401 |  end=8841203 bank=26309010000001",
                    "2026-11-05 60.50 | Mw I. Hendriks | NL78ABNA0500000012 | RF6820260402 |  bank=26309010000002",
                    "2026-11-05 341.00 | K. Ivens | NL65INGB0600000013 | - | Facturen 2026-0403 en 2026-0404 /RTRN/AC04/MARF/X samen end=K-IVENS-1 bank=26309010000003",
                    "2026-11-05 150.50 | - | - | - | TOTAAL 2 POSTEN batch=INC-2026-11-RCUR bank=26309010000004",
                    "2026-11-05 -84.70 | Papier en Zo | NL88KNAB0900000017 | - | Order 5512 end=INK-91 bank=26309010000005",
                ],
            ),
            (
                "NL20INGB0001234567 00000 2026-11-06 1588.30 2597.75",
                &[
                    "2026-11-06 -75.25 back | S. Moll | NL69BUNQ2000000016 | - | Termijn 2026-0407 end=2026-0407 mandate=MND-407 reason=MS03 bank=26309020000001",
                    "2026-11-06 84.70 back | Papier en Zo | NL88KNAB0900000017 | - | Order 5512 end=INK-91 reason=AC01 bank=26309020000002",
                    "2026-11-06 1000.00 | Lammers Interieur BV | NL03TRIO0800000015 | - | voorschot nota 2026-0406 bank=26309020000003",
                ],
            ),
        ],
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

#[test]
fn words_between_slashes_may_share_a_slash_or_say_nothing() {
    let table = [
        ("/BENM/NAME/A. Bakker/REMI/2026-0101", "A. Bakker | - | - | 2026-0101"),
        ("/ORDP/REMI/x", "- | - | - | x"),
        ("/REMI/", "- | - | - | "),
        ("/EREF/MARF/RTRN/", "- | - | - | "),
        ("/CNTP/REMI/STRD/CUR/", "- | - | - | CUR"),
        ("/CNTP////REMI/USTD//x//", "- | - | - | x"),
        ("/REMI//CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/3000000020260401", "- | - | 3000000020260401 | "),
        ("/REMI/samen/CDTRREFTP//CD/SCOR/ISSR/ISO/CDTRREF/RF6820260402", "- | - | RF6820260402 | samen"),
        ("/REMI//CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/3000000020260402", "- | - | - | 3000000020260402"),
    ];
    for (narrative, expected) in table {
        let file = format!(
            ":20:1\n:25:NL20INGB0001234567\n:28C:1\n:60F:C261102EUR0,00\n:61:2611021102C1,00NTRFNONREF\n\
             :86:{narrative}\n:62F:C261102EUR1,00\n"
        );
        let statements = mt940::parse(file.as_bytes()).unwrap();
        assert_eq!(told(&statements[0].lines[0]), format!("2026-11-02 1.00 | {expected}"), "{narrative}");
    }
}

/// The file in its encoding with `from` replaced by `to` once.
fn damaged(name: &str, from: &str, to: &str) -> Vec<u8> {
    let path = format!("{}/tests-data/bank/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{name}: {from}");
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn what_is_not_in_euros_or_does_not_add_up_is_refused_with_its_place() {
    let table = [
        (
            "rabobank-08.camt053.xml",
            "<Ccy>EUR</Ccy>",
            "<Ccy>USD</Ccy>",
            "TIJDIG-CUR",
            "/Document/BkToCstmrStmt/Stmt[1]/Acct/Ccy",
        ),
        (
            "rabobank-08.camt053.xml",
            "\"EUR\">2500.00",
            "\"USD\">2500.00",
            "TIJDIG-CUR",
            "/Document/BkToCstmrStmt/Stmt[1]/Bal(OPBD)/Amt",
        ),
        (
            "rabobank-08.camt053.xml",
            "\"EUR\">341.00",
            "\"GBP\">341.00",
            "TIJDIG-CUR",
            "/Document/BkToCstmrStmt/Stmt[1]/Ntry[2]/Amt",
        ),
        (
            "rabobank-08.camt053.xml",
            "\"EUR\">341.00",
            "\"EUR\">341.01",
            "TIJDIG-SUM",
            "/Document/BkToCstmrStmt/Stmt[1]",
        ),
        (
            "rabobank-08.camt053.xml",
            "\"EUR\">84.70",
            "\"EUR\">-84.70",
            "XSD",
            "/Document/BkToCstmrStmt/Stmt[1]/Ntry[5]/Amt",
        ),
        (
            "rabobank-08.camt053.xml",
            "\"EUR\">84.70",
            "\"EUR\">84.701",
            "XSD",
            "/Document/BkToCstmrStmt/Stmt[1]/Ntry[5]/Amt",
        ),
        (
            "rabobank-08.camt053.xml",
            "\"EUR\">84.70",
            "\"EUR\">1084700000",
            "TIJDIG-LIMIT",
            "/Document/BkToCstmrStmt/Stmt[1]/Ntry[5]/Amt",
        ),
        (
            "rabobank-08.camt053.xml",
            "<Cd>OPBD</Cd>",
            "<Cd>OPAV</Cd>",
            "TIJDIG-OPENING",
            "/Document/BkToCstmrStmt/Stmt[1]/Bal",
        ),
        (
            "rabobank-08.camt053.xml",
            "<Cd>CLBD</Cd>",
            "<Cd>CLAV</Cd>",
            "TIJDIG-CLOSING",
            "/Document/BkToCstmrStmt/Stmt[1]/Bal",
        ),
        ("rabobank-08.camt053.xml", "camt.053.001.08", "camt.053.001.01", "XSD", "/"),
        ("ing-02.camt053.xml", "camt.053.001.02", "camt.054.001.02", "XSD", "/"),
        ("ing-days.940", "67EUR", "67USD", "TIJDIG-CUR", "line 3"),
        ("ing-days.940", ":60F:C261104EUR", ":60F:C261104USD", "TIJDIG-CUR", "line 5"),
        ("ing-days.940", "EUR1588,30", "EUR1588,31", "TIJDIG-SUM", "line 2"),
        ("ing-days.940", "C60,50", "C60,501", "XSD", "line 10"),
        ("ing-days.940", ":60F:", ":34F:", "TIJDIG-OPENING", "line 2"),
        ("ing-days.940", ":62F:", ":34F:", "TIJDIG-CLOSING", "line 2"),
        ("rabobank-days.940", "EUR000000002500,00", "USD000000002500,00", "TIJDIG-CUR", "line 5"),
    ];
    for (name, from, to, rule, path) in table {
        let bytes = damaged(name, from, to);
        let read = if name.ends_with(".xml") { camt053::parse(&bytes) } else { mt940::parse(&bytes) };
        let refusal = read.unwrap_err();
        assert_eq!((refusal.rule, refusal.path.as_str()), (rule, path), "{name}: {to}");
    }
}
