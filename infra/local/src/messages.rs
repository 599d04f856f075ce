//! The messages that went another way than by mail, as the stand-ins took them in, kept from run to run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Outcome, While};

/// A message as its receiver gets it, with what the sender told the service about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The service's own id.
    pub id: String,
    /// `sms`, `letter` or `voice`.
    pub channel: String,
    /// Who it comes from, by its name at the service.
    pub from: String,
    /// The number that it goes to; of a letter the page alone says.
    pub to: String,
    pub text: String,
    /// Of a letter: the address of its PDF in the local run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdf: Option<String>,
    /// What names the notice: `administration` and `notice`.
    pub context: BTreeMap<String, String>,
    /// By the calendar of the local run.
    pub sent_at: Timestamp,
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    Message(Box<Message>),
    /// What became of this message was told.
    Told {
        id: String,
        status: String,
    },
    /// Nothing more is told of it.
    AllTold(String),
}

#[derive(Debug, Default)]
struct Kept {
    messages: Vec<Message>,
    statuses: BTreeMap<String, Vec<String>>,
    all_told: BTreeSet<String>,
}

/// An appended file and what it says. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Messages {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: Mutex<File>,
    kept: Mutex<Kept>,
}

/// A message with what was told of it so far.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    #[serde(flatten)]
    pub message: Message,
    /// In the order in which they were told.
    pub statuses: Vec<String>,
}

impl Messages {
    pub fn open(path: PathBuf) -> Outcome<Messages> {
        let file = OpenOptions::new().create(true).append(true).read(true).open(path);
        let file = file.during("opening the messages")?;
        let mut kept = Kept::default();
        for line in BufReader::new(&file).lines() {
            match serde_json::from_str(&line.during("reading the messages")?) {
                Ok(line) => kept.note(line),
                // The last line of a run that was killed while it wrote: that message was never acknowledged.
                Err(error) => eprintln!("the messages have a line that cannot be read: {error}"),
            }
        }
        Ok(Messages { inner: Arc::new(Inner { file: Mutex::new(file), kept: Mutex::new(kept) }) })
    }

    /// Takes a message in; once this returns, it is kept.
    pub fn take(&self, message: Message) -> Outcome<()> {
        self.append(Line::Message(Box::new(message)))
    }

    pub fn note_told(&self, id: &str, status: &str) -> Outcome<()> {
        self.append(Line::Told { id: id.to_owned(), status: status.to_owned() })
    }

    pub fn note_all_told(&self, id: &str) -> Outcome<()> {
        self.append(Line::AllTold(id.to_owned()))
    }

    /// Every message, oldest first.
    pub fn all(&self) -> Outcome<Vec<Shown>> {
        let kept = self.kept()?;
        let shown = |message: &Message| Shown {
            statuses: kept.statuses.get(&message.id).cloned().unwrap_or_default(),
            message: message.clone(),
        };
        Ok(kept.messages.iter().map(shown).collect())
    }

    /// The last that was told of this message, where anything was.
    pub fn last_told(&self, id: &str) -> Outcome<Option<String>> {
        Ok(self.kept()?.statuses.get(id).and_then(|told| told.last()).cloned())
    }

    /// Those of a channel of which something is still to be told, oldest first.
    pub fn untold(&self, channel: &str) -> Outcome<Vec<Message>> {
        let kept = self.kept()?;
        let untold = |m: &&Message| m.channel == channel && !kept.all_told.contains(&m.id);
        Ok(kept.messages.iter().filter(untold).cloned().collect())
    }

    fn append(&self, line: Line) -> Outcome<()> {
        let mut text = serde_json::to_string(&line).during("writing the messages")?;
        text.push('\n');
        let mut file = self.inner.file.lock().map_err(|_| poisoned())?;
        file.write_all(text.as_bytes()).during("writing the messages")?;
        self.kept()?.note(line);
        Ok(())
    }

    fn kept(&self) -> Outcome<MutexGuard<'_, Kept>> {
        self.inner.kept.lock().map_err(|_| poisoned())
    }
}

impl Kept {
    fn note(&mut self, line: Line) {
        match line {
            Line::Message(message) => self.messages.push(*message),
            Line::Told { id, status } => self.statuses.entry(id).or_default().push(status),
            Line::AllTold(id) => {
                self.all_told.insert(id);
            }
        }
    }
}

fn poisoned() -> Failure {
    Failure::because("the messages were left in disorder by a panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str) -> Message {
        Message {
            id: id.to_owned(),
            channel: "sms".to_owned(),
            from: "Voorbeeld".to_owned(),
            to: "+31612345678".to_owned(),
            text: "t".to_owned(),
            pdf: None,
            context: BTreeMap::new(),
            sent_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn messages_that_are_opened_again_know_what_was_told_of_them() {
        let path = std::env::temp_dir().join(format!("tijdig-messages-{}", std::process::id()));
        if path.exists() {
            std::fs::remove_file(&path).unwrap();
        }
        let messages = Messages::open(path.clone()).unwrap();
        messages.take(message("1")).unwrap();
        messages.take(message("2")).unwrap();
        messages.note_told("1", "TEXT_DELIVERED").unwrap();
        messages.note_all_told("1").unwrap();

        let again = Messages::open(path).unwrap();
        let shown: Vec<_> = again.all().unwrap().into_iter().map(|m| (m.message.id, m.statuses)).collect();
        let told = vec!["TEXT_DELIVERED".to_owned()];
        assert_eq!(shown, [("1".to_owned(), told), ("2".to_owned(), Vec::new())]);
        let untold: Vec<_> = again.untold("sms").unwrap().into_iter().map(|m| m.id).collect();
        assert_eq!(untold, ["2"]);
        assert_eq!(again.untold("letter").unwrap(), []);
    }
}
