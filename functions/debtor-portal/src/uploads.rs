//! Forms with a file.

use std::collections::BTreeMap;

use axum::body::Bytes;
use formats::content::{Content, file_name};
use futures_util::stream;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use multer::{Constraints, Multipart, SizeLimit};
use pages::portal::Form;
use records::CheckedFile;
use runtime::unguessable::hash;

/// Largest file, in bytes.
pub(crate) const LARGEST_FILE: u64 = 3_000_000;

/// Largest other field, in bytes.
const LARGEST_FIELD: u64 = 16_384;

/// What came in one form.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    pub fields: BTreeMap<String, String>,
    /// The name that it was sent under, and its bytes; nothing where none was chosen.
    pub file: Option<(String, Bytes)>,
    /// A file was sent that is larger than it may be.
    pub too_large: bool,
}

/// Reads a form of these fields and one file.
///
/// `None` for what is no such form.
pub(crate) async fn read(headers: &HeaderMap, body: Bytes, names: &[&str], file: &str) -> Option<Upload> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let boundary = multer::parse_boundary(kind).ok()?;
    let limits = SizeLimit::new().per_field(LARGEST_FIELD).for_field(file, LARGEST_FILE);
    let allowed: Vec<&str> = names.iter().copied().chain([file]).collect();
    let constraints = Constraints::new().size_limit(limits).allowed_fields(allowed);
    let whole = stream::iter([Ok::<Bytes, std::io::Error>(body)]);
    let mut parts = Multipart::with_constraints(whole, boundary, constraints);
    let mut upload = Upload::default();
    while let Some(part) = parts.next_field().await.ok()? {
        let name = part.name()?.to_owned();
        if name == file {
            let given = part.file_name().unwrap_or_default().to_owned();
            match part.bytes().await {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => upload.file = Some((given, bytes)),
                Err(multer::Error::FieldSizeExceeded { .. }) => {
                    upload.too_large = true;
                    break;
                }
                Err(_) => return None,
            }
        } else {
            let value = part.text().await.ok()?;
            upload.fields.entry(name).or_insert(value);
        }
    }
    Some(upload)
}

/// The file, where it is one that is kept: by its content, whatever it is called. Its name begins with its hash, so that it
/// takes the place of no other.
pub(crate) fn checked(
    form: &mut Form,
    file: Option<(String, Bytes)>,
    too_large: bool,
) -> Option<CheckedFile> {
    if too_large {
        form.refuse("file", "file_too_large");
        return None;
    }
    let (given, bytes) = file?;
    let content =
        Content::of(&bytes).filter(|content| matches!(content, Content::Pdf | Content::Png | Content::Jpeg));
    let Some(content) = content else {
        form.refuse("file", "unknown_file");
        return None;
    };
    let mark = hash(&[&bytes]).chars().take(8).collect::<String>();
    let name = file_name(&given, content, "file");
    let checked = CheckedFile::parse(&format!("debtor-{mark}-{name}"), bytes);
    if checked.is_err() {
        form.refuse("file", "unknown_file");
    }
    checked.ok()
}
