//! The engine that fills templates: no functions, no filters, no other templates, a limit on its work and on what it
//! writes. A variable that has no value where it is named is a fault, and never an empty place.

use std::io;
use std::sync::LazyLock;

use domain::texts::Part;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use super::Fault;
use super::guard::guard;
use super::variables::Values;
use crate::format::one_line;

/// Instructions of one template at most. The longest that is of any use takes some hundreds.
const FUEL: u64 = 20_000;

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    engine.set_fuel(Some(FUEL));
    // What comes out is plain text, which is escaped where it is laid out, as all other words are.
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine
});

/// Takes in so many bytes and no more.
struct Bounded {
    text: Vec<u8>,
    most: usize,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len() + bytes.len() > self.most {
            return Err(io::Error::other("too long"));
        }
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The names that a template asks for.
pub(super) fn names(template: &str) -> Result<Vec<String>, Fault> {
    guard(template)?;
    let compiled = ENGINE.template_from_str(template).map_err(|error| fault(&error))?;
    let mut names: Vec<String> = compiled.undeclared_variables(false).into_iter().collect();
    names.sort();
    Ok(names)
}

/// What a part comes to with these values: its paragraphs, each one line of plain text.
pub(super) fn fill(part: Part, template: &str, values: &Values) -> Result<Vec<String>, Fault> {
    guard(template)?;
    let compiled = ENGINE.template_from_str(template).map_err(|error| fault(&error))?;
    let mut out = Bounded { text: Vec::new(), most: part.longest_said() * 4 };
    compiled.render_captured_to(values.context(), &mut out).map_err(|error| fault(&error))?;
    let text = String::from_utf8_lossy(&out.text);
    let mut paragraphs: Vec<String> = text.lines().map(one_line).filter(|line| !line.is_empty()).collect();
    if part != Part::Opening && paragraphs.len() > 1 {
        paragraphs = vec![paragraphs.join(" ")];
    }
    let of_all = |rule, detail| Fault { rule, line: 1, detail };
    if paragraphs.is_empty() {
        return Err(of_all("empty", "says nothing for some debtors"));
    }
    if paragraphs.iter().map(|p| p.chars().count()).sum::<usize>() > part.longest_said() {
        return Err(of_all("too_long", TOO_LONG));
    }
    Ok(paragraphs)
}

const TOO_LONG: &str = "comes to more characters than it may for some debtors";

fn fault(error: &Error) -> Fault {
    let (rule, detail) = match error.kind() {
        ErrorKind::SyntaxError => ("syntax", "cannot be read: a tag is not closed, or not where it belongs"),
        ErrorKind::UndefinedError => {
            ("may_be_absent", "names a variable that some debtors do not have: ask for it with if first")
        }
        ErrorKind::OutOfFuel => ("too_much_work", "takes too long to fill"),
        ErrorKind::WriteFailure => ("too_long", TOO_LONG),
        _ => ("cannot_be_filled", "does something that cannot be done with these variables"),
    };
    Fault { rule, line: error.line().unwrap_or(1), detail }
}
