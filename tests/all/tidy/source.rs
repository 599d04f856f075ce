//! House rules on Rust sources, looked for among tokens, so that comments and texts may speak of anything.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::{assert_complains, assert_tidy, files, read};

/// A file longer than this is to be divided. Lines of documentation do not count: whoever says more is not punished.
const MOST_LINES: usize = 650;

/// How many lines above an `unwrap` the reason for it may stand: on the statement or its function.
const REASON_WITHIN: usize = 15;

/// One thing that a rule looks at, with the line that it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// `todo!`
    Macro(String),
    /// `#[ignore]`
    Ignored,
    /// `allow` or `expect` as an attribute.
    Excuse { lints: String, has_reason: bool },
    /// `.unwrap()`
    Unwrap(String),
    /// `f64`, or a number with a decimal point.
    Float(String),
    /// `Timestamp::now`
    Clock(String),
    /// `std::fs`
    Machine(String),
    /// `let _name`
    Unnamed(String),
    /// `mod name;`
    Module(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Sight {
    line: usize,
    /// Below `#[cfg(test)]`.
    in_test: bool,
    found: Found,
}

fn sights(text: &str) -> Result<Vec<Sight>, String> {
    let tokens: TokenStream = text.parse().map_err(|error| format!("{error}"))?;
    let mut sights = Vec::new();
    look(tokens, false, false, &mut sights);
    Ok(sights)
}

fn ident(token: Option<&TokenTree>) -> String {
    match token {
        Some(TokenTree::Ident(ident)) => ident.to_string(),
        _ => String::new(),
    }
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn group(token: Option<&TokenTree>, wanted: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == wanted => Some(group),
        _ => None,
    }
}

/// The ident two colons on: `now` of `Timestamp::now`, seen from `Timestamp`.
fn after_colons(rest: &[TokenTree]) -> String {
    if is_punct(rest.get(1), ':') && is_punct(rest.get(2), ':') { ident(rest.get(3)) } else { String::new() }
}

fn is_cfg_test(attribute: &Group) -> bool {
    attribute.stream().to_string().replace(' ', "") == "cfg(test)"
}

fn look(tokens: TokenStream, in_test: bool, in_attribute: bool, sights: &mut Vec<Sight>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    // Set by `#[cfg(test)]`, until the item that it is about has ended.
    let mut test_item = false;
    for (at, token) in tokens.iter().enumerate() {
        let in_test = in_test || test_item;
        let rest = &tokens[at..];
        let previous = at.checked_sub(1).and_then(|before| tokens.get(before));
        if let Some(found) = recognize(previous, rest, in_attribute) {
            sights.push(Sight { line: token.span().start().line, in_test, found });
        }
        if let TokenTree::Group(inner) = token {
            if is_punct(previous, '!') && ident(at.checked_sub(2).and_then(|at| tokens.get(at))) == "dec" {
                // A decimal's digits, read as they stand.
                continue;
            }
            let is_attribute = inner.delimiter() == Delimiter::Bracket
                && (is_punct(previous, '#') || is_punct(previous, '!'));
            look(inner.stream(), in_test, in_attribute || is_attribute, sights);
            if is_attribute && is_cfg_test(inner) {
                test_item = true;
            } else if inner.delimiter() == Delimiter::Brace {
                test_item = false;
            }
        } else if is_punct(Some(token), ';') {
            test_item = false;
        }
    }
}

fn recognize(previous: Option<&TokenTree>, rest: &[TokenTree], in_attribute: bool) -> Option<Found> {
    if let Some(TokenTree::Literal(literal)) = rest.first() {
        let text = literal.to_string();
        let is_number = text.starts_with(|c: char| c.is_ascii_digit());
        let is_float = is_number && !text.starts_with("0x") && text.contains(['.', 'f']);
        return is_float.then_some(Found::Float(text));
    }
    let name = ident(rest.first());
    let next = rest.get(1);
    match name.as_str() {
        "todo" | "unimplemented" | "dbg" if is_punct(next, '!') => Some(Found::Macro(name)),
        "ignore" if in_attribute && previous.is_none() => Some(Found::Ignored),
        "allow" | "expect" if in_attribute => {
            let lints = group(next, Delimiter::Parenthesis)?.stream();
            let has_reason = lints.clone().into_iter().any(|token| ident(Some(&token)) == "reason");
            Some(Found::Excuse { lints: lints.to_string(), has_reason })
        }
        "unwrap" | "expect" if is_punct(previous, '.') => {
            group(next, Delimiter::Parenthesis).map(|_| Found::Unwrap(name))
        }
        "f32" | "f64" => Some(Found::Float(name)),
        "Timestamp" | "Zoned" | "SystemTime" | "Instant" if after_colons(rest) == "now" => {
            Some(Found::Clock(name))
        }
        "std" => {
            let module = after_colons(rest);
            let of_machine =
                ["env", "fs", "io", "net", "process", "thread", "time"].contains(&module.as_str());
            of_machine.then(|| Found::Machine(format!("std::{module}")))
        }
        "mod" if is_punct(rest.get(2), ';') => Some(Found::Module(ident(next))),
        "let" => {
            let name = ident(next);
            (name.len() > 1 && name.starts_with('_')).then_some(Found::Unnamed(name))
        }
        _ => None,
    }
}

fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("tests.rs")
}

/// The files of the modules that this one has for tests only: `#[cfg(test)] mod name;`.
fn test_modules(path: &str, text: &str) -> Vec<String> {
    let folder = ["/lib.rs", "/main.rs", "/mod.rs", ".rs"].iter().find_map(|end| path.strip_suffix(end));
    let sights = sights(text).unwrap_or_default();
    let modules = sights.into_iter().filter(|sight| sight.in_test).filter_map(|sight| match sight.found {
        Found::Module(name) => Some(format!("{}/{name}.rs", folder.unwrap_or_default())),
        _ => None,
    });
    modules.collect()
}

/// Where time may be asked for: the runtime's clock and what measures or ends calls there, and the local run.
fn may_ask_the_time(path: &str) -> bool {
    path.starts_with("shared/runtime/") || path.starts_with("infra/local/")
}

/// What one file does against the rules. `for_tests` says that only tests see it.
fn complaints(path: &str, text: &str, for_tests: bool) -> Vec<String> {
    let sights = match sights(text) {
        Ok(sights) => sights,
        Err(error) => return vec![format!("{path} cannot be read as Rust: {error}.")],
    };
    let documentation = |line: &&str| !["///", "//!"].iter().any(|mark| line.trim_start().starts_with(mark));
    let lines = text.lines().filter(documentation).count();
    let too_long = (lines > MOST_LINES)
        .then(|| format!("{path} has {lines} lines; more than {MOST_LINES} hold more than one concept."));
    let wrong = sights.iter().filter_map(|sight| {
        let why = complaint(path, sight, for_tests || sight.in_test, &sights)?;
        Some(format!("{path}:{} {why}", sight.line))
    });
    too_long.into_iter().chain(wrong).collect()
}

fn complaint(path: &str, sight: &Sight, in_test: bool, all: &[Sight]) -> Option<String> {
    let in_rules = path.starts_with("shared/domain/") || path.starts_with("functions/");
    match &sight.found {
        Found::Macro(name) => Some(format!("has {name}!, which is for work that is not done.")),
        Found::Ignored => Some("ignores a test: a test runs or goes.".to_owned()),
        Found::Excuse { has_reason: false, lints } => Some(format!("allows {lints} without a reason.")),
        Found::Unwrap(name) if !in_test && !is_excused(sight.line, all) => {
            Some(format!("has .{name}() without a reason why it cannot fail."))
        }
        Found::Float(name) if in_rules => {
            Some(format!("has {name}: money and days are never binary fractions."))
        }
        Found::Clock(name) if !in_test && !may_ask_the_time(path) => {
            Some(format!("has {name}::now: the time is a parameter."))
        }
        Found::Machine(name) if !in_test && path.starts_with("shared/domain/") => {
            Some(format!("has {name}: the rules know no machine."))
        }
        Found::Unnamed(name) if !in_test => Some(format!("has let {name}: what nobody reads is not bound.")),
        Found::Excuse { .. }
        | Found::Unwrap(_)
        | Found::Float(_)
        | Found::Clock(_)
        | Found::Machine(_)
        | Found::Unnamed(_)
        | Found::Module(_) => None,
    }
}

/// Whether the lint against it is allowed, with a reason, a little above this line.
fn is_excused(line: usize, all: &[Sight]) -> bool {
    all.iter().any(|sight| match &sight.found {
        Found::Excuse { lints, has_reason: true } => {
            let about = lints.contains("unwrap_used") || lints.contains("expect_used");
            about && (sight.line..=sight.line + REASON_WITHIN).contains(&line)
        }
        _ => false,
    })
}

#[test]
fn the_sources_keep_to_the_house_rules() {
    let sources = files().into_iter().filter(|path| path.ends_with(".rs")).collect::<Vec<_>>();
    assert!(sources.len() > 100, "only {} sources were found", sources.len());
    let sources: BTreeMap<String, String> =
        sources.into_iter().map(|path| (path.clone(), read(&path))).collect();
    let for_tests: BTreeSet<String> =
        sources.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    let wrong = sources
        .iter()
        .flat_map(|(path, text)| complaints(path, text, is_test_file(path) || for_tests.contains(path)));
    assert_tidy(&wrong.collect::<Vec<_>>());
}

#[test]
fn what_the_house_rules_forbid_is_found() {
    const FUNCTION: &str = "functions/relay/src/lib.rs";
    const DOMAIN: &str = "shared/domain/src/costs.rs";
    const STORE: &str = "shared/store/src/lib.rs";
    const TEST: &str = "shared/store/tests/contract/main.rs";
    let long = "\n".repeat(MOST_LINES + 1);
    let full = "\n".repeat(MOST_LINES) + "/// a\n";
    let table: [(&str, &str, &str); 38] = [
        // path, text, what is complained of
        (STORE, "fn a() { todo!() }", "todo!"),
        (TEST, "fn a() { unimplemented!(\"later\") }", "unimplemented!"),
        (STORE, "fn a() { dbg!(1); }", "dbg!"),
        (STORE, "// todo!()\nfn a() { b(\"dbg!(1)\") }", ""),
        (TEST, "#[test]\n#[ignore]\nfn a() {}", ":2 ignores a test"),
        (TEST, "#[test]\n#[ignore = \"slow\"]\nfn a() {}", "ignores a test"),
        (STORE, "fn ignore() { ignore() }", ""),
        (STORE, "#[allow(dead_code)]\nfn a() {}", "allows dead_code without"),
        (TEST, "#![allow(clippy::unwrap_used)]", "without a reason"),
        (STORE, "#[cfg_attr(test, allow(dead_code))]\nfn a() {}", "without a reason"),
        (STORE, "#[expect(dead_code)]\nfn a() {}", "without a reason"),
        (STORE, "#[allow(dead_code, reason = \"read by others\")]\nfn a() {}", ""),
        (STORE, "fn a() { b().unwrap() }", ".unwrap()"),
        (STORE, "fn a() {\n b().expect(\"c\") }", ":2 has .expect()"),
        (STORE, "fn a() { b().unwrap_or(1) }", ""),
        (STORE, "#[allow(clippy::unwrap_used, reason = \"b is a constant\")]\nfn a() { b().unwrap() }", ""),
        (
            STORE,
            "fn a() { b().unwrap() }\n#[allow(clippy::unwrap_used, reason = \"c\")]\nfn d() {}",
            ".unwrap()",
        ),
        (STORE, "#[cfg(test)]\nmod tests { fn a() { b().unwrap() } }", ""),
        (STORE, "#[cfg(test)]\nmod tests;\nfn a() { b().unwrap() }", ":3 has .unwrap()"),
        (STORE, "#[cfg(test)]\nmod tests { }\nfn a() { b().unwrap() }", ".unwrap()"),
        (TEST, "fn a() { b().unwrap() }", ""),
        (DOMAIN, "fn a(b: f64) {}", "f64"),
        (FUNCTION, "fn a() { b as f32 }", "f32"),
        (DOMAIN, "const A: B = 0.15;", "0.15"),
        (DOMAIN, "const A: B = 2f64;", "2f64"),
        (DOMAIN, "const A: u32 = 0xff;", ""),
        (DOMAIN, "const A: B = dec!(0.15);", ""),
        (STORE, "fn a(b: f64) {}", ""),
        (DOMAIN, "fn a() { Timestamp::now(); }", "Timestamp::now"),
        (FUNCTION, "fn a() { jiff::Zoned::now(); }", "Zoned::now"),
        ("shared/runtime/src/clock.rs", "fn a() { Timestamp::now(); }", ""),
        (FUNCTION, "fn a() { clock.now(); }", ""),
        (DOMAIN, "use std::fs::File;", "std::fs"),
        (DOMAIN, "use std::fmt;", ""),
        (STORE, "fn a() { let _gone = b(); }", "let _gone"),
        (STORE, &long, "651 lines"),
        (STORE, &full, ""),
        (STORE, "fn a( {}", "cannot be read"),
    ];
    for (path, text, expected) in table {
        let found = complaints(path, text, is_test_file(path));
        let right = if expected.is_empty() {
            found.is_empty()
        } else {
            found.len() == 1 && found[0].contains(expected)
        };
        assert!(right, "{path}: {text}\nexpected {expected:?}, found {found:#?}");
    }
    assert_complains(&complaints(STORE, "fn a() { todo!(); dbg!(1) }", false), &["todo!", "dbg!"]);
}

#[test]
fn a_module_for_tests_only_is_known_by_its_declaration() {
    let text = "#[cfg(test)]\nmod loopback;\nmod mail;\n#[cfg(test)]\nmod tests { mod inner; }";
    let table = [
        ("shared/outside/src/lib.rs", ["shared/outside/src/loopback.rs", "shared/outside/src/inner.rs"]),
        (
            "shared/outside/src/mail.rs",
            ["shared/outside/src/mail/loopback.rs", "shared/outside/src/mail/inner.rs"],
        ),
    ];
    for (path, expected) in table {
        assert_eq!(test_modules(path, text), expected, "{path}");
    }
}
