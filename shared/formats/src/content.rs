//! What a file is, by its first bytes, and a name for it that is safe to offer.
//!
//! What is absent: whatever the sender says of it. A type that is claimed and a name that is given are never trusted.

/// The kinds of files that are kept beside an invoice, or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A PDF document.
    Pdf,
    /// A PNG image.
    Png,
    /// A JPEG image.
    Jpeg,
    /// An XML document, with or without its declaration, well-formed or not.
    Xml,
}

impl Content {
    /// By the signature that each kind begins with; none for every other kind.
    pub fn of(bytes: &[u8]) -> Option<Content> {
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Content::Pdf),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Content::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Content::Jpeg),
            _ => {
                let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
                is_xml(text.trim_ascii_start()).then_some(Content::Xml)
            }
        }
    }

    /// As HTTP names it.
    pub fn media_type(self) -> &'static str {
        match self {
            Content::Pdf => "application/pdf",
            Content::Png => "image/png",
            Content::Jpeg => "image/jpeg",
            Content::Xml => "application/xml",
        }
    }

    fn extensions(self) -> &'static [&'static str] {
        match self {
            Content::Pdf => &["pdf"],
            Content::Png => &["png"],
            Content::Jpeg => &["jpg", "jpeg"],
            Content::Xml => &["xml"],
        }
    }
}

fn is_xml(text: &[u8]) -> bool {
    let page = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"<html"));
    match text {
        [b'<', b'?', b'x', b'm', b'l', ..] => true,
        [b'<', name, ..] => !page && (name.is_ascii_alphabetic() || *name == b'_'),
        _ => false,
    }
}

/// Longest name that is given, in characters, without what is added behind it.
const LONGEST: usize = 100;

/// Device names of Windows, which are no files there whatever stands behind the point.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// A name to offer the file under: the last part of what the sender calls it, of letters, digits, spaces, `-`, `_`, `.`,
/// and brackets, ending as its content asks. `otherwise` where nothing is left.
pub fn file_name(given: &str, content: Content, otherwise: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let allowed = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '(' | ')');
    let plain: String = last.chars().filter(allowed).take(LONGEST).collect();
    let plain = plain.trim_matches([' ', '.']);
    let (stem, extension) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let fits = content.extensions().iter().any(|known| extension.eq_ignore_ascii_case(known));
    let stem = if fits { stem.trim_end_matches([' ', '.']) } else { plain };
    let first =
        stem.split('.').next().unwrap_or_default().trim_end().trim_end_matches(|c: char| c.is_ascii_digit());
    let device = DEVICES.iter().any(|device| first.eq_ignore_ascii_case(device));
    let stem = match stem {
        "" => otherwise.to_owned(),
        stem if device => format!("_{stem}"),
        stem => stem.to_owned(),
    };
    format!("{stem}.{}", content.extensions().first().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        let table: [(&[u8], Option<Content>); 16] = [
            (b"%PDF-1.7\n", Some(Content::Pdf)),
            (b"%PDF", None),
            (b" %PDF-1.7", None),
            (b"\x89PNG\r\n\x1a\n\0\0", Some(Content::Png)),
            (b"\x89PNG\n", None),
            (b"\xff\xd8\xff\xe0", Some(Content::Jpeg)),
            (b"<?xml version='1.0'?><a/>", Some(Content::Xml)),
            (b"\xef\xbb\xbf<?xml version='1.0'?>", Some(Content::Xml)),
            (b"\n<Invoice xmlns='a'>", Some(Content::Xml)),
            (b"<HTML><script>", None),
            (b"<!DOCTYPE html>", None),
            (b"< 3", None),
            (b"<", None),
            (b"PK\x03\x04", None),
            (b"MZ", None),
            (b"", None),
        ];
        for (bytes, expected) in table {
            assert_eq!(Content::of(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_name_is_safe_and_ends_as_its_content() {
        let table = [
            ("factuur 2026-0001.pdf", "factuur 2026-0001.pdf"),
            ("FACTUUR.PDF", "FACTUUR.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\temp\\factuur.pdf", "factuur.pdf"),
            ("factuur.pdf.exe", "factuur.pdf.exe.pdf"),
            ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie b.pdf"),
            ("\"; filename=x.pdf", "filenamex.pdf"),
            ("fact\u{202e}fdp.exe", "factfdp.exe.pdf"),
            ("Rekening café (2).pdf", "Rekening café (2).pdf"),
            (".htaccess", "htaccess.pdf"),
            ("con.pdf", "_con.pdf"),
            ("LPT1.txt.pdf", "_LPT1.txt.pdf"),
            ("concept.pdf", "concept.pdf"),
            ("a. .pdf", "a.pdf"),
            (".pdf", "pdf.pdf"),
            ("///", "document.pdf"),
            ("", "document.pdf"),
        ];
        for (given, expected) in table {
            assert_eq!(file_name(given, Content::Pdf, "document"), expected, "{given:?}");
        }
        assert_eq!(file_name("foto.jpeg", Content::Jpeg, "document"), "foto.jpg");
        assert_eq!(file_name(&"a".repeat(500), Content::Png, "document").len(), LONGEST + 4);
    }
}
