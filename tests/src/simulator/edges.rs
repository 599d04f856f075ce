//! Where a process meets the outside: table, queues, mail service, platforms. Every call is a step, at which the
//! weather strikes, time passes and others may go first.

mod paper;
mod text;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use contracts::failure::Failure;
use domain::dossier::Dossier;
use domain::provider::Provider;
use domain::timeline::Entry;
use fastrand::Rng;
use outside::mail::{Mail, Mailer, RefusalKind, SendOutcome};
use outside::platform::{
    Capabilities, FeedbackBy, MunicipalPlatform, Operation, Receipt, ReportPage, ReportsError, SignalMessage,
    SubmitOutcome,
};
use outside::sms::Sms;
use runtime::hints::Hints;
use runtime::queue::{Parked, Parking};
use store::MemoryTable;
use store::table::{Index, IndexKey, Key, Order, Page, Record, SortRange, Table, TableError, Write};

use super::calendar::{Instant, MINUTE, SECOND};
use super::sabotage::Sabotage;
use super::weather::{Fate, Function, Weather, happens};

pub use paper::{FolderEdge, PlainPress, PrinterEdge, Taken};
pub use text::TextEdge;

/// The queues between the functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueueName {
    Cases,
    Notices,
    Letters,
    Evaluations,
    Submissions,
    Reports,
    Overviews,
}

pub type ProcessId = u64;

/// Something that happened at an edge.
#[derive(Debug)]
pub enum Seen {
    /// A write was done.
    Wrote(Wrote),
    /// Hints were put on a queue.
    Hinted { queue: QueueName, bodies: Vec<String> },
    /// The mail service took a mail in.
    Mailed { process: ProcessId, mail: Box<Mail>, answered: bool },
    /// The service for text messages took one in.
    Texted { process: ProcessId, sms: Box<Sms>, answered: bool },
    /// A letter was given up to be printed.
    Posted(Box<Taken>),
    /// A platform took an operation in that it did not know yet.
    Submitted { operation: Operation, message: Box<SignalMessage>, reference: String, provider: Provider },
    /// A message was parked.
    Parked { reason: String, explanation: String, body: String },
    /// Something went wrong, for the trace.
    Struck { function: Function, at: &'static str, fate: Fate },
}

/// What one write put there, as far as anybody looks at it.
#[derive(Debug)]
pub struct Wrote {
    pub process: ProcessId,
    pub function: Function,
    /// The debtor whose dossier was written.
    pub debtor: Option<String>,
    /// When the dossier has to be looked at next, as the due index has it.
    pub due: Option<String>,
    /// When everyone is to be looked at anew, where this write says so; `None` within where that is done.
    pub walk: Option<Option<String>>,
    pub entries: Vec<Entry>,
    /// What the stream carries: name and detail.
    pub stream: Vec<(String, String)>,
    /// The settings were written.
    pub settings: bool,
    /// The dossier as it is stored from now on.
    pub dossier: Option<Box<Dossier>>,
}

#[derive(Debug)]
struct Inner {
    now: Instant,
    rng: Rng,
    /// What befalls the overview is drawn apart: nothing else is another story for its being there.
    rng_of_overview: Rng,
    weather: Weather,
    process: ProcessId,
    /// No step: somebody looks from outside the story.
    looking: bool,
    /// The instant until which the process that runs waits.
    gate: Option<Instant>,
    killed: bool,
    seen: Vec<Seen>,
    receipts: BTreeMap<String, String>,
    mails: usize,
    /// What is drawn of letters, so that it disturbs nothing else.
    paper: Rng,
    /// Letters that are there, by our id.
    letters: BTreeMap<String, paper::Course>,
    sabotage: Option<Sabotage>,
}

/// What all edges of one simulation share.
#[derive(Debug)]
pub struct Shared {
    pub table: MemoryTable,
    pub clock: Arc<AtomicI64>,
    pub ahead: Arc<AtomicI64>,
    inner: Mutex<Inner>,
}

/// What became of letting a process go on.
#[derive(Debug)]
pub struct Polled {
    pub gate: Option<Instant>,
    pub killed: bool,
    pub seen: Vec<Seen>,
}

impl Shared {
    pub fn new(rng: Rng, paper: Rng, weather: Weather, sabotage: Option<Sabotage>) -> Arc<Shared> {
        Arc::new(Shared {
            table: MemoryTable::weighing_plain(),
            clock: Arc::default(),
            ahead: Arc::default(),
            inner: Mutex::new(Inner {
                now: 0,
                rng_of_overview: Rng::with_seed(!rng.get_seed()),
                rng,
                weather,
                process: 0,
                looking: false,
                gate: None,
                killed: false,
                seen: Vec::new(),
                receipts: BTreeMap::new(),
                mails: 0,
                paper,
                letters: BTreeMap::new(),
                sabotage,
            }),
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("nobody panics while holding it")
    }

    pub fn set(&self, now: Instant) {
        let mut inner = self.inner();
        inner.now = now;
        let shown = inner.sabotage.map_or(now, |sabotage| sabotage.shows(now));
        self.clock.store(shown, Ordering::SeqCst);
        self.ahead.store(shown + MINUTE, Ordering::SeqCst);
    }

    /// From now on nothing goes wrong.
    pub fn calm_down(&self) {
        self.inner().weather = Weather::default();
    }

    /// While somebody looks, nothing is a step and nothing is noted.
    pub fn look(&self, looking: bool) {
        self.inner().looking = looking;
    }

    /// Lets `process` go on until its next step.
    pub fn begin(&self, process: ProcessId) {
        let mut inner = self.inner();
        inner.process = process;
        inner.gate = None;
        inner.killed = false;
    }

    pub fn end(&self) -> Polled {
        let mut inner = self.inner();
        Polled { gate: inner.gate.take(), killed: inner.killed, seen: std::mem::take(&mut inner.seen) }
    }

    fn saw(&self, seen: Seen) {
        let mut inner = self.inner();
        if !inner.looking {
            inner.seen.push(seen);
        }
    }

    fn process(&self) -> ProcessId {
        self.inner().process
    }

    /// Takes one step: draws how it goes, lets time pass, and says what is to be done.
    async fn step(self: &Arc<Self>, function: Function, at: &'static str, slowest: Instant) -> Fate {
        let (fate, until) = {
            let mut inner = self.inner();
            if inner.looking {
                return Fate::Done;
            }
            let Inner { rng, rng_of_overview, weather, now, .. } = &mut *inner;
            let rng = if function == Function::ProjectOverview { rng_of_overview } else { rng };
            let is_read = at == "read";
            let fate = if is_read {
                if happens(rng, weather.throttled / 4) { Fate::Throttled } else { Fate::Done }
            } else if happens(rng, weather.killed) {
                if rng.bool() { Fate::KilledBefore } else { Fate::KilledAfter }
            } else if happens(rng, weather.unanswered) {
                if rng.bool() { Fate::LostBefore } else { Fate::LostAfter }
            } else if happens(rng, weather.throttled) {
                Fate::Throttled
            } else if happens(rng, weather.conflict) && at == "write" {
                Fate::Conflict
            } else {
                Fate::Done
            };
            let usual = if slowest == SLOWEST_CALL { 30..=400 } else { 1..=12 };
            let delay = if happens(rng, weather.slow) { rng.i64(SECOND..=slowest) } else { rng.i64(usual) };
            let until = *now + delay;
            if fate != Fate::Done {
                inner.seen.push(Seen::Struck { function, at, fate });
            }
            (fate, until)
        };
        Gate { shared: self, until }.await;
        if fate == Fate::KilledBefore {
            self.die().await;
        }
        fate
    }

    /// The process ends here.
    async fn die(&self) {
        self.inner().killed = true;
        std::future::pending::<()>().await;
    }
}

/// Lets time pass until an instant.
struct Gate<'a> {
    shared: &'a Shared,
    until: Instant,
}

impl Future for Gate<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut inner = self.shared.inner();
        if inner.now >= self.until || inner.looking {
            return Poll::Ready(());
        }
        inner.gate = Some(inner.gate.map_or(self.until, |other| other.min(self.until)));
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// The longest that a step at the table takes.
const SLOWEST_STORE: Instant = 2 * SECOND;

/// A call to the outside is cut off after eight seconds.
const SLOWEST_CALL: Instant = 7 * SECOND;

/// The table, as one function reaches it.
#[derive(Debug, Clone)]
pub struct TableEdge {
    pub shared: Arc<Shared>,
    pub function: Function,
}

impl TableEdge {
    async fn read(&self) -> Result<(), TableError> {
        match self.shared.step(self.function, "read", SLOWEST_STORE).await {
            Fate::Throttled => Err(TableError::Unavailable("throttled".to_owned())),
            _ => Ok(()),
        }
    }

    fn sabotage(&self) -> Option<Sabotage> {
        let inner = self.shared.inner();
        inner.sabotage.filter(|_| !inner.looking)
    }

    fn seen_so(&self, mut record: Record) -> Record {
        if let Some(sabotage) = self.sabotage() {
            sabotage.on_read(self.function, &mut record);
        }
        record
    }

    fn noted(&self, writes: &[Write]) -> Wrote {
        let mut wrote = Wrote {
            process: self.shared.process(),
            function: self.function,
            debtor: None,
            due: None,
            walk: None,
            entries: Vec::new(),
            stream: Vec::new(),
            settings: false,
            dossier: None,
        };
        for write in writes {
            let record = match write {
                Write::Put { record, .. } => record,
                Write::Delete { key, .. } => {
                    if store::keys::walk_of(key).is_some() {
                        wrote.walk = Some(None);
                    }
                    continue;
                }
                Write::Check { .. } | Write::Count { .. } => continue,
            };
            let Key { partition, sort } = &record.key;
            let due = || record.due.as_ref().and_then(|due| due.sort.split('#').next()).map(str::to_owned);
            if store::keys::walk_of(&record.key).is_some() {
                wrote.walk = Some(due());
            }
            if let Some((_, debtor)) = store::keys::dossier_of(&record.key).filter(|_| sort == "D") {
                wrote.debtor = Some(debtor.to_string());
                wrote.due = due();
                let dossier = serde_json::from_slice(&record.document).expect("a dossier");
                wrote.dossier = Some(Box::new(dossier));
            } else if sort.starts_with(store::keys::TIMELINE_PREFIX) {
                wrote.entries.push(serde_json::from_slice(&record.document).expect("an entry"));
            }
            wrote.settings |= partition.ends_with("#A") && sort == "-";
        }
        wrote
    }
}

#[async_trait]
impl Table for TableEdge {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        self.read().await?;
        let found = self.shared.table.get(key).await?;
        let hidden = self.sabotage().is_some_and(|sabotage| sabotage.hides(self.function, key));
        Ok(found.filter(|_| !hidden).map(|record| self.seen_so(record)))
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Record>, TableError> {
        self.read().await?;
        self.shared.table.get_many(keys).await
    }

    async fn query(
        &self,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Record>, TableError> {
        self.read().await?;
        let mut page = self.shared.table.query(partition, range, order, limit, cursor).await?;
        if let Some(sabotage) = self.sabotage() {
            page.items.retain(|record| !sabotage.hides(self.function, &record.key));
        }
        Ok(page)
    }

    async fn query_index(
        &self,
        index: Index,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<(IndexKey, Key)>, TableError> {
        // Sixteen of these are one sweep: they go well or not together.
        self.shared.table.query_index(index, partition, range, order, limit, cursor).await
    }

    async fn write(&self, mut writes: Vec<Write>) -> Result<(), TableError> {
        let unavailable = || Err(TableError::Unavailable("no answer".to_owned()));
        let fate = self.shared.step(self.function, "write", SLOWEST_STORE).await;
        match fate {
            Fate::LostBefore | Fate::Throttled => return unavailable(),
            Fate::Conflict => return Err(TableError::Conflict { index: None }),
            _ => {}
        }
        if let Some(sabotage) = self.sabotage() {
            sabotage.on_write(self.function, &mut writes, &self.shared.table).await;
        }
        let mut wrote = self.noted(&writes);
        let result = self.shared.table.write(writes).await;
        if result.is_ok() {
            let carried = self.shared.table.drain_stream().into_iter();
            wrote.stream = carried.map(|record| (record.event.detail_type, record.event.detail)).collect();
            self.shared.saw(Seen::Wrote(wrote));
        }
        match fate {
            Fate::KilledAfter => {
                self.shared.die().await;
                unavailable()
            }
            Fate::LostAfter => unavailable(),
            _ => result,
        }
    }

    async fn pause(&self, duration: Duration) {
        let until = {
            let inner = self.shared.inner();
            inner.now + Instant::try_from(duration.as_millis()).expect("a short pause")
        };
        Gate { shared: &self.shared, until }.await;
    }
}

/// A queue, as one function reaches it.
#[derive(Debug)]
pub struct QueueEdge {
    pub shared: Arc<Shared>,
    pub function: Function,
    pub queue: QueueName,
}

#[async_trait]
impl Hints for QueueEdge {
    async fn put(&self, bodies: Vec<String>) -> Result<(), Failure> {
        if bodies.is_empty() {
            return Ok(());
        }
        let unavailable = || Err(Failure::unavailable("no answer of the queue"));
        let fate = self.shared.step(self.function, "hints", SLOWEST_STORE).await;
        if matches!(fate, Fate::LostBefore | Fate::Throttled) {
            return unavailable();
        }
        self.shared.saw(Seen::Hinted { queue: self.queue, bodies });
        match fate {
            Fate::KilledAfter => {
                self.shared.die().await;
                unavailable()
            }
            Fate::LostAfter => unavailable(),
            _ => Ok(()),
        }
    }
}

/// Where messages are parked.
#[derive(Debug)]
pub struct ParkingEdge {
    pub shared: Arc<Shared>,
}

#[async_trait]
impl Parking for ParkingEdge {
    async fn park(&self, message: Parked<'_>) -> Result<(), Failure> {
        self.shared.saw(Seen::Parked {
            reason: message.reason.to_owned(),
            explanation: message.explanation,
            body: message.body.to_owned(),
        });
        Ok(())
    }

    async fn postpone(&self, _receipt: &str, _seconds: u32) -> Result<(), Failure> {
        // The simulation draws by itself when it comes back: the product's own draw is no part of a seed.
        Ok(())
    }
}

/// The mail service.
#[derive(Debug)]
pub struct MailEdge {
    pub shared: Arc<Shared>,
}

#[async_trait]
impl Mailer for MailEdge {
    async fn send(&self, mail: &Mail) -> SendOutcome {
        let function = Function::SendNotice;
        let unknown = || SendOutcome::Unknown { reason: "timeout".to_owned() };
        let fate = self.shared.step(function, "mail", SLOWEST_CALL).await;
        let refused = |reason: &str, kind| SendOutcome::Refused { reason: reason.to_owned(), kind };
        let (number, refused_for_good, sabotage) = {
            let mut inner = self.shared.inner();
            let Inner { rng, weather, .. } = &mut *inner;
            let refused = happens(rng, weather.throttled / 4);
            inner.mails += 1;
            (inner.mails, refused, inner.sabotage)
        };
        let mut outcome = match fate {
            Fate::LostBefore => unknown(),
            Fate::Throttled => refused("Throttled", RefusalKind::Temporary),
            Fate::Done if refused_for_good => refused("MessageRejected", RefusalKind::Permanent),
            _ => {
                let answered = fate == Fate::Done;
                let (process, mail) = (self.shared.process(), Box::new(mail.clone()));
                self.shared.saw(Seen::Mailed { process, mail, answered });
                match fate {
                    Fate::KilledAfter => {
                        self.shared.die().await;
                        unknown()
                    }
                    Fate::LostAfter => unknown(),
                    _ => SendOutcome::Accepted { message_id: format!("m{number}") },
                }
            }
        };
        if let Some(sabotage) = sabotage {
            sabotage.on_answer(&mut outcome);
        }
        outcome
    }
}

/// A platform.
#[derive(Debug)]
pub struct PlatformEdge {
    pub shared: Arc<Shared>,
    pub provider: Provider,
}

#[async_trait]
impl MunicipalPlatform for PlatformEdge {
    fn provider(&self) -> Provider {
        self.provider
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            supports_update: true,
            supports_withdraw: true,
            supports_death: true,
            feedback: FeedbackBy::Push,
        }
    }

    async fn submit(&self, operation: Operation, message: &SignalMessage, _: &str) -> SubmitOutcome {
        let unknown = || SubmitOutcome::Unknown { reason: "timeout".to_owned() };
        let fate = self.shared.step(Function::SubmitSignal, "submission", SLOWEST_CALL).await;
        match fate {
            Fate::LostBefore => return unknown(),
            Fate::Throttled => return SubmitOutcome::Temporary { reason: "throttled".to_owned() },
            _ => {}
        }
        let known = self.shared.inner().receipts.get(&message.idempotency_key).cloned();
        let reference = known.clone().unwrap_or_else(|| {
            let mut inner = self.shared.inner();
            let reference = format!("{}-{}", self.provider, inner.receipts.len() + 1);
            inner.receipts.insert(message.idempotency_key.clone(), reference.clone());
            reference
        });
        if known.is_none() {
            let (provider, reference) = (self.provider, reference.clone());
            let mut message = Box::new(message.clone());
            if let Some(sabotage) = self.shared.inner().sabotage {
                sabotage.on_submission(&mut message);
            }
            self.shared.saw(Seen::Submitted { operation, message, reference, provider });
        }
        match fate {
            Fate::KilledAfter => {
                self.shared.die().await;
                unknown()
            }
            Fate::LostAfter => unknown(),
            _ => SubmitOutcome::Accepted(Receipt { provider_reference: reference }),
        }
    }

    async fn reports(&self, _: &str, _: Option<&str>) -> Result<ReportPage, ReportsError> {
        Err(ReportsError::Unavailable("it calls".to_owned()))
    }
}
