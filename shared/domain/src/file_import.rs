//! A file that somebody uploads, and how far it was taken in.
//!
//! A file is taken in part by part. Each part is stored together with where it ended and what it counted, so whoever
//! goes on begins behind it, and a part that was begun by a process that died is taken in again: its records are upserts,
//! which change nothing the second time. So `read`, `accepted`, `ignored` and `refused` are the same whatever died.
//!
//! What is absent: the records, and how a format is read.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{AdministrationId, ImportId};

/// How long a file may be uploaded after it was announced. The credentials that sign the address last about as long.
pub const UPLOAD_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// An import that nobody went on with for so long is looked at again.
pub const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// How long an import that has ended is remembered.
pub const MEMORY: SignedDuration = SignedDuration::from_hours(24 * 90);

/// How often one part is begun before the import ends there. Each time it is smaller than the time before.
pub const MOST_ATTEMPTS: u32 = 12;

/// What the names of uploaded files begin with.
pub const UPLOADS: &str = "uploads";

/// The name under which a file is uploaded.
pub fn upload_name(administration: &AdministrationId, import: &ImportId) -> String {
    format!("{UPLOADS}/{administration}/{import}")
}

/// Whose upload a name stands for, if it is one's. An id holds no slash.
pub fn upload_of(name: &str) -> Option<(AdministrationId, ImportId)> {
    let mut parts = name.split('/');
    let (uploads, administration, import) = (parts.next()?, parts.next()?, parts.next()?);
    let found = (AdministrationId::parse(administration).ok()?, ImportId::parse(import).ok()?);
    (uploads == UPLOADS && parts.next().is_none()).then_some(found)
}

/// The name of the report of what was refused.
pub fn report_name(administration: &AdministrationId, import: &ImportId) -> String {
    format!("imports/{administration}/{import}/refused.csv")
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FileFormat {
    /// A JSON object in each line, as the records of a bulk call.
    Ndjson,
    /// Columns, as a mapping names them.
    Csv,
    /// UBL documents in a ZIP archive.
    UblZip,
    /// Bank statements as ISO 20022 has them.
    Camt053,
    /// Bank statements as SWIFT had them.
    Mt940,
}

impl FileFormat {
    /// All of them.
    pub const ALL: [FileFormat; 5] =
        [FileFormat::Ndjson, FileFormat::Csv, FileFormat::UblZip, FileFormat::Camt053, FileFormat::Mt940];

    /// As the API calls it.
    pub fn code(self) -> &'static str {
        match self {
            FileFormat::Ndjson => "ndjson",
            FileFormat::Csv => "csv",
            FileFormat::UblZip => "ublZip",
            FileFormat::Camt053 => "camt053",
            FileFormat::Mt940 => "mt940",
        }
    }

    /// From the API's name of it.
    pub fn parse(code: &str) -> Option<FileFormat> {
        FileFormat::ALL.into_iter().find(|format| format.code() == code)
    }

    /// Whether it holds movements on a bank account, and not records of the ledger.
    pub fn is_of_a_bank(self) -> bool {
        match self {
            FileFormat::Ndjson | FileFormat::Csv | FileFormat::UblZip => false,
            FileFormat::Camt053 | FileFormat::Mt940 => true,
        }
    }

    /// Largest file, in bytes. What is read line by line may be large; an archive or a statement is held as a whole.
    pub fn most_bytes(self) -> u64 {
        match self {
            FileFormat::Ndjson | FileFormat::Csv => 1_000_000_000,
            FileFormat::UblZip => 50_000_000,
            FileFormat::Camt053 | FileFormat::Mt940 => 32_000_000,
        }
    }
}

/// Where an import stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum FileImportState {
    /// Its file is still to come.
    AwaitingUpload,
    /// It is taken in.
    Running,
    /// All of it was read.
    Done,
    /// What was taken in before stays taken in.
    Failed {
        /// The name of the rule.
        reason: String,
        /// In words, without text of the file.
        detail: String,
    },
}

/// Where the next part begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilePosition {
    /// In bytes of lines and columns, in documents of an archive, in statements of a bank's file.
    pub at: u64,
    /// The line in the file, from 1; of a bank's file, lines of the statement that were taken in.
    pub line: u64,
    /// It lies within a line that is too long, whose end is looked for.
    #[serde(default)]
    pub within_line: bool,
}

/// What became of the records: lines, documents, or movements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileCounts {
    /// `accepted`, `ignored` and `refused` together.
    pub read: u64,
    /// Taken in: what they say is known here.
    pub accepted: u64,
    /// Of those, the ones that said nothing new. Records that a part brought whose process died before it ended count here
    /// when the part is taken in again.
    pub unchanged: u64,
    /// Kept out by a rule on import.
    pub ignored: u64,
    /// Not taken in; each is told with its reasons.
    pub refused: u64,
}

impl FileCounts {
    /// Counts more of them.
    pub fn add(&mut self, more: FileCounts) {
        self.read += more.read;
        self.accepted += more.accepted;
        self.unchanged += more.unchanged;
        self.ignored += more.ignored;
        self.refused += more.refused;
    }
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileImport {
    /// Unique within its administration.
    pub id: ImportId,
    /// How its file is written.
    pub format: FileFormat,
    /// As its owner calls it: for people to tell imports apart.
    pub file_name: Option<String>,
    /// Which column is which field, as the reader of columns writes it.
    pub mapping: Option<String>,
    /// Where it stands.
    pub state: FileImportState,
    /// Of the uploaded file, in bytes.
    pub size: Option<u64>,
    /// Everything before this is taken in.
    pub position: FilePosition,
    /// How much there is, in the units of the position.
    pub total: Option<u64>,
    /// What the reader of the format wants to find again at the next part, as it writes it.
    pub kept: Option<String>,
    /// Of everything before the position.
    pub counts: FileCounts,
    /// How often the part at the position was begun.
    pub attempts: u32,
    /// Who asked for it: a token's subject.
    pub by: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Until when its file may be uploaded.
    pub upload_until: Timestamp,
    /// When its file was there.
    pub started_at: Option<Timestamp>,
    /// When it was done or failed.
    pub ended_at: Option<Timestamp>,
    /// When somebody has to look whether it goes on.
    pub due_at: Option<Timestamp>,
}

/// What one part of a file brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePart {
    /// Of this part alone.
    pub counts: FileCounts,
    /// Where the next one begins.
    pub next: FilePosition,
    /// As [`FileImport::kept`].
    pub kept: Option<String>,
}

impl FileImport {
    /// One that was asked for; its file is still to come.
    pub fn asked_for(
        id: ImportId,
        format: FileFormat,
        file_name: Option<String>,
        mapping: Option<String>,
        by: String,
        now: Timestamp,
    ) -> FileImport {
        FileImport {
            id,
            format,
            file_name,
            mapping,
            state: FileImportState::AwaitingUpload,
            size: None,
            position: FilePosition {
                at: 0,
                line: if format.is_of_a_bank() { 0 } else { 1 },
                within_line: false,
            },
            total: None,
            kept: None,
            counts: FileCounts::default(),
            attempts: 0,
            by,
            created_at: now,
            upload_until: now + UPLOAD_WITHIN,
            started_at: None,
            ended_at: None,
            // A file whose upload began in time may end a while later.
            due_at: Some(now + UPLOAD_WITHIN + UPLOAD_WITHIN),
        }
    }

    /// Whether it is being taken in.
    pub fn is_running(&self) -> bool {
        self.state == FileImportState::Running
    }

    /// Whether it is done or failed.
    pub fn has_ended(&self) -> bool {
        match self.state {
            FileImportState::AwaitingUpload | FileImportState::Running => false,
            FileImportState::Done | FileImportState::Failed { .. } => true,
        }
    }

    /// Its file is there.
    pub fn uploaded(&mut self, size: u64, now: Timestamp) {
        if self.state != FileImportState::AwaitingUpload {
            return;
        }
        self.size = Some(size);
        self.started_at = Some(now);
        self.state = FileImportState::Running;
        let most = self.format.most_bytes();
        if size > most {
            self.fail("file_too_large", &format!("is larger than {most} bytes"), now);
        }
    }

    /// Nobody uploaded its file in time.
    pub fn expire(&mut self, now: Timestamp) {
        if self.state == FileImportState::AwaitingUpload && self.due_at.is_some_and(|at| at <= now) {
            self.fail("not_uploaded", "was not uploaded in time", now);
        }
    }

    /// Somebody begins the next part. Whoever began it before, and is slow, can no longer store it.
    pub fn begin_part(&mut self, now: Timestamp) {
        self.attempts += 1;
        self.due_at = Some(now + LOOK_AGAIN);
        if self.attempts > MOST_ATTEMPTS {
            let line = self.position.line;
            self.fail(
                "part_never_ends",
                &format!("the part that begins at line {line} never came to its end"),
                now,
            );
        }
    }

    /// How many records the next part may have, of at most so many: fewer the more often it was begun.
    pub fn records_at_once(&self, most: usize) -> usize {
        let halvings = self.attempts.saturating_sub(1).min(usize::BITS - 1);
        (most >> halvings).max(1)
    }

    /// A part was taken in.
    pub fn take(&mut self, part: &FilePart, now: Timestamp) {
        self.counts.add(part.counts);
        self.position = part.next;
        self.kept.clone_from(&part.kept);
        self.attempts = 0;
        self.due_at = Some(now + LOOK_AGAIN);
    }

    /// All of it was read.
    pub fn finish(&mut self, now: Timestamp) {
        self.state = FileImportState::Done;
        self.end(now);
    }

    /// It cannot go on, for the reason of this name.
    pub fn fail(&mut self, reason: &str, detail: &str, now: Timestamp) {
        self.state = FileImportState::Failed { reason: reason.to_owned(), detail: detail.to_owned() };
        self.end(now);
    }

    fn end(&mut self, now: Timestamp) {
        self.ended_at = Some(now);
        self.due_at = None;
    }

    /// A person wants it to go on where it failed. Whether it does: one whose file never came is asked for anew.
    pub fn resume(&mut self, now: Timestamp) -> bool {
        match self.state {
            FileImportState::AwaitingUpload | FileImportState::Running => true,
            FileImportState::Done => false,
            FileImportState::Failed { .. }
                if self.size.is_none_or(|size| size > self.format.most_bytes()) =>
            {
                false
            }
            FileImportState::Failed { .. } => {
                self.state = FileImportState::Running;
                self.attempts = 0;
                self.ended_at = None;
                self.due_at = Some(now + LOOK_AGAIN);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn import(format: FileFormat) -> FileImport {
        let id = ImportId::parse("f1").unwrap();
        FileImport::asked_for(id, format, None, None, "tool".to_owned(), at("2026-11-30T08:00:00Z"))
    }

    fn part(read: u64, refused: u64, at: u64) -> FilePart {
        let counts = FileCounts { read, accepted: read - refused, refused, ..FileCounts::default() };
        FilePart { counts, next: FilePosition { at, line: read + 1, within_line: false }, kept: None }
    }

    #[test]
    fn an_import_runs_from_upload_to_end() {
        let mut import = import(FileFormat::Ndjson);
        let now = at("2026-11-30T08:10:00Z");
        import.uploaded(1_000, now);
        assert!(import.is_running());
        import.begin_part(now);
        import.take(&part(10, 1, 400), now);
        import.take(&part(12, 0, 1_000), now);
        import.finish(now);
        let counts = FileCounts { read: 22, accepted: 21, refused: 1, ..FileCounts::default() };
        assert_eq!((import.counts, import.position.at), (counts, 1_000));
        assert_eq!((import.ended_at, import.due_at), (Some(now), None));
        assert!(!import.resume(now), "what is done stays done");
    }

    #[test]
    fn a_file_is_as_large_as_its_format_allows() {
        let now = at("2026-11-30T08:10:00Z");
        for format in FileFormat::ALL {
            for (over, runs) in [(0, true), (1, false)] {
                let mut import = import(format);
                import.uploaded(format.most_bytes() + over, now);
                assert_eq!(import.is_running(), runs, "{format:?} {over}");
                assert_eq!(import.resume(now), runs, "{format:?} {over}");
            }
        }
    }

    #[test]
    fn a_part_that_never_ends_gets_smaller_and_then_ends_the_import() {
        let now = at("2026-11-30T08:10:00Z");
        let mut import = import(FileFormat::Csv);
        import.uploaded(1_000, now);
        let mut sizes = Vec::new();
        for _ in 0..MOST_ATTEMPTS {
            import.begin_part(now);
            assert!(import.is_running());
            sizes.push(import.records_at_once(250));
        }
        assert_eq!(sizes, [250, 125, 62, 31, 15, 7, 3, 1, 1, 1, 1, 1]);
        import.begin_part(now);
        assert!(
            matches!(&import.state, FileImportState::Failed { reason, .. } if reason == "part_never_ends")
        );
        assert!(import.resume(now), "a person may try again");
        import.begin_part(now);
        assert_eq!((import.is_running(), import.records_at_once(250)), (true, 250));
    }

    #[test]
    fn an_upload_that_never_comes_is_over_after_its_time() {
        for (now, over) in [("2026-11-30T09:59:59Z", false), ("2026-11-30T10:00:00Z", true)] {
            let mut import = import(FileFormat::Mt940);
            import.expire(at(now));
            assert_eq!(import.has_ended(), over, "{now}");
            assert_eq!(import.resume(at(now)), !over, "{now}");
        }
    }

    #[test]
    fn an_upload_is_told_by_its_name() {
        let (a, f) = (AdministrationId::parse("demo").unwrap(), ImportId::parse("f1").unwrap());
        assert_eq!(upload_of(&upload_name(&a, &f)), Some((a.clone(), f.clone())));
        for other in
            ["", "uploads/demo", "uploads/demo/f1/x", "uploads//f1", "uploads/de mo/f1", &report_name(&a, &f)]
        {
            assert_eq!(upload_of(other), None, "{other}");
        }
    }

    #[test]
    fn a_format_is_read_back_from_its_code() {
        for format in FileFormat::ALL {
            assert_eq!(FileFormat::parse(format.code()), Some(format));
        }
        assert_eq!(FileFormat::parse("xlsx"), None);
    }
}
