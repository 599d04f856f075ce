//! The elements of an XML document, with bounds on everything that an attacker chooses.
//!
//! What is absent: DTDs and entities of their own (so no expansion), recursion (so depth costs no stack), and the
//! comments, processing instructions and attributes that nobody reads. Which namespaces there are is told by the
//! format that is read: a [`Vocabulary`].

use quick_xml::XmlVersion;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace as XmlNamespace, ResolveResult};
use quick_xml::reader::NsReader;

use crate::refusal::FormatRefusal;

/// Deepest nesting of elements.
pub const MAX_DEPTH: usize = 64;
/// Most elements that are held at one time. A line of a real invoice has some 25, so this is more than 2 MB of it can
/// hold.
pub const MAX_ELEMENTS: usize = 100_000;
/// Most attributes, namespace declarations included, on one element: keeps the check for double ones cheap.
pub const MAX_ATTRIBUTES: usize = 32;
/// Longest name of an element in a path, in characters: who is refused is not answered megabytes.
const MAX_NAME: usize = 60;
/// Most namespace declarations in scope at one place: every element's prefix is looked up among them.
pub const MAX_NAMESPACES: usize = 128;

/// The namespaces that a format speaks of, and how it names their elements.
pub(crate) trait Vocabulary: std::fmt::Debug + Copy + Eq {
    /// The attributes that are kept.
    const ATTRIBUTES: &'static [&'static str];

    /// The encodings that a document may declare, in upper case.
    const ENCODINGS: &'static [&'static str];

    /// The namespace of this name.
    fn of(uri: &str) -> Self;

    /// Every namespace that the format does not speak of, and none at all.
    fn other() -> Self;

    /// The prefix in paths, which is the usual one and not the document's own.
    fn prefix(self) -> &'static str;

    /// Whether the element `local` of this namespace is what the format calls `name`.
    fn is_called(self, local: &str, name: &str) -> bool;
}

/// What becomes of an element once it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harvest {
    /// It stays in the tree.
    Keep,
    /// It was used and is forgotten, with all below it: a long document does not have to be held.
    Drop,
}

/// Place of an element in its [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ElementId(usize);

#[derive(Debug)]
struct Element<V> {
    namespace: V,
    name: String,
    parent: Option<ElementId>,
    children: Vec<ElementId>,
    text: String,
    attributes: Vec<(&'static str, String)>,
}

/// A well-formed document; the root is always there.
#[derive(Debug)]
pub(crate) struct Tree<V> {
    elements: Vec<Element<V>>,
}

impl<V: Vocabulary> Tree<V> {
    /// Reads a whole document in UTF-8 of at most so many bytes.
    pub(crate) fn parse(xml: &[u8], most_bytes: usize) -> Result<Tree<V>, FormatRefusal> {
        check_size(xml, most_bytes)?;
        Tree::read(utf8(xml)?, |_, _| Ok(Harvest::Keep))
    }

    /// Reads a document and shows each element to `harvest` when it ends, which says whether it is to stay.
    pub(crate) fn read(
        text: &str,
        harvest: impl FnMut(&Tree<V>, ElementId) -> Result<Harvest, FormatRefusal>,
    ) -> Result<Tree<V>, FormatRefusal> {
        let builder = Builder::new(text.strip_prefix('\u{feff}').unwrap_or(text), harvest);
        let disallowed = builder.source.char_indices().find(|(_, c)| !is_xml_char(*c));
        if let Some((offset, _)) = disallowed {
            return Err(builder.malformed(offset, "a character that XML does not allow"));
        }
        builder.build()
    }

    pub(crate) fn root(&self) -> ElementId {
        ElementId(0)
    }

    pub(crate) fn namespace(&self, id: ElementId) -> V {
        self.elements[id.0].namespace
    }

    pub(crate) fn name(&self, id: ElementId) -> &str {
        &self.elements[id.0].name
    }

    /// The children of that name, such as `cbc:ID` (always by the usual prefix).
    pub(crate) fn children<'t>(
        &'t self,
        id: ElementId,
        name: &'t str,
    ) -> impl Iterator<Item = ElementId> + 't {
        self.elements[id.0].children.iter().copied().filter(move |child| self.is_called(*child, name))
    }

    /// The text without white space around it; none where there is none.
    pub(crate) fn text(&self, id: ElementId) -> Option<&str> {
        Some(self.elements[id.0].text.trim()).filter(|text| !text.is_empty())
    }

    /// An attribute of [`Vocabulary::ATTRIBUTES`], without white space around it; none where it is empty.
    pub(crate) fn attribute(&self, id: ElementId, name: &str) -> Option<&str> {
        let attributes = &self.elements[id.0].attributes;
        attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn parent(&self, id: ElementId) -> Option<ElementId> {
        self.elements[id.0].parent
    }

    /// The path from the root, as [`FormatRefusal::path`] wants it.
    pub(crate) fn path(&self, id: ElementId) -> String {
        let mut steps = Vec::new();
        let mut here = Some(id);
        while let Some(id) = here {
            let element = &self.elements[id.0];
            let step = format!("/{}{}", element.namespace.prefix(), clipped(&element.name));
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

    pub(crate) fn is_called(&self, id: ElementId, name: &str) -> bool {
        let element = &self.elements[id.0];
        element.namespace.is_called(&element.name, name)
    }

    /// Forgets the element that ended last, and all below it: in the order of the document, that is the rest.
    fn forget(&mut self, id: ElementId) {
        let parent = self.elements[id.0].parent;
        self.elements.truncate(id.0);
        if let Some(parent) = parent {
            self.elements[parent.0].children.pop();
        }
    }
}

/// Turns the reader's events into elements and refuses what is not allowed.
struct Builder<'x, V, H> {
    source: &'x str,
    reader: NsReader<&'x [u8]>,
    tree: Tree<V>,
    open: Vec<ElementId>,
    harvest: H,
}

impl<'x, V, H> Builder<'x, V, H>
where
    V: Vocabulary,
    H: FnMut(&Tree<V>, ElementId) -> Result<Harvest, FormatRefusal>,
{
    fn new(source: &'x str, harvest: H) -> Builder<'x, V, H> {
        let mut reader = NsReader::from_str(source);
        reader.config_mut().check_comments = true;
        reader.resolver_mut().set_max_namespace_bindings(MAX_NAMESPACES);
        Builder { source, reader, tree: Tree { elements: Vec::new() }, open: Vec::new(), harvest }
    }

    fn build(mut self) -> Result<Tree<V>, FormatRefusal> {
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
                    self.end()?;
                }
                Event::End(_) => self.end()?,
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

    fn end(&mut self) -> Result<(), FormatRefusal> {
        // The reader refuses an end tag without its start tag.
        let Some(id) = self.open.pop() else { return Ok(()) };
        if (self.harvest)(&self.tree, id)? == Harvest::Drop && id != self.tree.root() {
            self.tree.forget(id);
        }
        Ok(())
    }

    fn finish(self, at: usize) -> Result<Tree<V>, FormatRefusal> {
        if !self.open.is_empty() {
            return Err(self.malformed(at, "an element is not closed"));
        }
        if self.tree.elements.is_empty() {
            return Err(self.malformed(at, "there is no element"));
        }
        Ok(self.tree)
    }

    fn start(&mut self, at: usize, tag: &BytesStart) -> Result<(), FormatRefusal> {
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
            ResolveResult::Bound(XmlNamespace(uri)) => V::of(uri),
            ResolveResult::Unbound => V::other(),
            ResolveResult::Unknown(_) => return Err(self.malformed(at, "a prefix that is not declared")),
        };
        let attributes = self.attributes(at, tag)?;
        let id = ElementId(self.tree.elements.len());
        let parent = self.open.last().copied();
        if let Some(parent) = parent {
            self.tree.elements[parent.0].children.push(id);
        }
        let (name, children, text) = (name.to_owned(), Vec::new(), String::new());
        self.tree.elements.push(Element { namespace, name, parent, children, text, attributes });
        self.open.push(id);
        Ok(())
    }

    /// Checks all attributes and gives the values of those that are kept.
    fn attributes(&self, at: usize, tag: &BytesStart) -> Result<Vec<(&'static str, String)>, FormatRefusal> {
        // Counted first: looking for double ones costs the square of their number.
        if tag.attributes().with_checks(false).take(MAX_ATTRIBUTES + 1).count() > MAX_ATTRIBUTES {
            return Err(self.too_large(format!("an element has more than {MAX_ATTRIBUTES} attributes")));
        }
        let mut kept = Vec::new();
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
            let known = V::ATTRIBUTES.iter().find(|known| **known == name);
            if let Some(known) = known.filter(|_| !value.trim().is_empty()) {
                kept.push((*known, value.trim().to_owned()));
            }
        }
        Ok(kept)
    }

    fn text(&mut self, at: usize, text: &str) -> Result<(), FormatRefusal> {
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
    fn reference(&mut self, at: usize, reference: &BytesRef) -> Result<(), FormatRefusal> {
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

    fn declaration(&self, at: usize, declaration: &BytesDecl) -> Result<(), FormatRefusal> {
        if at != 0 {
            return Err(self.malformed(at, "the XML declaration is not at the start"));
        }
        match declaration.version() {
            Ok(version) if version == "1.0" => {}
            _ => return Err(self.malformed(at, "the XML version is not 1.0")),
        }
        match declaration.encoding() {
            None => Ok(()),
            Some(Ok(encoding)) if V::ENCODINGS.iter().any(|known| encoding.eq_ignore_ascii_case(known)) => {
                Ok(())
            }
            Some(_) => {
                let detail = format!("the declared encoding is not {}", V::ENCODINGS.join(" or "));
                Err(self.malformed(at, &detail))
            }
        }
    }

    fn offset(&self) -> usize {
        // At most MAX_BYTES, which every usize holds.
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn here(&self) -> String {
        self.open.last().map_or_else(|| "/".to_owned(), |id| self.tree.path(*id))
    }

    fn too_large(&self, detail: String) -> FormatRefusal {
        FormatRefusal::new("TIJDIG-LIMIT", self.here(), detail)
    }

    fn malformed(&self, offset: usize, detail: &str) -> FormatRefusal {
        let before = self.source.get(..offset).unwrap_or(self.source);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        FormatRefusal::new("XML", format!("{} (line {line}, column {column})", self.here()), detail)
    }
}

/// A name as a path tells it: one that is longer than any format has is cut off.
fn clipped(name: &str) -> &str {
    name.char_indices().nth(MAX_NAME).map_or(name, |(end, _)| &name[..end])
}

/// Refuses more than so many bytes.
pub(crate) fn check_size(bytes: &[u8], most_bytes: usize) -> Result<(), FormatRefusal> {
    if bytes.len() > most_bytes {
        return Err(FormatRefusal::new("TIJDIG-LIMIT", "/", format!("larger than {most_bytes} bytes")));
    }
    Ok(())
}

/// The text of a document in UTF-8.
pub(crate) fn utf8(xml: &[u8]) -> Result<&str, FormatRefusal> {
    std::str::from_utf8(xml).map_err(|error| {
        FormatRefusal::new("XML", format!("/ (byte {})", error.valid_up_to()), "is not UTF-8")
    })
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
