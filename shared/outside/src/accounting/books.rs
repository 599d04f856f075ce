//! Which of the books that the keys open: [`Keys::books`], checked before it gets into an address or a document.

use super::{Keys, PackageError};

/// The books' own id at the package.
///
/// # Errors
/// Nobody said which, or it is no id.
pub(super) fn books(keys: &Keys) -> Result<&str, PackageError> {
    let books = keys.books.as_deref().ok_or(PackageError::Unauthorized)?;
    let plain = books.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if books.is_empty() || !plain {
        return Err(PackageError::Refused("books_are_no_id".to_owned()));
    }
    Ok(books)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn books_are_an_id() {
        let keys = |books: Option<&str>| Keys { books: books.map(str::to_owned), ..Keys::default() };
        assert_eq!(books(&keys(Some("NLA-002_058"))), Ok("NLA-002_058"));
        assert_eq!(books(&keys(None)), Err(PackageError::Unauthorized));
        for bad in ["", "/", "0?1", "..", "a b"] {
            assert_eq!(
                books(&keys(Some(bad))),
                Err(PackageError::Refused("books_are_no_id".to_owned())),
                "{bad}"
            );
        }
    }
}
