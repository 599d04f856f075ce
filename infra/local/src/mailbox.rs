//! The mails that the stand-in of SES took in, kept from run to run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Outcome, While};

/// A mail as its receiver sees it, with what the sender told SES about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// SES's message id.
    pub id: String,
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    pub text: Option<String>,
    pub html: Option<String>,
    /// Names of the attachments.
    pub attachments: Vec<String>,
    pub tags: BTreeMap<String, String>,
    pub configuration_set: Option<String>,
    /// By the calendar of the local run.
    pub sent_at: Timestamp,
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    Mail(Box<Mail>),
    /// The events of this mail were put on the bus.
    Told(String),
}

#[derive(Debug, Default)]
struct Kept {
    mails: Vec<Mail>,
    told: BTreeSet<String>,
}

/// An appended file and what it says.
#[derive(Debug)]
pub struct Mailbox {
    file: Mutex<File>,
    kept: Mutex<Kept>,
}

impl Mailbox {
    pub fn open(path: PathBuf) -> Outcome<Mailbox> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(path)
            .during("opening the mailbox")?;
        let mut kept = Kept::default();
        for line in BufReader::new(&file).lines() {
            match serde_json::from_str(&line.during("reading the mailbox")?) {
                Ok(Line::Mail(mail)) => kept.mails.push(*mail),
                Ok(Line::Told(id)) => {
                    kept.told.insert(id);
                }
                // The last line of a run that was killed while it wrote: that mail was never acknowledged.
                Err(error) => eprintln!("the mailbox has a line that cannot be read: {error}"),
            }
        }
        Ok(Mailbox { file: Mutex::new(file), kept: Mutex::new(kept) })
    }

    /// Takes a mail in; once this returns, it is kept.
    pub fn take(&self, mail: Mail) -> Outcome<()> {
        self.append(&Line::Mail(Box::new(mail.clone())))?;
        self.kept()?.mails.push(mail);
        Ok(())
    }

    pub fn note_told(&self, id: &str) -> Outcome<()> {
        self.append(&Line::Told(id.to_owned()))?;
        self.kept()?.told.insert(id.to_owned());
        Ok(())
    }

    /// Every mail, oldest first.
    pub fn mails(&self) -> Outcome<Vec<Mail>> {
        Ok(self.kept()?.mails.clone())
    }

    /// The mails whose events are not on the bus yet, oldest first.
    pub fn untold(&self) -> Outcome<Vec<Mail>> {
        let kept = self.kept()?;
        Ok(kept.mails.iter().filter(|mail| !kept.told.contains(&mail.id)).cloned().collect())
    }

    fn append(&self, line: &Line) -> Outcome<()> {
        let mut text = serde_json::to_string(line).during("writing the mailbox")?;
        text.push('\n');
        let mut file = self.file.lock().map_err(|_| poisoned())?;
        file.write_all(text.as_bytes()).during("writing the mailbox")
    }

    fn kept(&self) -> Outcome<MutexGuard<'_, Kept>> {
        self.kept.lock().map_err(|_| poisoned())
    }
}

fn poisoned() -> Failure {
    Failure::because("the mailbox was left in disorder by a panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(id: &str) -> Mail {
        Mail {
            id: id.to_owned(),
            from: "a@example.nl".to_owned(),
            to: vec!["b@example.nl".to_owned()],
            subject: "s".to_owned(),
            text: None,
            html: None,
            attachments: Vec::new(),
            tags: BTreeMap::new(),
            configuration_set: None,
            sent_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_mailbox_that_is_opened_again_knows_its_mails_and_what_is_still_to_tell() {
        let path = std::env::temp_dir().join(format!("tijdig-mailbox-{}", std::process::id()));
        if path.exists() {
            std::fs::remove_file(&path).unwrap();
        }
        let mailbox = Mailbox::open(path.clone()).unwrap();
        mailbox.take(mail("1")).unwrap();
        mailbox.take(mail("2")).unwrap();
        mailbox.note_told("1").unwrap();

        let again = Mailbox::open(path).unwrap();
        assert_eq!(again.mails().unwrap().len(), 2);
        let untold: Vec<_> = again.untold().unwrap().into_iter().map(|mail| mail.id).collect();
        assert_eq!(untold, ["2"]);
    }
}
