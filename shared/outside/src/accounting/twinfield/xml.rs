//! The elements of an answer, with bounds. What is absent: DTDs and entities of their own, namespaces, and recursion.

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use crate::accounting::PackageError;

const DEEPEST: usize = 32;
const MOST_ELEMENTS: usize = 400_000;

/// An element with all that is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Without its prefix.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    /// Its own text, without that of its children.
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// Reads a document of at most so many bytes as an answer may have.
    pub(super) fn parse(text: &str) -> Result<Element, PackageError> {
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        let mut open: Vec<Element> = vec![Element::default()];
        let mut count = 0;
        loop {
            let event = reader.read_event().map_err(|_| malformed("not XML"))?;
            let here = open.last_mut().ok_or_else(|| malformed("not XML"))?;
            match event {
                Event::Start(start) => {
                    count += 1;
                    if count > MOST_ELEMENTS || open.len() > DEEPEST {
                        return Err(malformed("too many elements"));
                    }
                    open.push(begun(&start)?);
                }
                Event::Empty(start) => {
                    count += 1;
                    if count > MOST_ELEMENTS {
                        return Err(malformed("too many elements"));
                    }
                    here.children.push(begun(&start)?);
                }
                Event::End(_) => {
                    let ended = open.pop().ok_or_else(|| malformed("not XML"))?;
                    let parent = open.last_mut().ok_or_else(|| malformed("not XML"))?;
                    parent.children.push(ended);
                }
                Event::Text(text) => here.text.push_str(&text),
                Event::CData(text) => here.text.push_str(&text),
                Event::GeneralRef(reference) => here.text.push_str(&resolved(&reference)?),
                Event::DocType(_) => return Err(malformed("a document type")),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => break,
            }
        }
        match (open.len(), open.pop().map(|top| top.children)) {
            (1, Some(mut roots)) if roots.len() == 1 => roots.pop().ok_or_else(|| malformed("empty")),
            _ => Err(malformed("not one document")),
        }
    }

    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(super) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of this name, trimmed; `None` where it is empty.
    pub(super) fn text_of(&self, name: &str) -> Option<String> {
        let text = self.child(name)?.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the package says that something in it was wrong.
    pub(super) fn is_refused(&self) -> bool {
        self.attribute("result") == Some("0")
    }
}

fn begun(start: &BytesStart<'_>) -> Result<Element, PackageError> {
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes().take(32) {
        let attribute = attribute.map_err(|_| malformed("an attribute"))?;
        let key = attribute.key.as_ref().to_owned();
        // Only attributes of plain letters are read, so nothing in them needs resolving.
        attributes.push((key, attribute.value.into_owned()));
    }
    Ok(Element { name, attributes, ..Element::default() })
}

fn resolved(reference: &BytesRef<'_>) -> Result<String, PackageError> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Ok(c.to_string());
    }
    resolve_xml_entity(reference).map(str::to_owned).ok_or_else(|| malformed("an entity"))
}

fn malformed(what: &str) -> PackageError {
    PackageError::Malformed(format!("answer: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_texts_and_attributes_are_read() {
        let read = Element::parse(
            "<?xml version=\"1.0\"?><!-- no --><s:a x=\"1\" xmlns:s=\"u\"> <b>Vries &amp; Zn &#233;<c/></b><b><![CDATA[<i>]]></b></s:a>",
        );
        let read = read.unwrap();
        assert_eq!((read.name.as_str(), read.attribute("x"), read.attribute("y")), ("a", Some("1"), None));
        let texts: Vec<&str> = read.all("b").map(|b| b.text.as_str()).collect();
        assert_eq!(texts, ["Vries & Zn é", "<i>"]);
        assert_eq!(read.text_of("b").as_deref(), Some("Vries & Zn é"));
        assert_eq!(read.text_of("c"), None);
    }

    #[test]
    fn what_is_not_a_plain_document_is_refused() {
        let deep = "<a>".repeat(40);
        let table = [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
            "<a>&x;</a>",
            &deep,
        ];
        for text in table {
            assert!(matches!(Element::parse(text), Err(PackageError::Malformed(_))), "{text}");
        }
    }
}
