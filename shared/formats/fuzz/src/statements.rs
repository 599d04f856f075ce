//! What holds of every bank statement that was read, whatever format it came in.

use std::collections::BTreeSet;

use domain::Money;
use domain::bank::{BankLine, Statement};
use formats::reference::{check_nl, check_rf};
use formats::statement::{MAX_LINES, MAX_STATEMENTS, MAX_TEXT};

/// Longest name, reference or account that is kept, in characters.
const LONGEST_PART: usize = 140;

pub(crate) fn assert_statements(statements: &[Statement]) {
    assert!((1..=MAX_STATEMENTS).contains(&statements.len()));
    assert!(statements.iter().map(|statement| statement.lines.len()).sum::<usize>() <= MAX_LINES);
    for statement in statements {
        let sum: Money = statement.lines.iter().map(|line| line.amount).sum();
        assert_eq!(statement.opening + sum, statement.closing);
        assert!(!statement.account.is_empty() && !statement.account.contains(char::is_whitespace));
        let ids: BTreeSet<&str> = statement.lines.iter().map(|line| line.id.as_str()).collect();
        assert_eq!(ids.len(), statement.lines.len(), "two lines have one id");
        statement.lines.iter().for_each(assert_line);
        let Ok(kept) = serde_json::to_string(statement) else { panic!("a statement cannot be kept") };
        assert_eq!(serde_json::from_str::<Statement>(&kept).ok().as_ref(), Some(statement));
    }
}

fn assert_line(line: &BankLine) {
    assert!(is_tidy(&line.text, MAX_TEXT) || line.text.is_empty(), "{:?}", line.text);
    let parts = [
        &line.counterparty_name,
        &line.counterparty_account,
        &line.end_to_end_id,
        &line.mandate_id,
        &line.batch_id,
        &line.bank_reference,
    ];
    assert!(parts.into_iter().flatten().all(|part| is_tidy(part, LONGEST_PART)), "{parts:?}");
    if let Some(reference) = &line.structured_reference {
        assert!(check_nl(reference).is_ok() || check_rf(reference).is_ok(), "{reference}");
    }
    if let Some(code) = &line.return_reason {
        assert!(code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{code}");
        assert!(line.reversal, "what has a reason to come back comes back");
    }
}

/// Not empty, not too long, no space around it or doubled, no control character.
fn is_tidy(text: &str, longest: usize) -> bool {
    let single = text.split(' ').all(|word| !word.is_empty());
    let plain = !text.contains(|c: char| c.is_control() || (c.is_whitespace() && c != ' '));
    single && plain && text.chars().count() <= longest
}
