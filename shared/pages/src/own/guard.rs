//! What a template may hold, looked at before the engine sees it: names of variables, choices, and a list of at most
//! twenty invoices. Whatever makes something of something else (functions, filters, sums, new names) is no part of it, so
//! that no template can run for long or grow.

use super::Fault;

/// The list that a template may go through.
pub(super) const LIST: &str = "invoices";

/// What can be asked of an invoice of that list, and of the place in it.
const ATTRIBUTES: [&str; 6] = ["number", "due_date", "open", "first", "last", "index"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    /// Text in quotes, a number or a comparison.
    Plain,
    Dot,
    End,
}

/// Refuses a template that holds more than it may.
pub(super) fn guard(template: &str) -> Result<(), Fault> {
    let mut place = 0;
    let mut in_list = false;
    while let Some(at) = template[place..].find('{').map(|at| place + at) {
        let line = line_of(template, at);
        let fault = |rule, detail| Fault { rule, line, detail };
        let rest = &template[at + 1..];
        let (close, is_tag) = match rest.as_bytes().first() {
            Some(b'{') => ("}}", false),
            Some(b'%') => ("%}", true),
            Some(b'#') => {
                let end =
                    rest.find("#}").ok_or_else(|| fault("not_closed", "opens a note that does not end"))?;
                place = at + 1 + end + 2;
                continue;
            }
            _ => {
                place = at + 1;
                continue;
            }
        };
        let (tokens, length) = tokens(&rest[1..], close).map_err(|(rule, detail)| fault(rule, detail))?;
        let checked = if is_tag { tag(&tokens, &mut in_list) } else { expression(&tokens) };
        checked.map_err(|(rule, detail)| fault(rule, detail))?;
        place = at + 2 + length;
    }
    Ok(())
}

fn line_of(template: &str, at: usize) -> usize {
    template[..at].matches('\n').count() + 1
}

type Wrong = (&'static str, &'static str);

/// The tokens up to the end of the tag, and how many bytes they take with it.
fn tokens<'t>(text: &'t str, close: &str) -> Result<(Vec<Token<'t>>, usize), Wrong> {
    let mut found = Vec::new();
    let mut place = 0;
    // Blanks before the tag may be taken away.
    if text.starts_with(['-', '+']) {
        place = 1;
    }
    loop {
        let (token, length) = token(&text[place..], close)?;
        place += length;
        if token == Token::End {
            return Ok((found, place));
        }
        found.push(token);
    }
}

fn token<'t>(text: &'t str, close: &str) -> Result<(Token<'t>, usize), Wrong> {
    let blank = text.len() - text.trim_start().len();
    let rest = &text[blank..];
    let Some(first) = rest.chars().next() else {
        return Err(("not_closed", "opens a tag that does not end"));
    };
    if rest.starts_with(close) {
        return Ok((Token::End, blank + close.len()));
    }
    if matches!(first, '-' | '+') && rest[1..].starts_with(close) {
        return Ok((Token::End, blank + 1 + close.len()));
    }
    let length = |part: fn(char) -> bool| rest.find(|c| !part(c)).unwrap_or(rest.len());
    let (token, length) = match first {
        'a'..='z' | 'A'..='Z' | '_' => {
            let length = length(|c| c.is_ascii_alphanumeric() || c == '_');
            (Token::Word(&rest[..length]), length)
        }
        '0'..='9' => (Token::Plain, length(|c| c.is_ascii_digit())),
        '"' | '\'' => (Token::Plain, quoted(rest, first)?),
        '.' => (Token::Dot, 1),
        '=' | '!' if rest[1..].starts_with('=') => (Token::Plain, 2),
        '<' | '>' => (Token::Plain, if rest[1..].starts_with('=') { 2 } else { 1 }),
        '(' | ')' => return Err(("no_functions", "calls a function: there are none")),
        '|' => return Err(("no_filters", "uses a filter: there are none")),
        '+' | '-' | '*' | '/' | '%' | '~' => return Err(("no_sums", "makes a value: it may only name one")),
        _ => return Err(("unknown_sign", "holds a sign that means nothing here")),
    };
    Ok((token, blank + length))
}

/// How long a text in quotes is, with them.
fn quoted(text: &str, quote: char) -> Result<usize, Wrong> {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Ok(at + 1),
            _ => {}
        }
    }
    Err(("not_closed", "opens a quotation that does not end"))
}

fn tag(tokens: &[Token<'_>], in_list: &mut bool) -> Result<(), Wrong> {
    match tokens {
        [Token::Word("if" | "elif"), condition @ ..] => expression(condition),
        [Token::Word("else" | "endif")] => Ok(()),
        [Token::Word("for"), Token::Word(_), Token::Word("in"), Token::Word(LIST)] if !*in_list => {
            *in_list = true;
            Ok(())
        }
        [Token::Word("for"), ..] => Err((
            "no_such_loop",
            "goes through something else than the invoices, or through them twice at once",
        )),
        [Token::Word("endfor")] => {
            *in_list = false;
            Ok(())
        }
        _ => Err(("unknown_tag", "is no tag that there is: if, elif, else, endif, for and endfor")),
    }
}

/// Of what a name stands for, nothing is asked but what an invoice of the list has.
fn expression(tokens: &[Token<'_>]) -> Result<(), Wrong> {
    let known = |pair: &[Token<'_>]| match pair {
        [Token::Dot, Token::Word(name)] => ATTRIBUTES.contains(name),
        [Token::Dot, _] => false,
        _ => true,
    };
    let dangling = tokens.last() == Some(&Token::Dot);
    if dangling || !tokens.windows(2).all(known) {
        return Err(("unknown_attribute", "asks a variable for something that it does not have"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_choices_and_the_list_of_invoices_pass() {
        let table = [
            ("", None),
            ("Zonder iets. { niet } %} }}", None),
            ("{{ creditor }}", None),
            ("{{- creditor -}}", None),
            ("{{ \"a }} b\" }}", None),
            ("{# een opmerking met {{ alles() }} #}", None),
            ("{% if count == 1 %}a{% elif count > 2 and not business %}b{% else %}c{% endif %}", None),
            ("{% for i in invoices %}{{ i.number }}{% if not loop.last %}, {% endif %}{% endfor %}", None),
            ("{% for i in invoices %}{% endfor %}{% for i in invoices %}{% endfor %}", None),
            ("a\n{{ range(9) }}", Some(("no_functions", 2))),
            ("{{ creditor|upper }}", Some(("no_filters", 1))),
            ("{{ creditor * 1000000 }}", Some(("no_sums", 1))),
            ("{{ creditor ~ creditor }}", Some(("no_sums", 1))),
            ("{{ 1.5 }}", Some(("unknown_attribute", 1))),
            ("{{ creditor.__class__ }}", Some(("unknown_attribute", 1))),
            ("{{ creditor. }}", Some(("unknown_attribute", 1))),
            ("{{ creditor[0] }}", Some(("unknown_sign", 1))),
            ("{% set a = creditor %}", Some(("unknown_sign", 1))),
            ("{% include \"a\" %}", Some(("unknown_tag", 1))),
            ("{% raw %}{% endraw %}", Some(("unknown_tag", 1))),
            ("{% macro a %}{% endmacro %}", Some(("unknown_tag", 1))),
            ("{% for i in creditor %}{% endfor %}", Some(("no_such_loop", 1))),
            ("{% for i in invoices recursive %}{% endfor %}", Some(("no_such_loop", 1))),
            ("{% for i in invoices %}{% for j in invoices %}", Some(("no_such_loop", 1))),
            ("\n\n{{ creditor", Some(("not_closed", 3))),
            ("{{ 'creditor }}", Some(("not_closed", 1))),
            ("{# creditor", Some(("not_closed", 1))),
        ];
        for (template, expected) in table {
            let found = guard(template).err().map(|fault| (fault.rule, fault.line));
            assert_eq!(found, expected, "{template}");
        }
    }
}
