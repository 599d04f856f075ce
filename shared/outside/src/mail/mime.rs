//! The message as it goes over the wire (RFC 5322, RFC 2045-2047).

use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;

use super::Mail;

/// Why a mail cannot be written. Never holds what was wrong: it may be personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum MimeError {
    #[error("no_recipient")]
    NoRecipient,
    #[error("bad_address")]
    BadAddress,
    #[error("bad_image")]
    BadImage,
    #[error("bad_attachment")]
    BadAttachment,
    #[error("not_written")]
    NotWritten,
}

/// Writes the whole message: `multipart/related` around the two alternatives and the images, so that a reader
/// who shows only text carries no attachments.
///
/// The mail service sets the Date and Message-ID itself (it replaces those that the builder adds), and there is
/// no image that is fetched when the mail is read.
pub(super) fn write(mail: &Mail) -> Result<Vec<u8>, MimeError> {
    message(mail)?.write_to_vec().map_err(|_| MimeError::NotWritten)
}

/// The same as it is kept: of this instant, and under this name in place of the one that the mail service gives.
pub(super) fn write_copy(mail: &Mail, name: &str, at: Timestamp) -> Result<Vec<u8>, MimeError> {
    let message = message(mail)?.date(at.as_second()).message_id(format!("{name}@copy.invalid"));
    message.write_to_vec().map_err(|_| MimeError::NotWritten)
}

fn message(mail: &Mail) -> Result<MessageBuilder<'_>, MimeError> {
    check(mail)?;
    let alternatives = MimePart::new(
        "multipart/alternative",
        vec![MimePart::new("text/plain", mail.text.as_str()), MimePart::new("text/html", mail.html.as_str())],
    );
    let body = if mail.inline_images.is_empty() { alternatives } else { with_images(alternatives, mail) };
    let body = if mail.attachments.is_empty() { body } else { with_attachments(body, mail) };
    let mut message = MessageBuilder::new()
        .from(Address::new_address(Some(one_line(&mail.from_name)), mail.from_address.as_str()))
        .to(Address::new_list(mail.to.iter().map(|to| Address::from(to.as_str())).collect()))
        .subject(one_line(&mail.subject))
        // RFC 3834: keeps holiday answers and other robots from answering.
        .header("Auto-Submitted", Raw::new("auto-generated"))
        // The same for Exchange, which does not look at the header above.
        .header("X-Auto-Response-Suppress", Raw::new("OOF, AutoReply"))
        .body(body);
    if let Some(reply_to) = &mail.reply_to {
        message = message.reply_to(reply_to.as_str());
    }
    Ok(message)
}

fn with_images<'a>(alternatives: MimePart<'a>, mail: &'a Mail) -> MimePart<'a> {
    // RFC 2387 wants the type of the root part named.
    let related = ContentType::new("multipart/related").attribute("type", "multipart/alternative");
    let images = mail.inline_images.iter().map(|image| {
        MimePart::new(image.content_type.as_str(), image.bytes.as_slice()).inline().cid(image.cid.as_str())
    });
    MimePart::new(related, std::iter::once(alternatives).chain(images).collect::<Vec<_>>())
}

fn with_attachments<'a>(body: MimePart<'a>, mail: &'a Mail) -> MimePart<'a> {
    let files = mail.attachments.iter().map(|file| {
        let part = MimePart::new(file.content_type.as_str(), file.bytes.as_ref());
        part.attachment(one_line(&file.file_name))
    });
    MimePart::new("multipart/mixed", std::iter::once(body).chain(files).collect::<Vec<_>>())
}

/// A header cannot be left through its value: line ends and other control characters become spaces.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

fn check(mail: &Mail) -> Result<(), MimeError> {
    if mail.to.is_empty() {
        return Err(MimeError::NoRecipient);
    }
    let mut addresses = mail.to.iter().chain([&mail.from_address]).chain(&mail.reply_to);
    if !addresses.all(|address| is_address(address)) {
        return Err(MimeError::BadAddress);
    }
    let plain =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && !"<>\"".contains(c));
    let good_image = |image: &super::InlineImage| {
        plain(&image.cid) && plain(&image.content_type) && image.content_type.starts_with("image/")
    };
    if !mail.inline_images.iter().all(good_image) {
        return Err(MimeError::BadImage);
    }
    let good_file =
        |file: &super::Attachment| plain(&file.content_type) && !one_line(&file.file_name).is_empty();
    if mail.attachments.iter().all(good_file) { Ok(()) } else { Err(MimeError::BadAttachment) }
}

/// One bare address. The whole rule is `domain::debtor::EmailAddress`; here only what could break out of the header.
fn is_address(address: &str) -> bool {
    let graphic = |c: char| c.is_ascii_graphic() && !"<>,;:\"()[]\\".contains(c);
    address.len() <= 254
        && address.chars().all(graphic)
        && address
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use mail_parser::{MessageParser, MimeHeaders, PartType};

    use super::*;
    use crate::mail::{Attachment, InlineImage};

    fn mail() -> Mail {
        Mail {
            from_name: "Energie Überall – klantenservice".to_owned(),
            from_address: "facturen@energie.example".to_owned(),
            to: vec!["j.devries@example.nl".to_owned(), "zoë".replace('ë', "e") + "@example.nl"],
            reply_to: Some("vragen@energie.example".to_owned()),
            subject: "Herinnering: € 363,00 staat nog open – factuur 2026-0001, 2026-0002 en 2026-0003"
                .to_owned(),
            text: "Beste mevrouw Ångström,\n\nEr staat € 363,00 open.\n.\nFrom hier.\n".to_owned(),
            html: format!("<p>Beste mevrouw Ångström</p><img src=\"cid:qr\" alt=\"\">{}", "x".repeat(3_000)),
            inline_images: vec![InlineImage {
                cid: "qr".to_owned(),
                content_type: "image/png".to_owned(),
                bytes: vec![0x89, b'P', b'N', b'G', 0, 13, 10, 255],
            }],
            attachments: Vec::new(),
            tags: Vec::new(),
        }
    }

    fn attachment(file_name: &str) -> Attachment {
        let content_type = "application/pdf".to_owned();
        Attachment {
            file_name: file_name.to_owned(),
            content_type,
            bytes: Bytes::from_static(b"%PDF-1.7\xff\x00"),
        }
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let mail = mail();
        let bytes = write(&mail).unwrap();
        let read = MessageParser::default().parse(&bytes).unwrap();

        let from = read.from().unwrap().first().unwrap();
        assert_eq!(from.name(), Some(mail.from_name.as_str()));
        assert_eq!(from.address(), Some(mail.from_address.as_str()));
        let to: Vec<_> = read.to().unwrap().iter().map(|to| to.address().unwrap().to_owned()).collect();
        assert_eq!(to, mail.to);
        assert_eq!(read.reply_to().unwrap().first().unwrap().address(), mail.reply_to.as_deref());
        assert_eq!(read.subject(), Some(mail.subject.as_str()));
        let text = read.body_text(0).unwrap().replace("\r\n", "\n");
        assert_eq!(text.trim_end(), mail.text.trim_end());
        assert_eq!(read.body_html(0).unwrap().trim_end(), mail.html);
        assert_eq!(read.header("Auto-Submitted").unwrap().as_text(), Some("auto-generated"));
    }

    #[test]
    fn a_copy_says_what_left_and_of_which_instant() {
        let at: Timestamp = "2026-11-30T08:00:00Z".parse().unwrap();
        let bytes = write_copy(&mail(), "d1.n3.1", at).unwrap();
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(read.message_id(), Some("d1.n3.1@copy.invalid"));
        assert_eq!(read.date().unwrap().to_timestamp(), at.as_second());
        assert_eq!(read.subject(), Some(mail().subject.as_str()));
        assert_eq!(read.body_html(0).unwrap().trim_end(), mail().html);
    }

    #[test]
    fn images_are_related_to_the_alternatives() {
        let bytes = write(&mail()).unwrap();
        let read = MessageParser::default().parse(&bytes).unwrap();
        let types: Vec<String> = read
            .parts
            .iter()
            .map(|part| {
                let content_type = part.content_type().unwrap();
                format!("{}/{}", content_type.ctype(), content_type.subtype().unwrap_or_default())
            })
            .collect();
        assert_eq!(
            types,
            ["multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png"]
        );
        let image = &read.parts[4];
        assert_eq!(image.content_id(), Some("qr"));
        // Named as a part of the page, so that readers do not list it as an attachment.
        assert!(image.content_disposition().unwrap().is_inline());
        let (PartType::Binary(bytes) | PartType::InlineBinary(bytes)) = &image.body else {
            panic!("an image")
        };
        assert_eq!(bytes.as_ref(), mail().inline_images[0].bytes);
    }

    #[test]
    fn attachments_stand_beside_everything_that_is_read() {
        let name =
            "Factuur zoë 2026-0001 – met een naam die langer is dan een regel van een kop mag zijn.pdf";
        let mail = Mail { attachments: vec![attachment(name), attachment("2026-0002.pdf")], ..mail() };
        let bytes = write(&mail).unwrap();
        assert!(bytes.is_ascii());
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(read.parts[0].content_type().unwrap().subtype(), Some("mixed"));
        assert_eq!(read.body_html(0).unwrap().trim_end(), mail.html);
        let files: Vec<_> =
            read.attachments().filter(|part| !part.content_disposition().unwrap().is_inline()).collect();
        let names: Vec<_> = files.iter().map(|part| part.attachment_name().unwrap()).collect();
        assert_eq!(names, [name, "2026-0002.pdf"]);
        assert!(files.iter().all(|part| part.contents() == mail.attachments[0].bytes.as_ref()));
    }

    #[test]
    fn every_line_is_ascii_and_short_enough() {
        let bytes = write(&mail()).unwrap();
        assert!(bytes.is_ascii());
        for line in bytes.split(|b| *b == b'\n') {
            assert!(line.len() <= 999, "RFC 5322, 2.1.1: at most 998 characters and the line end");
        }
    }

    #[test]
    fn without_images_there_are_only_the_alternatives() {
        let bytes = write(&Mail { inline_images: Vec::new(), ..mail() }).unwrap();
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(read.parts.len(), 3);
        assert_eq!(read.parts[0].content_type().unwrap().subtype(), Some("alternative"));
    }

    #[test]
    fn a_header_cannot_be_left_through_a_value() {
        let sneaky = Mail {
            subject: "Rekening\r\nBcc: other@example.nl".to_owned(),
            from_name: "A\r\nBcc: other@example.nl".to_owned(),
            ..mail()
        };
        let bytes = write(&sneaky).unwrap();
        let read = MessageParser::default().parse(&bytes).unwrap();
        assert!(read.bcc().is_none());
        assert_eq!(read.subject(), Some("Rekening  Bcc: other@example.nl"));
    }

    #[test]
    fn bad_addresses_and_images_are_refused() {
        type Spoil = fn(&mut Mail);
        let table: [(&str, Spoil, MimeError); 8] = [
            ("no file name", |m| m.attachments.push(attachment("\r\n")), MimeError::BadAttachment),
            (
                "kind of file",
                |m| {
                    m.attachments
                        .push(Attachment { content_type: "a\r\nX: y".to_owned(), ..attachment("a.pdf") })
                },
                MimeError::BadAttachment,
            ),
            ("nobody", |m| m.to.clear(), MimeError::NoRecipient),
            ("line end", |m| m.to[0].push_str("\r\nBcc: a@b.nl"), MimeError::BadAddress),
            ("two in one", |m| m.to[0] = "a@b.nl,c@d.nl".to_owned(), MimeError::BadAddress),
            ("no at", |m| m.from_address = "a".to_owned(), MimeError::BadAddress),
            ("cid", |m| m.inline_images[0].cid = "a>\r\nX: y".to_owned(), MimeError::BadImage),
            (
                "not an image",
                |m| m.inline_images[0].content_type = "text/html".to_owned(),
                MimeError::BadImage,
            ),
        ];
        for (what, spoil, expected) in table {
            let mut mail = mail();
            spoil(&mut mail);
            assert_eq!(write(&mail), Err(expected), "{what}");
        }
    }
}
