//! A folder in a bucket, which any print shop can empty: each letter as a PDF, and beside it a manifest as JSON.
//!
//! `hand-off/{administration}/{day}/{file}.pdf`, and `.json` once the PDF is whole: whoever takes letters out goes by the
//! manifests. The same letter again replaces itself. What became of a letter, people report (`POST
//! /v1/notices/{id}/delivery`).

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use domain::calendar::today;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Account, HandedIn, Letter, Printer, PrinterError, Standing};
use crate::files::{Files, FilesError};
use crate::http::Secret;
use crate::outcome::{RefusalKind, SendOutcome, refused};

/// Letters by a folder.
#[derive(Debug, Clone)]
pub struct HandOff {
    pub files: Arc<dyn Files>,
}

/// Where a letter lies, without what ends it: the name follows from our id alone, so that a second try takes the place of the
/// first, and says nothing of anybody.
fn place(letter: &Letter, account: &Account) -> String {
    let file = hexadecimal(&Sha256::digest(letter.id.as_bytes()));
    format!("hand-off/{}/{}/{file}", account.administration, today(letter.made_at))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[async_trait]
impl Printer for HandOff {
    async fn hand_in(&self, letter: &Letter, account: &Account) -> Result<HandedIn, SendOutcome> {
        let place = place(letter, account);
        let put = self.files.put(&format!("{place}.pdf"), letter.pdf.clone(), "application/pdf").await;
        match put {
            Ok(()) => Ok(HandedIn { place: Secret::new(place), proof: Secret::new("") }),
            Err(error) => Err(refused(RefusalKind::Temporary, error.to_string())),
        }
    }

    async fn send(&self, letter: &Letter, handed_in: &HandedIn, account: &Account) -> SendOutcome {
        let place = handed_in.place.expose();
        let file = place.rsplit('/').next().unwrap_or_default();
        let manifest = json!({
            "version": 1,
            "id": letter.id,
            "administration": account.administration,
            "file": format!("{file}.pdf"),
            "sha256": hexadecimal(&Sha256::digest(&letter.pdf)),
            "bytes": letter.pdf.len(),
            "madeAt": letter.made_at.to_string(),
            "addressPosition": "left",
            "twoSided": letter.rules.two_sided,
            "colour": letter.rules.colour,
        });
        let bytes = Bytes::from(manifest.to_string());
        match self.files.put(&format!("{place}.json"), bytes, "application/json").await {
            Ok(()) => SendOutcome::Accepted { message_id: file.to_owned() },
            // The manifest may lie there: the second try writes the same one over it.
            Err(FilesError::Unavailable(_)) => {
                SendOutcome::Unknown { reason: "files_unavailable".to_owned() }
            }
            Err(error) => refused(RefusalKind::Temporary, error.to_string()),
        }
    }

    async fn look(&self, _id: &str, _account: &Account) -> Result<Option<Standing>, PrinterError> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use domain::channels::LetterRules;
    use jiff::Timestamp;

    use super::*;
    use crate::files::MemoryFiles;

    #[tokio::test]
    async fn a_letter_lies_beside_its_manifest_however_often_it_is_sent() {
        let files = Arc::new(MemoryFiles::default());
        let hand_off = HandOff { files: files.clone() };
        let letter = Letter {
            id: "demo.d1.n3".to_owned(),
            pdf: Bytes::from_static(b"%PDF-1.7 letter"),
            rules: LetterRules::default(),
            made_at: "2026-09-08T23:30:00Z".parse::<Timestamp>().unwrap(),
        };
        let account = Account { administration: "demo".to_owned(), keys: None };
        let mut outcomes = Vec::new();
        for _ in 0..2 {
            let handed_in = hand_off.hand_in(&letter, &account).await.unwrap();
            outcomes.push(hand_off.send(&letter, &handed_in, &account).await);
        }
        let SendOutcome::Accepted { message_id } = &outcomes[0] else { panic!("{outcomes:?}") };
        assert_eq!(outcomes[0], outcomes[1]);
        // The day is that of Amsterdam.
        let place = format!("hand-off/demo/2026-09-09/{message_id}");
        let pdf = files.read(&format!("{place}.pdf"), None).await.unwrap();
        assert_eq!(pdf, letter.pdf);
        let manifest = files.read(&format!("{place}.json"), None).await.unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
        assert_eq!((&manifest["id"], &manifest["bytes"]), (&json!("demo.d1.n3"), &json!(15)));
    }
}
