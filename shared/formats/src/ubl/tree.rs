//! The elements of an XML document, with bounds on everything that an attacker chooses.
//!
//! What is absent: DTDs and entities of their own (so no expansion), recursion (so depth costs no stack), and the
//! comments, processing instructions and attributes that nobody reads.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace as XmlNamespace, ResolveResult};
use quick_xml::reader::NsReader;

use super::refusal::UblRefusal;

/// Largest document, in bytes.
pub const MAX_BYTES: usize = 2_000_000;
/// Deepest nesting of elements.
pub const MAX_DEPTH: usize = 64;
/// Most elements in a document: a real line has some 25, so this is more than 2 MB of real invoice can hold.
pub const MAX_ELEMENTS: usize = 100_000;
/// Most attributes, namespace declarations included, on one element: keeps the check for double ones cheap.
pub const MAX_ATTRIBUTES: usize = 32;
/// Most namespace declarations in scope at one place: every element's prefix is looked up among them.
pub const MAX_NAMESPACES: usize = 128;

pub(super) const INVOICE: &str = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
pub(super) const CREDIT_NOTE: &str = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";
const AGGREGATE: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const BASIC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

/// The namespaces that the rules speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    Invoice,
    CreditNote,
    Aggregate,
    Basic,
    Other,
}

impl Namespace {
    fn of(uri: &str) -> Namespace {
        match uri {
            INVOICE => Namespace::Invoice,
            CREDIT_NOTE => Namespace::CreditNote,
            AGGREGATE => Namespace::Aggregate,
            BASIC => Namespace::Basic,
            _ => Namespace::Other,
        }
    }

    /// The prefix in paths, which is the usual one and not the document's own.
    fn prefix(self) -> &'static str {
        match self {
            Namespace::Invoice | Namespace::CreditNote => "",
            Namespace::Aggregate => "cac:",
            Namespace::Basic => "cbc:",
            Namespace::Other => "*:",
        }
    }
}

/// Place of an element in its [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ElementId(usize);

#[derive(Debug)]
struct Element {
    namespace: Namespace,
    name: String,
    parent: Option<ElementId>,
    children: Vec<ElementId>,
    text: String,
    scheme: Option<String>,
    currency: Option<String>,
}

/// A well-formed document; the root is always there.
#[derive(Debug)]
pub(super) struct Tree {
    elements: Vec<Element>,
}

impl Tree {
    /// Reads a document of at most [`MAX_BYTES`].
    pub(super) fn parse(xml: &[u8]) -> Result<Tree, UblRefusal> {
        if xml.len() > MAX_BYTES {
            return Err(UblRefusal::new("TIJDIG-LIMIT", "/", format!("larger than {MAX_BYTES} bytes")));
        }
        let text = match std::str::from_utf8(xml) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
            Err(error) => {
                let at = format!("/ (byte {})", error.valid_up_to());
                return Err(UblRefusal::new("XML", at, "is not UTF-8"));
            }
        };
        let builder = Builder::new(text);
        if let Some(offset) = text.char_indices().find(|(_, c)| !is_xml_char(*c)).map(|(offset, _)| offset) {
            return Err(builder.malformed(offset, "a character that XML does not allow"));
        }
        builder.build()
    }

    pub(super) fn root(&self) -> ElementId {
        ElementId(0)
    }

    pub(super) fn namespace(&self, id: ElementId) -> Namespace {
        self.elements[id.0].namespace
    }

    pub(super) fn name(&self, id: ElementId) -> &str {
        &self.elements[id.0].name
    }

    /// The children of that name, such as `cbc:ID` (always by the usual prefix).
    pub(super) fn children<'t>(
        &'t self,
        id: ElementId,
        name: &'t str,
    ) -> impl Iterator<Item = ElementId> + 't {
        self.elements[id.0].children.iter().copied().filter(move |child| self.is_called(*child, name))
    }

    /// The text without white space around it; none where there is none.
    pub(super) fn text(&self, id: ElementId) -> Option<&str> {
        Some(self.elements[id.0].text.trim()).filter(|text| !text.is_empty())
    }

    /// The `schemeID` attribute.
    pub(super) fn scheme(&self, id: ElementId) -> Option<&str> {
        self.elements[id.0].scheme.as_deref()
    }

    /// The `currencyID` attribute.
    pub(super) fn currency(&self, id: ElementId) -> Option<&str> {
        self.elements[id.0].currency.as_deref()
    }

    /// The path from the root, as [`UblRefusal::path`] wants it.
    pub(super) fn path(&self, id: ElementId) -> String {
        let mut steps = Vec::new();
        let mut here = Some(id);
        while let Some(id) = here {
            let element = &self.elements[id.0];
            let step = format!("/{}{}", element.namespace.prefix(), element.name);
            steps.push(match self.place_among_alike(id) {
                Some(place) => format!("{step}[{place}]"),
                None => step,
            });
            here = element.parent;
        }
        steps.reverse();
        steps.concat()
    }

    /// The place, from 1, among the siblings of the same name; none if it has no such sibling.
    fn place_among_alike(&self, id: ElementId) -> Option<usize> {
        let (element, parent) = (&self.elements[id.0], self.elements[id.0].parent?);
        let (mut before, mut alike) = (0, 0);
        for sibling in &self.elements[parent.0].children {
            let other = &self.elements[sibling.0];
            if other.namespace == element.namespace && other.name == element.name {
                alike += 1;
                before += usize::from(sibling.0 < id.0);
            }
        }
        (alike > 1).then_some(before + 1)
    }

    fn is_called(&self, id: ElementId, name: &str) -> bool {
        let element = &self.elements[id.0];
        let prefix = element.namespace.prefix();
        !prefix.is_empty() && name.strip_prefix(prefix).is_some_and(|local| local == element.name)
    }
}

/// Turns the reader's events into elements and refuses what is not allowed.
struct Builder<'x> {
    source: &'x str,
    reader: NsReader<&'x [u8]>,
    tree: Tree,
    open: Vec<ElementId>,
}

impl<'x> Builder<'x> {
    fn new(source: &'x str) -> Builder<'x> {
        let mut reader = NsReader::from_str(source);
        reader.config_mut().check_comments = true;
        reader.resolver_mut().set_max_namespace_bindings(MAX_NAMESPACES);
        Builder { source, reader, tree: Tree { elements: Vec::new() }, open: Vec::new() }
    }

    fn build(mut self) -> Result<Tree, UblRefusal> {
        loop {
            let start = self.offset();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = usize::try_from(self.reader.error_position()).unwrap_or(start);
                    return Err(self.malformed(at, describe(&error)));
                }
            };
            match event {
                Event::Start(tag) => self.start(start, &tag)?,
                Event::Empty(tag) => {
                    self.start(start, &tag)?;
                    self.open.pop();
                }
                Event::End(_) => {
                    self.open.pop();
                }
                Event::Text(text) if text.contains("]]>") => {
                    return Err(self.malformed(start, "]]> outside of a CDATA section"));
                }
                Event::Text(text) => self.text(start, &text.xml10_content())?,
                Event::CData(text) => self.text(start, &text.xml10_content())?,
                Event::GeneralRef(reference) => self.reference(start, &reference)?,
                Event::Decl(declaration) => self.declaration(start, &declaration)?,
                Event::DocType(_) => {
                    return Err(self.malformed(start, "a document type definition is not accepted"));
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => return self.finish(start),
            }
        }
    }

    fn finish(self, at: usize) -> Result<Tree, UblRefusal> {
        if !self.open.is_empty() {
            return Err(self.malformed(at, "an element is not closed"));
        }
        if self.tree.elements.is_empty() {
            return Err(self.malformed(at, "there is no element"));
        }
        Ok(self.tree)
    }

    fn start(&mut self, at: usize, tag: &BytesStart) -> Result<(), UblRefusal> {
        if self.open.is_empty() && !self.tree.elements.is_empty() {
            return Err(self.malformed(at, "a second root element"));
        }
        if self.open.len() == MAX_DEPTH {
            return Err(self.too_large(format!("elements are nested deeper than {MAX_DEPTH}")));
        }
        if self.tree.elements.len() == MAX_ELEMENTS {
            return Err(self.too_large(format!("more than {MAX_ELEMENTS} elements")));
        }
        let name = tag.local_name().into_inner();
        if !is_name(name) || tag.name().prefix().is_some_and(|prefix| !is_name(prefix.into_inner())) {
            return Err(self.malformed(at, "an element's name is not one that XML allows"));
        }
        let namespace = match self.reader.resolver().resolve_element(tag.name()).0 {
            ResolveResult::Bound(XmlNamespace(uri)) => Namespace::of(uri),
            ResolveResult::Unbound => Namespace::Other,
            ResolveResult::Unknown(_) => return Err(self.malformed(at, "a prefix that is not declared")),
        };
        let (scheme, currency) = self.attributes(at, tag)?;
        let id = ElementId(self.tree.elements.len());
        let parent = self.open.last().copied();
        if let Some(parent) = parent {
            self.tree.elements[parent.0].children.push(id);
        }
        let (name, children, text) = (name.to_owned(), Vec::new(), String::new());
        self.tree.elements.push(Element { namespace, name, parent, children, text, scheme, currency });
        self.open.push(id);
        Ok(())
    }

    /// Checks all attributes and gives the values of `schemeID` and `currencyID`.
    fn attributes(
        &self,
        at: usize,
        tag: &BytesStart,
    ) -> Result<(Option<String>, Option<String>), UblRefusal> {
        // Counted first: looking for double ones costs the square of their number.
        if tag.attributes().with_checks(false).take(MAX_ATTRIBUTES + 1).count() > MAX_ATTRIBUTES {
            return Err(self.too_large(format!("an element has more than {MAX_ATTRIBUTES} attributes")));
        }
        let (mut scheme, mut currency) = (None, None);
        for attribute in tag.attributes() {
            let attribute =
                attribute.map_err(|_| self.malformed(at, "an attribute is malformed or repeated"))?;
            let name = attribute.key.into_inner();
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| self.malformed(at, "an attribute refers to an entity"))?;
            if attribute.value.contains('<') || !value.chars().all(is_xml_char) {
                return Err(self.malformed(at, "an attribute holds a character that XML does not allow"));
            }
            let unknown_prefix = attribute.key.as_namespace_binding().is_none()
                && matches!(
                    self.reader.resolver().resolve_attribute(attribute.key).0,
                    ResolveResult::Unknown(_)
                );
            if unknown_prefix || !name.split(':').all(is_name) {
                return Err(self.malformed(at, "an attribute's name is not one that XML allows"));
            }
            match name {
                "schemeID" => scheme = Some(value.trim().to_owned()).filter(|value| !value.is_empty()),
                "currencyID" => currency = Some(value.trim().to_owned()).filter(|value| !value.is_empty()),
                _ => {}
            }
        }
        Ok((scheme, currency))
    }

    fn text(&mut self, at: usize, text: &str) -> Result<(), UblRefusal> {
        match self.open.last() {
            Some(id) => {
                self.tree.elements[id.0].text.push_str(text);
                Ok(())
            }
            None if text.chars().all(is_white_space) => Ok(()),
            None => Err(self.malformed(at, "text outside of the root element")),
        }
    }

    /// A character by number, or one of the five names that every XML document knows.
    fn reference(&mut self, at: usize, reference: &BytesRef) -> Result<(), UblRefusal> {
        let resolved = match reference.resolve_char_ref() {
            Ok(Some(character)) if is_xml_char(character) => character.to_string(),
            Ok(None) => match quick_xml::escape::resolve_xml_entity(reference) {
                Some(text) => text.to_owned(),
                None => return Err(self.malformed(at, "a reference to an entity is not accepted")),
            },
            _ => return Err(self.malformed(at, "a reference to a character that XML does not allow")),
        };
        if self.open.is_empty() {
            return Err(self.malformed(at, "text outside of the root element"));
        }
        self.text(at, &resolved)
    }

    fn declaration(&self, at: usize, declaration: &BytesDecl) -> Result<(), UblRefusal> {
        if at != 0 {
            return Err(self.malformed(at, "the XML declaration is not at the start"));
        }
        match declaration.version() {
            Ok(version) if version == "1.0" => {}
            _ => return Err(self.malformed(at, "the XML version is not 1.0")),
        }
        match declaration.encoding() {
            None => Ok(()),
            Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("UTF-8") => Ok(()),
            Some(_) => Err(self.malformed(at, "the declared encoding is not UTF-8")),
        }
    }

    fn offset(&self) -> usize {
        // At most MAX_BYTES, which every usize holds.
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn here(&self) -> String {
        self.open.last().map_or_else(|| "/".to_owned(), |id| self.tree.path(*id))
    }

    fn too_large(&self, detail: String) -> UblRefusal {
        UblRefusal::new("TIJDIG-LIMIT", self.here(), detail)
    }

    fn malformed(&self, offset: usize, detail: &str) -> UblRefusal {
        let before = self.source.get(..offset).unwrap_or(self.source);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        UblRefusal::new("XML", format!("{} (line {line}, column {column})", self.here()), detail)
    }
}

/// Says what is wrong without repeating what the document says.
fn describe(error: &quick_xml::Error) -> &'static str {
    use quick_xml::errors::IllFormedError;
    match error {
        quick_xml::Error::Syntax(_) => "markup is not closed",
        quick_xml::Error::IllFormed(IllFormedError::MismatchedEndTag { .. }) => {
            "an end tag does not fit its start tag"
        }
        quick_xml::Error::IllFormed(IllFormedError::UnmatchedEndTag(_)) => "an end tag without a start tag",
        quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => {
            "an ampersand that starts no reference"
        }
        quick_xml::Error::IllFormed(IllFormedError::DoubleHyphenInComment) => "two hyphens within a comment",
        quick_xml::Error::Namespace(_) => "a namespace declaration that is not allowed, or too many of them",
        _ => "is not well-formed",
    }
}

/// XML 1.0, production 2 (`Char`); surrogates cannot occur in a Rust string.
fn is_xml_char(c: char) -> bool {
    is_white_space(c) || (c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}')
}

fn is_white_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' ')
}

/// A name without a colon; wider than the XML production outside of ASCII, where nothing that we read has its name.
fn is_name(name: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
    name.starts_with(starts) && name.chars().all(|c| starts(c) || c.is_ascii_digit() || c == '-' || c == '.')
}
