//! From a template and its data to a PDF: Typst, without files, packages or a clock.

use std::sync::LazyLock;

use serde::Serialize;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, comemo};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, pdf};

/// Why there is no document. Says nothing about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// A defect of the caller: the content is larger than a document may be.
    #[error("the document has more than {0} lines")]
    TooLong(usize),
    /// A defect of the template or of its data.
    #[error("the document could not be set")]
    NotSet,
    /// The pages could not be written as PDF.
    #[error("the document could not be written")]
    NotWritten,
}

/// The families that documents are set in; others of the collection are not looked at.
const FAMILIES: [&str; 2] = ["Libertinus Serif", "DejaVu Sans Mono"];

struct Fonts {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let all = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data)));
    let fonts: Vec<Font> = all.filter(|font| FAMILIES.contains(&font.info().family.as_str())).collect();
    Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
});

/// One template with its data: all that there is in the world.
struct Desk {
    library: LazyHash<Library>,
    main: Source,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _id: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// A document as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    pub pdf: Vec<u8>,
    pub pages: usize,
}

/// Sets `template` with `data`, which it finds as `sys.inputs`.
pub(crate) fn document(template: &'static str, data: &impl Serialize) -> Result<Printed, DocumentError> {
    let data = serde_json::to_value(data).map_err(|_| DocumentError::NotSet)?;
    let inputs: Dict = serde_json::from_value(data).map_err(|_| DocumentError::NotSet)?;
    let path = VirtualPath::new("main.typ").map_err(|_| DocumentError::NotSet)?;
    let id = RootedPath::new(VirtualRoot::Project, path).intern();
    let desk = Desk {
        library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
        main: Source::new(id, template.to_owned()),
    };
    let written =
        typst::compile::<PagedDocument>(&desk).output.map_err(|_| DocumentError::NotSet).and_then(|pages| {
            // Nothing of the machine or the hour is in it: no time stamp, and an id that follows from title and author.
            let options =
                PdfOptions { creator: Smart::Custom(Some("Tijdig".into())), ..PdfOptions::default() };
            let written = pdf(&pages, &options).map_err(|_| DocumentError::NotWritten)?;
            Ok(Printed { pdf: written, pages: pages.pages().len() })
        });
    // What was remembered for the next document would keep this one's names and amounts.
    comemo::evict(0);
    written
}
