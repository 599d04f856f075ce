//! How one value of a camt.053 file is found and read.

use std::borrow::Cow;

use domain::Money;
use jiff::civil::Date;

use super::namespace::Iso;
use crate::refusal::FormatRefusal;
use crate::xml::{self, ElementId, Tree};
use crate::{decode, statement};

/// How much of a file is looked at for its encoding, in bytes.
const DECLARATION: usize = 200;

/// The text of a file: in the encoding that it declares, which is UTF-8 where it declares none.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, FormatRefusal> {
    let head = bytes.get(..DECLARATION).unwrap_or(bytes).to_ascii_lowercase();
    let end = head.windows(2).position(|pair| pair == b"?>").unwrap_or(0);
    let declaration = &head[..end];
    let declares = |label: &[u8]| declaration.windows(label.len()).any(|part| part == label);
    if declares(b"iso-8859-1\"") || declares(b"iso-8859-1'") || declares(b"windows-1252") {
        return Ok(decode::windows_1252(bytes));
    }
    xml::utf8(bytes).map(Cow::Borrowed)
}

/// The first element at the end of `path`.
pub(super) fn find(tree: &Tree<Iso>, from: ElementId, path: &str) -> Option<ElementId> {
    path.split('/').try_fold(from, |here, name| tree.children(here, name).next())
}

pub(super) fn text(tree: &Tree<Iso>, from: ElementId, path: &str) -> Option<String> {
    tree.text(find(tree, from, path)?).map(str::to_owned)
}

/// An amount in euros.
pub(super) fn money(
    tree: &Tree<Iso>,
    from: ElementId,
    name: &str,
    path: &str,
) -> Result<Money, FormatRefusal> {
    let path = format!("{path}/{name}");
    let Some(id) = find(tree, from, name) else {
        return Err(FormatRefusal::new("XSD", path, "the amount is missing"));
    };
    if tree.attribute(id, "Ccy") != Some("EUR") {
        return Err(FormatRefusal::new("TIJDIG-CUR", path, "only amounts in euros are taken in"));
    }
    statement::amount(tree.text(id).unwrap_or_default(), '.').map_err(|fault| fault.refusal(&path))
}

/// Whether `CdtDbtInd` says that money came in.
pub(super) fn is_credit(tree: &Tree<Iso>, from: ElementId, path: &str) -> Result<bool, FormatRefusal> {
    match text(tree, from, "CdtDbtInd").as_deref() {
        Some("CRDT") => Ok(true),
        Some("DBIT") => Ok(false),
        _ => Err(FormatRefusal::new("XSD", format!("{path}/CdtDbtInd"), "is neither CRDT nor DBIT")),
    }
}

/// The day in `Dt` or `DtTm`, which banks write as it is in the Netherlands.
pub(super) fn date(tree: &Tree<Iso>, id: ElementId) -> Option<Date> {
    let day = text(tree, id, "Dt").or_else(|| text(tree, id, "DtTm"))?;
    day.get(..10)?.parse().ok()
}
