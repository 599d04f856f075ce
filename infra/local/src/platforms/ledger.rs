//! What the platforms received, appended to a file so that a restart keeps it.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use domain::provider::Provider;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::check::{Facts, Fault};
use crate::failure::{Outcome, While};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Operation {
    Create,
    Update,
    Withdraw,
}

/// One operation that was taken in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Submission {
    pub provider: Provider,
    pub provider_reference: String,
    pub operation: Operation,
    /// `early` or `crisis`.
    pub kind: String,
    /// Euros with two decimals.
    pub amount: String,
    /// Four digits.
    pub municipality: String,
    pub received_at: Timestamp,
    pub identification: String,
    pub idempotency_key: String,
    /// As it came in.
    pub body: Value,
}

/// One operation that was refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    pub provider: Provider,
    pub operation: Operation,
    pub received_at: Timestamp,
    pub faults: Vec<Fault>,
}

/// A report that a municipality made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub provider: Provider,
    pub id: String,
    pub provider_reference: String,
    pub code: String,
    pub at: Timestamp,
}

/// An operation as the wire of one provider had it.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) provider: Provider,
    pub(super) operation: Operation,
    /// The signal that is updated or withdrawn.
    pub(super) reference: Option<String>,
    pub(super) identification: String,
    pub(super) idempotency_key: String,
    pub(super) body: Value,
    /// What a create or update says; a withdrawal says nothing.
    pub(super) facts: Result<Option<Facts>, Vec<Fault>>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Taken {
    /// Now or before, under the same key.
    In {
        reference: String,
    },
    Refused(Vec<Fault>),
    /// The key was used for something else.
    KeyReused,
    NoSuchSignal,
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    Submission(Box<Submission>),
    Refusal(Box<Refusal>),
    /// A feedback was made; its id is never used again.
    Feedback(u64),
    Report(Box<Report>),
}

#[derive(Debug, Default)]
struct Kept {
    submissions: Vec<Submission>,
    refusals: Vec<Refusal>,
    feedback: u64,
    reports: Vec<Report>,
}

#[derive(Debug)]
pub(super) struct Ledger {
    kept: Mutex<(File, Kept)>,
}

impl Ledger {
    pub(super) fn open(path: &Path) -> Outcome<Ledger> {
        let mut options = OpenOptions::new();
        let file =
            options.create(true).append(true).read(true).open(path).during("opening the signals' file")?;
        let mut kept = Kept::default();
        for line in BufReader::new(&file).lines() {
            match serde_json::from_str(&line.during("reading the signals' file")?) {
                Ok(line) => kept.add(line),
                // The last line of a run that was killed while it wrote: nobody got a receipt for it.
                Err(error) => eprintln!("the signals' file has a line that cannot be read: {error}"),
            }
        }
        Ok(Ledger { kept: Mutex::new((file, kept)) })
    }

    pub(super) fn submissions(&self) -> Vec<Submission> {
        self.lock().1.submissions.clone()
    }

    pub(super) fn refusals(&self) -> Vec<Refusal> {
        self.lock().1.refusals.clone()
    }

    /// Whose signal this is.
    pub(super) fn provider_of(&self, reference: &str) -> Option<Provider> {
        let kept = self.lock();
        kept.1
            .submissions
            .iter()
            .find(|known| known.provider_reference == reference)
            .map(|known| known.provider)
    }

    /// A number that no feedback had before, also in earlier runs.
    pub(super) fn next_feedback(&self) -> Outcome<u64> {
        let mut guard = self.lock();
        let number = guard.1.feedback + 1;
        append(&mut guard, Line::Feedback(number))?;
        Ok(number)
    }

    /// Keeps a report for whoever asks.
    pub(super) fn keep(&self, report: Report) -> Outcome<()> {
        append(&mut self.lock(), Line::Report(Box::new(report)))
    }

    /// Every report of one platform.
    pub(super) fn all_reports(&self, provider: Provider) -> Vec<Report> {
        self.lock().1.reports.iter().filter(|report| report.provider == provider).cloned().collect()
    }

    /// The reports of one platform about the signals of one creditor, from this place in all of them on, and the place behind
    /// the last.
    pub(super) fn reports(
        &self,
        provider: Provider,
        identification: &str,
        from: usize,
        most: usize,
    ) -> (Vec<Report>, usize) {
        let guard = self.lock();
        let kept = &guard.1;
        let is_theirs = |report: &&Report| {
            let of = kept.submissions.iter().filter(|s| s.provider_reference == report.provider_reference);
            report.provider == provider && of.into_iter().any(|s| s.identification == identification)
        };
        let found = kept.reports.iter().filter(is_theirs).skip(from).take(most).cloned();
        let found: Vec<Report> = found.collect();
        let next = from + found.len();
        (found, next)
    }

    /// Takes an operation in; once this returns, it is kept.
    pub(super) fn take(&self, received: Received, now: Timestamp) -> Outcome<Taken> {
        let mut guard = self.lock();
        let (provider, operation) = (received.provider, received.operation);
        let taken = decide(&guard.1, received, now);
        match taken {
            Decided::New(submission) => {
                let reference = submission.provider_reference.clone();
                append(&mut guard, Line::Submission(submission))?;
                Ok(Taken::In { reference })
            }
            Decided::Answer(answer) => {
                if let Taken::Refused(faults) = &answer {
                    let faults = faults.clone();
                    let refusal = Refusal { provider, operation, received_at: now, faults };
                    append(&mut guard, Line::Refusal(Box::new(refusal)))?;
                }
                Ok(answer)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, (File, Kept)> {
        // Whoever panicked while holding it had not begun to change it: `add` is the last thing that happens.
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Kept {
    fn add(&mut self, line: Line) {
        match line {
            Line::Submission(submission) => self.submissions.push(*submission),
            Line::Refusal(refusal) => self.refusals.push(*refusal),
            Line::Feedback(number) => self.feedback = number,
            Line::Report(report) => self.reports.push(*report),
        }
    }

    fn latest(&self, provider: Provider, reference: &str) -> Option<&Submission> {
        let mine = |known: &&Submission| known.provider == provider && known.provider_reference == reference;
        self.submissions.iter().rev().find(mine)
    }
}

fn append(guard: &mut MutexGuard<'_, (File, Kept)>, line: Line) -> Outcome<()> {
    let mut text = serde_json::to_string(&line).during("writing the signals' file")?;
    text.push('\n');
    guard.0.write_all(text.as_bytes()).during("writing the signals' file")?;
    guard.1.add(line);
    Ok(())
}

enum Decided {
    New(Box<Submission>),
    Answer(Taken),
}

fn decide(kept: &Kept, received: Received, now: Timestamp) -> Decided {
    let same_key = |known: &&Submission| {
        known.provider == received.provider && known.idempotency_key == received.idempotency_key
    };
    if let Some(earlier) = kept.submissions.iter().find(same_key) {
        let reference = earlier.provider_reference.clone();
        let same_signal = received.reference.as_ref().is_none_or(|named| *named == reference);
        let same = earlier.operation == received.operation && earlier.body == received.body && same_signal;
        return Decided::Answer(if same { Taken::In { reference } } else { Taken::KeyReused });
    }
    let earlier = match &received.reference {
        Some(reference) => match kept.latest(received.provider, reference) {
            Some(earlier) if earlier.operation == Operation::Withdraw => {
                return Decided::Answer(Taken::Refused(vec![Fault::new("status", "ingetrokken")]));
            }
            Some(earlier) => Some(earlier),
            None => return Decided::Answer(Taken::NoSuchSignal),
        },
        None => None,
    };
    let facts = match received.facts {
        Ok(facts) => facts,
        Err(faults) => return Decided::Answer(Taken::Refused(faults)),
    };
    let known = || {
        earlier.map(|e| Facts {
            kind: e.kind.clone(),
            amount: e.amount.clone(),
            municipality: e.municipality.clone(),
        })
    };
    let Some(facts) = facts.or_else(known) else { return Decided::Answer(Taken::NoSuchSignal) };
    Decided::New(Box::new(Submission {
        provider: received.provider,
        provider_reference: received.reference.unwrap_or_else(|| new_reference(kept, received.provider, now)),
        operation: received.operation,
        kind: facts.kind,
        amount: facts.amount,
        municipality: facts.municipality,
        received_at: now,
        identification: received.identification,
        idempotency_key: received.idempotency_key,
        body: received.body,
    }))
}

fn new_reference(kept: &Kept, provider: Provider, now: Timestamp) -> String {
    let created = |known: &&Submission| known.provider == provider && known.operation == Operation::Create;
    let number = kept.submissions.iter().filter(created).count() + 1;
    let year = now.strftime("%Y");
    match provider {
        Provider::Bkr => format!("VPS-{year}-{number:06}"),
        Provider::Inforing => format!("RIS{year}{number:07}"),
    }
}
