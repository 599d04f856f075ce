//! Who sets the pages of a letter: Typst, by the documents package. Whoever runs this function for something else than
//! letters that are posted may pass in another.

pub use documents::DocumentError;
pub use documents::letter::Letter as Page;

use bytes::Bytes;

/// Sets letters.
pub trait Press: Send + Sync {
    /// The letter as PDF.
    ///
    /// # Errors
    /// [`DocumentError`].
    fn set(&self, page: &Page) -> Result<Bytes, DocumentError>;
}

/// Letters as they are posted.
#[derive(Debug, Clone, Copy)]
pub struct Typst;

impl Press for Typst {
    fn set(&self, page: &Page) -> Result<Bytes, DocumentError> {
        Ok(Bytes::from(documents::letter::print(page)?.pdf))
    }
}
