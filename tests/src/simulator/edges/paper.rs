//! Who prints letters: a printer that says how each stands, and a folder that a print shop empties. Nothing is typeset: a
//! letter is a short file with its own words.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use fastrand::Rng;
use outside::files::{Files, FilesError, MemoryFiles, Upload, Writing};
use outside::http::Secret;
use outside::letters::{Account, HandedIn, Letter, Printer, PrinterError, Standing};
use outside::outcome::{RefusalKind, SendOutcome};
use send_letter::press::{DocumentError, Page, Press};
use serde_json::Value;

use super::super::calendar::{DAY, HOUR, Instant, timestamp};
use super::super::weather::{Fate, Function, happens};
use super::{Inner, ProcessId, SLOWEST_CALL, SLOWEST_STORE, Seen, Shared};

/// Sets nothing: the file is the letter's words.
#[derive(Debug)]
pub struct PlainPress;

impl Press for PlainPress {
    fn set(&self, page: &Page) -> Result<Bytes, DocumentError> {
        serde_json::to_vec(page).map(Bytes::from).map_err(|_| DocumentError::NotSet)
    }
}

/// A letter that was given up to be printed.
#[derive(Debug)]
pub struct Taken {
    pub process: ProcessId,
    pub notice: String,
    pub page: Value,
    /// The printer says by itself how it stands.
    pub tells: bool,
    pub answered: bool,
    /// It is there already, under the same id of ours: nothing is printed by it.
    pub again: bool,
}

/// How a letter ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Arrives,
    /// The post has it, and nothing more is told.
    Untold,
    ComesBack,
    NotPrinted,
}

/// What becomes of a letter.
#[derive(Debug, Clone)]
pub(super) struct Course {
    posted: Instant,
    ends: Instant,
    end: End,
}

impl Course {
    fn drawn(rng: &mut Rng, now: Instant) -> Course {
        let posted = now + rng.i64(2 * HOUR..4 * DAY);
        let end = match rng.u32(..16) {
            0 | 1 => End::ComesBack,
            2 => End::NotPrinted,
            3..8 => End::Arrives,
            _ => End::Untold,
        };
        let days = if end == End::ComesBack { 20 } else { 6 };
        Course { posted, ends: posted + rng.i64(DAY..days * DAY), end }
    }

    fn standing(&self, now: Instant) -> Standing {
        let ended = self.ends <= now;
        match self.end {
            End::NotPrinted if ended => Standing::NotSent,
            End::NotPrinted => Standing::UnderWay,
            _ if now < self.posted => Standing::UnderWay,
            End::Arrives if ended => Standing::Delivered { at: None },
            End::ComesBack if ended => Standing::Undeliverable,
            End::Arrives | End::ComesBack | End::Untold => {
                Standing::Posted { at: Some(timestamp(self.posted)) }
            }
        }
    }
}

impl Shared {
    /// A letter is there: under an id that is known already nothing is printed a second time.
    fn take_letter_in(&self, id: &str, page: &[u8], tells: bool, answered: bool) {
        let again = {
            let mut inner = self.inner();
            let Inner { paper, letters, now, .. } = &mut *inner;
            let again = letters.contains_key(id);
            if !again {
                letters.insert(id.to_owned(), Course::drawn(paper, *now));
            }
            again
        };
        let notice = id.split_once('.').map_or(id, |(_, notice)| notice).to_owned();
        let page = serde_json::from_slice(page).unwrap_or_default();
        let process = self.process();
        self.saw(Seen::Posted(Box::new(Taken { process, notice, page, tells, answered, again })));
    }
}

/// The printer that tells, as the function that sends reaches it.
#[derive(Debug)]
pub struct PrinterEdge {
    pub shared: Arc<Shared>,
}

fn refused(reason: &str, kind: RefusalKind) -> SendOutcome {
    SendOutcome::Refused { reason: reason.to_owned(), kind }
}

#[async_trait]
impl Printer for PrinterEdge {
    async fn hand_in(&self, _letter: &Letter, account: &Account) -> Result<HandedIn, SendOutcome> {
        let unavailable = || Err(refused("unavailable", RefusalKind::Temporary));
        match self.shared.step(Function::SendLetter, "upload", SLOWEST_CALL).await {
            Fate::LostBefore | Fate::LostAfter | Fate::Throttled => return unavailable(),
            Fate::KilledAfter => self.shared.die().await,
            Fate::Done | Fate::KilledBefore | Fate::Conflict => {}
        }
        if account.keys.is_none() {
            return Err(refused("401", RefusalKind::Permanent));
        }
        Ok(HandedIn { place: Secret::new("slot"), proof: Secret::new("proof") })
    }

    async fn send(&self, letter: &Letter, _handed_in: &HandedIn, _account: &Account) -> SendOutcome {
        let unknown = || SendOutcome::Unknown { reason: "timeout".to_owned() };
        let fate = self.shared.step(Function::SendLetter, "letter", SLOWEST_CALL).await;
        let (refused_for_good, sabotage) = {
            let mut inner = self.shared.inner();
            let Inner { rng, weather, sabotage, .. } = &mut *inner;
            (happens(rng, weather.throttled / 4), *sabotage)
        };
        let mut outcome = match fate {
            Fate::LostBefore => unknown(),
            Fate::Throttled => refused("429", RefusalKind::Temporary),
            Fate::Done if refused_for_good => refused("422", RefusalKind::Permanent),
            _ => {
                self.shared.take_letter_in(&letter.id, &letter.pdf, true, fate == Fate::Done);
                match fate {
                    Fate::KilledAfter => {
                        self.shared.die().await;
                        unknown()
                    }
                    Fate::LostAfter => unknown(),
                    _ => SendOutcome::Accepted { message_id: letter.id.clone() },
                }
            }
        };
        if let Some(sabotage) = sabotage {
            sabotage.on_answer(&mut outcome);
        }
        outcome
    }

    async fn look(&self, id: &str, _account: &Account) -> Result<Option<Standing>, PrinterError> {
        match self.shared.step(Function::SendLetter, "look", SLOWEST_CALL).await {
            Fate::LostBefore | Fate::LostAfter | Fate::Throttled => {
                return Err(PrinterError::Unavailable("no answer".to_owned()));
            }
            Fate::KilledAfter => self.shared.die().await,
            Fate::Done | Fate::KilledBefore | Fate::Conflict => {}
        }
        let inner = self.shared.inner();
        let course = inner.letters.get(id).ok_or(PrinterError::NotFound)?;
        Ok(Some(course.standing(inner.now)))
    }
}

/// The bucket, as the function that sends letters reaches it: a manifest in the folder gives its letter up to the print shop.
#[derive(Debug)]
pub struct FolderEdge {
    pub shared: Arc<Shared>,
    pub files: MemoryFiles,
}

#[async_trait]
impl Files for FolderEdge {
    async fn put(&self, key: &str, bytes: Bytes, content_type: &str) -> Result<(), FilesError> {
        let unavailable = || Err(FilesError::Unavailable("no answer".to_owned()));
        let fate = self.shared.step(Function::SendLetter, "file", SLOWEST_STORE).await;
        if matches!(fate, Fate::LostBefore | Fate::Throttled) {
            return unavailable();
        }
        self.files.put(key, bytes.clone(), content_type).await?;
        if let Some(place) = key.strip_prefix("hand-off/").and_then(|key| key.strip_suffix(".json")) {
            let pdf = self.files.read(&format!("hand-off/{place}.pdf"), None).await?;
            let manifest: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let id = manifest["id"].as_str().unwrap_or_default();
            self.shared.take_letter_in(id, &pdf, false, fate == Fate::Done);
        }
        match fate {
            Fate::KilledAfter => {
                self.shared.die().await;
                unavailable()
            }
            Fate::LostAfter => unavailable(),
            _ => Ok(()),
        }
    }

    async fn begin(&self, key: &str, content_type: &str) -> Result<Box<dyn Writing>, FilesError> {
        self.files.begin(key, content_type).await
    }

    async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Bytes, FilesError> {
        self.files.read(key, range).await
    }

    async fn size(&self, key: &str) -> Result<Option<u64>, FilesError> {
        self.files.size(key).await
    }

    async fn delete(&self, key: &str) -> Result<(), FilesError> {
        self.files.delete(key).await
    }

    async fn upload(&self, key: &str, expires_in: Duration) -> Result<Upload, FilesError> {
        self.files.upload(key, expires_in).await
    }

    async fn download_url(&self, key: &str, name: &str, expires_in: Duration) -> Result<String, FilesError> {
        self.files.download_url(key, name, expires_in).await
    }
}
