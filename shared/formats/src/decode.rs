//! Bytes as text: the encodings that banks and spreadsheets use without saying so.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

/// UTF-8 where it is that, with or without byte order mark; else windows-1252, in which every byte is a character.
pub(crate) fn utf8_or_windows_1252(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => windows_1252(bytes),
    }
}

/// Windows-1252, of which ISO 8859-1 without control characters is a part.
pub(crate) fn windows_1252(bytes: &[u8]) -> Cow<'_, str> {
    WINDOWS_1252.decode_without_bom_handling(bytes).0
}
