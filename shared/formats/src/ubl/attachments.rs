//! The documents within a document (BG-24).

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::document::UblAttachment;
use super::reader::Reader;
use crate::content::{Content, file_name};
use crate::xml::ElementId;

/// Most documents within one document.
pub const MAX_ATTACHMENTS: usize = 20;
/// Most bytes that they have together.
pub const MAX_ATTACHED_BYTES: usize = 10_000_000;

const OBJECT: &str = "cac:Attachment/cbc:EmbeddedDocumentBinaryObject";

/// Senders leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads what is embedded. A reference to something elsewhere is never followed.
pub(super) fn read(reader: &mut Reader) -> Vec<UblAttachment> {
    let (mut attachments, mut left): (Vec<UblAttachment>, usize) = (Vec::new(), MAX_ATTACHED_BYTES);
    for reference in reader.all("cac:AdditionalDocumentReference") {
        if reader.refusals.is_full() {
            break;
        }
        let id = reader.required(reference, "cbc:ID", "BR-52", "the reference of the document is missing");
        let Some(object) = reader.find(reference, OBJECT) else { continue };
        let Some(bytes) = decode(reader, object, left) else { continue };
        left -= bytes.len();
        let Some(content) = Content::of(&bytes) else { continue };
        if attachments.len() == MAX_ATTACHMENTS {
            let detail = format!("more than {MAX_ATTACHMENTS} documents are embedded");
            reader.refuse(object, "", "TIJDIG-LIMIT", &detail);
            break;
        }
        let number = attachments.len() + 1;
        let given = reader.tree.attribute(object, "filename").unwrap_or_default();
        let mut name = file_name(given, content, &format!("document-{number}"));
        let taken = |known: &UblAttachment| known.file_name.to_lowercase() == name.to_lowercase();
        if attachments.iter().any(taken) {
            name = format!("{number}-{name}");
        }
        attachments.push(UblAttachment {
            reference: id,
            description: reader.text(reference, "cbc:DocumentDescription"),
            file_name: name,
            content,
            bytes,
        });
    }
    attachments
}

/// The bytes of one document, at most `left` of them.
fn decode(reader: &mut Reader, object: ElementId, left: usize) -> Option<Vec<u8>> {
    let text = reader.tree.text(object)?;
    let plain: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    // Four characters are three bytes.
    if plain.len() / 4 * 3 > left + 3 {
        let detail = format!("the embedded documents are larger than {MAX_ATTACHED_BYTES} bytes");
        reader.refuse(object, "", "TIJDIG-LIMIT", &detail);
        return None;
    }
    match BASE64.decode(plain) {
        Ok(bytes) if bytes.len() <= left => Some(bytes),
        Ok(_) => {
            let detail = format!("the embedded documents are larger than {MAX_ATTACHED_BYTES} bytes");
            reader.refuse(object, "", "TIJDIG-LIMIT", &detail);
            None
        }
        Err(_) => {
            reader.refuse(object, "", "XSD", "is not base64");
            None
        }
    }
}
