//! The simulator: every function in one process, months of calendar, and whatever can go wrong.
//!
//! A seed draws settings, debtors and weather. Actors then do what people and systems do; the [`engine`] lets functions
//! run step by step beside each other, over the table in memory; the [`edges`] let steps fail. What happens is compared
//! with the simulator's own [`model`] by the [`checks`], none of which asks the rule that it checks. All that is random
//! comes from the seed: the same seed is the same trace.
//!
//! To let it check a new rule: an act in [`actors`], what it does to the [`model`] in [`observe`], a name in
//! [`trace::Check`], the check where the thing happens in [`checks`], and a broken copy of the rule in [`sabotage`].

pub mod actors;
pub mod book;
pub mod calendar;
pub mod checks;
pub mod claim;
pub mod edges;
pub mod engine;
pub mod model;
pub mod observe;
pub mod plant;
pub mod promises;
pub mod sabotage;
pub mod scene;
pub mod trace;
pub mod weather;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use fastrand::Rng;
use serde_json::Value;

use actors::municipality;
use calendar::{DAY, Instant, MINUTE, SECOND, day, instant, next_sweep};
use edges::{ProcessId, QueueName, Shared};
use engine::{Agenda, Ended, Event, Message, Processes, Work};
use model::{Callback, Debtor, Hold, Request, Standing};
use plant::Plant;
use sabotage::Sabotage;
use scene::Scene;
use trace::{Check, Trace, Violation};
use weather::{Fate, Weather, happens};

/// The first morning: Monday 5 January 2026.
const BEGINS: Instant = 1_767_596_400_000;

/// So long the actors act.
const MONTHS_18: Instant = 546 * DAY;

/// So long nobody acts after that, and nothing goes wrong.
const QUIET: Instant = 60 * DAY;

/// Violations of one simulation that are kept, beside the first one of each check.
const MOST_VIOLATIONS: usize = 40;

/// A simulation in which more happens does not end: an ordinary one has a few thousand events.
const MOST_EVENTS: u64 = 30_000;

/// One seed in so many has text messages and calls beside mails.
const WAYS_EVERY: u64 = 3;

/// What their draws begin with, so that they disturb no other.
const WAYS: u64 = 0x7465_6c65_7068_6f6e;

/// One seed in so many has letters as well.
const LETTERS_EVERY: u64 = 6;

/// What their draws begin with.
const LETTERS: u64 = 0x6c65_7474_6572_7321;

/// A message that was received so often goes to the dead-letter queue.
const MOST_RECEIVED: u32 = 5;

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    pub seed: u64,
    /// A rule that is broken.
    pub sabotage: Option<Sabotage>,
    pub traced: bool,
}

/// What one simulation came to.
#[derive(Debug, Default)]
pub struct Outcome {
    pub violations: Vec<Violation>,
    pub trace: Vec<String>,
    pub counts: Counts,
}

/// How much happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub events: u64,
    pub steps: u64,
    pub mails: u64,
    /// Mails that were a second one, because nobody knew of the first.
    pub second_mails: u64,
    pub signals: u64,
    pub holds: u64,
    pub struck: u64,
    pub redriven: u64,
    pub promises_made: u64,
    pub promises_kept: u64,
    pub looks: u64,
    pub sweeps: u64,
    /// How often costs were charged.
    pub charges: u64,
    /// Disputes and promises to pay.
    pub causes: u64,
    /// Text messages that left.
    pub texts: u64,
    /// Calls that were made.
    pub calls: u64,
    /// Letters that were printed.
    pub letters: u64,
    /// Letters that were given up a second time under the same id, because nobody knew of the first: one is printed.
    pub second_tries: u64,
    /// Letters that came back.
    pub returned: u64,
}

/// Whether a seed has text messages and calls.
pub fn has_ways(seed: u64) -> bool {
    seed % WAYS_EVERY == WAYS_EVERY - 1
}

/// Whether it has letters beside these.
pub fn has_letters(seed: u64) -> bool {
    seed % LETTERS_EVERY == LETTERS_EVERY - 1
}

impl Counts {
    pub fn add(&mut self, other: &Counts) {
        let Counts {
            events,
            steps,
            mails,
            second_mails,
            signals,
            holds,
            struck,
            redriven,
            promises_made,
            promises_kept,
            looks,
            sweeps,
            charges,
            causes,
            texts,
            calls,
            letters,
            second_tries,
            returned,
        } = other;
        self.events += events;
        self.steps += steps;
        self.mails += mails;
        self.second_mails += second_mails;
        self.signals += signals;
        self.holds += holds;
        self.struck += struck;
        self.redriven += redriven;
        self.promises_made += promises_made;
        self.promises_kept += promises_kept;
        self.looks += looks;
        self.sweeps += sweeps;
        self.charges += charges;
        self.causes += causes;
        self.texts += texts;
        self.calls += calls;
        self.letters += letters;
        self.second_tries += second_tries;
        self.returned += returned;
    }
}

/// One simulation.
#[derive(Debug)]
pub struct Sim {
    rng: Rng,
    /// What people tell of letters is drawn by it.
    paper: Rng,
    rng_of_overview: Rng,
    weather: Weather,
    calm_from_the_start: bool,
    calmed: bool,
    sabotage: Option<Sabotage>,
    scene: Scene,
    shared: Arc<Shared>,
    plant: Arc<Plant>,
    now: Instant,
    quiet: Instant,
    end: Instant,
    agenda: Agenda,
    processes: Processes,
    streams: BTreeMap<String, VecDeque<(String, String)>>,
    due: BTreeMap<String, Instant>,
    sweep_at: Option<Instant>,
    last_sweep: Instant,
    evenings: BTreeSet<Instant>,
    requests: Vec<Request>,
    callbacks: Vec<Callback>,
    holds: Vec<Hold>,
    debtors: Vec<Debtor>,
    /// How debtors stood when a process claimed.
    claims: BTreeMap<ProcessId, Standing>,
    /// What the report that is being told demands to be held.
    expected_holds: Vec<model::Reason>,
    trace: Trace,
    violations: Vec<Violation>,
    counts: Counts,
}

/// Simulates one seed.
pub fn run(setup: Setup) -> Outcome {
    let mut sim = Sim::new(setup);
    sim.open();
    while let Some((at, event)) = sim.agenda.take() {
        if at > sim.end {
            break;
        }
        sim.now = at;
        sim.shared.set(at);
        if at >= sim.quiet && !sim.calmed {
            sim.calm_down();
        }
        sim.happen(event);
        if sim.is_caught() {
            break;
        }
        if sim.counts.events > MOST_EVENTS {
            sim.violate(Check::Forever, "messages beget messages without end".to_owned());
            break;
        }
    }
    sim.now = sim.end;
    sim.shared.set(sim.end);
    sim.check_the_end();
    Outcome { violations: sim.violations, trace: sim.trace.lines.unwrap_or_default(), counts: sim.counts }
}

impl Sim {
    fn new(setup: Setup) -> Sim {
        let mut rng = Rng::with_seed(setup.seed);
        let mut scene = Scene::drawn(&mut rng);
        if has_ways(setup.seed) {
            scene.connect(&mut Rng::with_seed(setup.seed ^ WAYS));
        }
        let mut weather = Weather::drawn(&mut rng);
        let mut paper = Rng::with_seed(setup.seed ^ LETTERS);
        if has_letters(setup.seed) {
            scene.write(&mut paper);
            weather.with_letters(&mut paper);
        }
        let shared = Shared::new(rng.fork(), paper.fork(), weather.clone(), setup.sabotage);
        let begins = BEGINS + rng.i64(0..7) * DAY;
        shared.set(begins);
        shared.look(true);
        let plant = {
            let mut building = pin!(Plant::new(&shared, &scene, weather.ahead));
            match building.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(plant) => Arc::new(plant),
                Poll::Pending => panic!("nothing waits while the plant is built"),
            }
        };
        shared.look(false);
        let mut trace = Trace { lines: setup.traced.then(Vec::new) };
        trace.add(begins, || format!("seed {}: {scene:?} {weather:?}", setup.seed));
        Sim {
            calm_from_the_start: weather.is_calm(),
            calmed: false,
            debtors: scene.people.iter().cloned().map(Debtor::new).collect(),
            rng,
            paper,
            rng_of_overview: Rng::with_seed(!setup.seed),
            weather,
            sabotage: setup.sabotage,
            scene,
            shared,
            plant,
            now: begins,
            quiet: begins + MONTHS_18,
            end: instant(day(begins + MONTHS_18 + QUIET), 3, 0),
            agenda: Agenda::default(),
            processes: Processes::default(),
            streams: BTreeMap::new(),
            due: BTreeMap::new(),
            sweep_at: None,
            last_sweep: 0,
            evenings: BTreeSet::new(),
            requests: Vec::new(),
            callbacks: Vec::new(),
            holds: Vec::new(),
            claims: BTreeMap::new(),
            expected_holds: Vec::new(),
            trace,
            violations: Vec::new(),
            counts: Counts::default(),
        }
    }

    fn violate(&mut self, check: Check, what: String) {
        let violation = Violation { check, at: self.now, what };
        self.trace.add(self.now, || format!("VIOLATION {violation}"));
        let is_first = self.violations.iter().all(|known| known.check != check);
        if is_first || self.violations.len() < MOST_VIOLATIONS {
            self.violations.push(violation);
        }
    }

    /// The check that has to catch the broken rule caught it: there is nothing more to find.
    fn is_caught(&self) -> bool {
        let own = self.sabotage.and_then(Sabotage::caught_by);
        own.is_some_and(|own| self.violations.iter().any(|violation| violation.check == own))
    }

    fn calm_down(&mut self) {
        self.calmed = true;
        self.weather = Weather { ahead: self.weather.ahead, ..Weather::default() };
        self.shared.calm_down();
    }

    fn is_quiet(&self) -> bool {
        self.now >= self.quiet
    }

    fn debtor(&self, id: &str) -> Option<usize> {
        self.debtors.iter().position(|debtor| debtor.person.id == id)
    }

    fn happen(&mut self, event: Event) {
        self.counts.events += 1;
        match event {
            Event::Resume(process) => self.resume(process),
            Event::Deliver(message) => self.deliver(message),
            Event::Relay(debtor) => self.relay(&debtor),
            Event::Sweep => self.sweep(),
            Event::Ask(request) => self.ask(request),
            Event::Call(callback) => self.call(callback),
            Event::Act(act) if !self.is_quiet() => self.act(act),
            Event::Act(_) => {}
            Event::Evening => self.evening(),
        }
    }

    fn resume(&mut self, process: ProcessId) {
        let Some(work) = self.processes.work(process).cloned() else { return };
        let shared = self.shared.clone();
        let Some(stepped) = self.processes.step(process, &shared, self.now) else { return };
        self.counts.steps += 1;
        for seen in stepped.polled.seen {
            self.observe(&work, seen);
        }
        match stepped.ended {
            Some((work, ended)) => {
                self.claims.remove(&process);
                self.ended(work, ended);
            }
            None => {
                let at = stepped.polled.gate.unwrap_or(self.now + 1).max(self.now);
                self.agenda.put(at, Event::Resume(process));
            }
        }
    }

    fn begin(&mut self, work: Work, life: std::pin::Pin<Box<dyn Future<Output = Ended>>>) {
        let process = self.processes.begin(work, life, self.now);
        self.resume(process);
    }

    fn ended(&mut self, work: Work, ended: Ended) {
        match (work, ended) {
            (Work::Message(_), Ended::Done) => {}
            (Work::Message(message), _) => self.come_back(message),
            (Work::Request(request), Ended::Answered(answer)) => self.answered(request, &answer),
            (Work::Request(request), _) => self.ask_again(request),
            (Work::Callback(callback), Ended::Answered(answer)) => self.called(callback, &answer),
            (Work::Callback(callback), _) => self.call_again(callback),
            (Work::Sweep, _) => self.plan_sweep(),
        }
    }

    /// A message that was not done is delivered again, and put aside when that happened too often.
    fn come_back(&mut self, mut message: Message) {
        message.received += 1;
        if message.received >= MOST_RECEIVED {
            self.counts.redriven += 1;
            self.trace.add(self.now, || format!("{:?} put aside: {}", message.queue, message.body));
            return;
        }
        let of_overview = message.queue == QueueName::Overviews;
        let rng = if of_overview { &mut self.rng_of_overview } else { &mut self.rng };
        let at = self.now + rng.i64(5 * SECOND..15 * MINUTE);
        self.agenda.put(at, Event::Deliver(message));
    }

    fn deliver(&mut self, message: Message) {
        self.trace.add(self.now, || format!("{:?} gets {}", message.queue, message.body));
        self.disturb(&message);
        let life = engine::message(&self.plant, &message);
        self.begin(Work::Message(message), life);
    }

    /// Puts a message on a queue, as the weather has it.
    fn enqueue(&mut self, queue: QueueName, body: String) {
        let (rng, weather) = (&mut self.rng, &self.weather);
        let is_report = queue == QueueName::Reports;
        if !is_report && happens(rng, weather.hint_lost) {
            self.trace.add(self.now, || format!("{queue:?} loses {body}"));
            return;
        }
        let copies = if happens(rng, weather.twice) { 2 } else { 1 };
        for _ in 0..copies {
            let at = self.now + self.delay();
            self.agenda.put(at, Event::Deliver(Message { queue, body: body.clone(), received: 0 }));
        }
    }

    /// How long something is on its way.
    fn delay(&mut self) -> Instant {
        self.weather.delay(&mut self.rng)
    }

    /// Tells the overview that something happened to a debtor, as the weather has it.
    fn show(&mut self, debtor: &str) {
        let (rng, weather) = (&mut self.rng_of_overview, &self.weather);
        if happens(rng, weather.hint_lost) {
            return;
        }
        let body = format!(r#"{{"administration":"demo","debtorId":"{debtor}"}}"#);
        let copies = if happens(rng, weather.twice) { 2 } else { 1 };
        for _ in 0..copies {
            let at = self.now + weather.delay(rng);
            let message = Message { queue: QueueName::Overviews, body: body.clone(), received: 0 };
            self.agenda.put(at, Event::Deliver(message));
        }
    }

    /// The stream's records of a debtor wait for the relay, which takes them in their order.
    fn stream(&mut self, debtor: &str, records: Vec<(String, String)>) {
        if records.is_empty() {
            return;
        }
        let waiting = self.streams.entry(debtor.to_owned()).or_default();
        let relay_planned = !waiting.is_empty();
        waiting.extend(records);
        if !relay_planned {
            let at = self.now + self.delay();
            self.agenda.put(at, Event::Relay(debtor.to_owned()));
        }
    }

    /// What the relay and the rules of the bus do with all that waits.
    fn relay(&mut self, debtor: &str) {
        let records: Vec<_> = self.streams.get_mut(debtor).map(std::mem::take).unwrap_or_default().into();
        let copies = if happens(&mut self.rng, self.weather.twice) { 2 } else { 1 };
        if !records.is_empty() {
            self.show(debtor);
        }
        for (name, detail) in std::iter::repeat_n(records, copies).flatten() {
            let prepared = name == "NoticePrepared";
            let by_letter = detail.contains("\"channel\":\"letter\"");
            let wanted = [
                (QueueName::Notices, prepared && !by_letter),
                (QueueName::Letters, prepared && by_letter),
                (QueueName::Evaluations, detail.contains("\"evaluate\":[")),
                (QueueName::Submissions, detail.contains("\"submit\":true")),
            ];
            for (queue, _) in wanted.into_iter().filter(|(_, wants)| *wants) {
                let body = format!(r#"{{"detail-type":"{name}","source":"tijdig","detail":{detail}}}"#);
                self.enqueue(queue, body);
            }
        }
    }

    fn plan_sweep(&mut self) {
        let Some(first) = self.due.values().min().copied() else { return };
        let opens = self.sabotage.map_or(8, Sabotage::sweeps_open);
        let at = next_sweep(first.max(self.last_sweep + 1).max(self.now), opens);
        if self.sweep_at.is_none_or(|planned| at < planned) {
            self.sweep_at = Some(at);
            self.agenda.put(at, Event::Sweep);
        }
    }

    fn sweep(&mut self) {
        if self.sweep_at != Some(self.now) {
            return;
        }
        self.sweep_at = None;
        self.last_sweep = self.now;
        self.counts.sweeps += 1;
        self.trace.add(self.now, || "sweep".to_owned());
        let ahead = if self.weather.ahead == Some(weather::Function::SweepDue) { MINUTE } else { 0 };
        let life = engine::sweep(&self.plant, self.now + ahead);
        self.begin(Work::Sweep, life);
    }

    /// Reads an address of the API from outside the story.
    fn look(&mut self, path: &str) -> Value {
        self.counts.looks += 1;
        let request = self.http("GET", path, String::new(), None);
        let answer = engine::look(&self.plant, &self.shared, request);
        if answer.status != http::StatusCode::OK {
            self.violate(Check::Answers, format!("GET {path}: {} {}", answer.status, answer.body));
        }
        answer.body
    }

    fn http(
        &self,
        method: &str,
        path: &str,
        body: String,
        key: Option<&str>,
    ) -> http::Request<axum::body::Body> {
        let mut request = http::Request::builder().method(method).uri(path);
        request = request.header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let mut request = request.body(axum::body::Body::from(body)).expect("a request");
        request.extensions_mut().insert(self.plant.caller.clone());
        request
    }

    /// How something went, for the trace.
    fn struck(&mut self, function: weather::Function, at: &str, fate: Fate) {
        self.counts.struck += 1;
        self.trace.add(self.now, || format!("{function:?} {fate:?} at {at}"));
    }

    /// What is asked of a municipality's story is told there.
    fn signal_received(&mut self, debtor: usize, signal: &str, provider: domain::provider::Provider) {
        municipality::begin(self, debtor, signal, provider);
    }
}
