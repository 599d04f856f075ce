//! The machine that a simulation runs on: an agenda of instants, processes that go on step by step, queues, the
//! stream and the schedule. It knows nothing of debtors.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::Body;
use contracts::queues::{
    AdvanceCase, EvaluateSignal, ProjectOverview, SendLetter, SendMessage, SubmitSignal,
};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use record_delivery::DeliveryEvent;
use runtime::queue::handle_batch;
use serde_json::Value;
use tower::ServiceExt;

use super::actors::Act;
use super::calendar::{Instant, SECOND, timestamp};
use super::edges::{Polled, ProcessId, QueueName, Shared};
use super::plant::Plant;
use super::weather::Function;
use crate::queues::{batch, deadline};

/// A function lives at most so long.
const LONGEST_LIFE: Instant = 30 * SECOND;

/// A message on a queue.
#[derive(Debug, Clone)]
pub struct Message {
    pub queue: QueueName,
    pub body: String,
    /// How often it was received.
    pub received: u32,
}

/// Something that is going to happen.
#[derive(Debug)]
pub enum Event {
    /// A process takes its next step.
    Resume(ProcessId),
    Deliver(Message),
    /// The stream's records of a debtor go to the bus.
    Relay(String),
    Sweep,
    /// An accounting tool or the desk makes a request.
    Ask(usize),
    /// A provider makes a callback.
    Call(usize),
    Act(Act),
    /// The end of a day on which something is to be looked at.
    Evening,
}

/// What is going to happen, by when; of two at one instant the one that was put there first.
#[derive(Debug, Default)]
pub struct Agenda {
    order: BinaryHeap<Reverse<(Instant, u64)>>,
    events: BTreeMap<u64, Event>,
    count: u64,
}

impl Agenda {
    pub fn put(&mut self, at: Instant, event: Event) {
        self.count += 1;
        self.order.push(Reverse((at, self.count)));
        self.events.insert(self.count, event);
    }

    pub fn take(&mut self) -> Option<(Instant, Event)> {
        let Reverse((at, number)) = self.order.pop()?;
        self.events.remove(&number).map(|event| (at, event))
    }

    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.values()
    }
}

/// What a process does.
#[derive(Debug, Clone)]
pub enum Work {
    Message(Message),
    Request(usize),
    Callback(usize),
    Sweep,
}

impl Work {
    pub fn function(&self) -> Function {
        match self {
            Work::Message(message) => match message.queue {
                QueueName::Cases => Function::AdvanceCase,
                QueueName::Notices => Function::SendNotice,
                QueueName::Letters => Function::SendLetter,
                QueueName::Evaluations => Function::EvaluateSignal,
                QueueName::Submissions => Function::SubmitSignal,
                QueueName::Reports => Function::RecordDelivery,
                QueueName::Overviews => Function::ProjectOverview,
            },
            Work::Request(_) => Function::AccountingApi,
            Work::Callback(_) => Function::MunicipalityCallback,
            Work::Sweep => Function::SweepDue,
        }
    }
}

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

/// How a process ended.
#[derive(Debug)]
pub enum Ended {
    /// All that it was to do with its message.
    Done,
    /// The message comes back.
    NotDone,
    Answered(Answer),
    Swept(bool),
    Killed,
}

type Life = Pin<Box<dyn Future<Output = Ended>>>;

struct Process {
    work: Work,
    life: Life,
    began: Instant,
}

/// The processes that are under way.
#[derive(Default)]
pub struct Processes {
    running: BTreeMap<ProcessId, Process>,
    count: ProcessId,
}

impl std::fmt::Debug for Processes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Processes").field("running", &self.running.len()).finish_non_exhaustive()
    }
}

/// What became of a process that took a step.
#[derive(Debug)]
pub struct Stepped {
    pub polled: Polled,
    pub ended: Option<(Work, Ended)>,
}

impl Processes {
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    pub fn work(&self, process: ProcessId) -> Option<&Work> {
        self.running.get(&process).map(|process| &process.work)
    }

    pub fn begin(&mut self, work: Work, life: Life, now: Instant) -> ProcessId {
        self.count += 1;
        self.running.insert(self.count, Process { work, life, began: now });
        self.count
    }

    /// Lets a process go on until its next step. `None` where it is over already.
    pub fn step(&mut self, id: ProcessId, shared: &Shared, now: Instant) -> Option<Stepped> {
        let process = self.running.get_mut(&id)?;
        shared.begin(id);
        let life = process.life.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let polled = shared.end();
        let ended = match life {
            Poll::Ready(ended) => Some(ended),
            Poll::Pending if polled.killed || now > process.began + LONGEST_LIFE => Some(Ended::Killed),
            Poll::Pending => None,
        };
        let ended = ended.and_then(|ended| Some((self.running.remove(&id)?.work, ended)));
        Some(Stepped { polled, ended })
    }
}

/// What the process of a message does.
pub fn message(plant: &Arc<Plant>, message: &Message) -> Life {
    let plant = plant.clone();
    let (queue, event) = (message.queue, batch(std::slice::from_ref(&message.body)));
    Box::pin(async move {
        let (parking, until) = (&plant.parking, deadline());
        let answer = match queue {
            QueueName::Cases => {
                handle_batch::<AdvanceCase, _, _>(&plant.advance, parking, event, until).await
            }
            QueueName::Notices => handle_batch::<SendMessage, _, _>(&plant.send, parking, event, until).await,
            QueueName::Letters => handle_batch::<SendLetter, _, _>(&plant.write, parking, event, until).await,
            QueueName::Evaluations => {
                handle_batch::<EvaluateSignal, _, _>(&plant.evaluate, parking, event, until).await
            }
            QueueName::Submissions => {
                handle_batch::<SubmitSignal, _, _>(&plant.submit, parking, event, until).await
            }
            QueueName::Reports => {
                handle_batch::<DeliveryEvent, _, _>(&plant.record, parking, event, until).await
            }
            QueueName::Overviews => {
                handle_batch::<ProjectOverview, _, _>(&plant.project, parking, event, until).await
            }
        };
        if answer.batch_item_failures.is_empty() { Ended::Done } else { Ended::NotDone }
    })
}

/// What the process of a request does.
pub fn request(router: &Router, request: Request<Body>) -> Life {
    let router = router.clone();
    Box::pin(async move { Ended::Answered(answer(router, request).await) })
}

async fn answer(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.expect("routers do not fail");
    let status = response.status();
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
}

/// What the process of the schedule does.
pub fn sweep(plant: &Arc<Plant>, now: Instant) -> Life {
    let plant = plant.clone();
    Box::pin(async move { Ended::Swept(plant.sweep.run(timestamp(now), || false).await.is_ok()) })
}

/// Has the overview caught up, outside the story: what hints were lost of is found by the schedule. Whether that was done.
pub fn catch_up(plant: &Plant, shared: &Shared) -> bool {
    let message = ProjectOverview { administration: plant.administration.clone(), debtor_id: None };
    shared.look(true);
    let mut catching_up = std::pin::pin!(plant.project.run(&message));
    let done = catching_up.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    shared.look(false);
    matches!(done, Poll::Ready(Ok(_)))
}

/// Looks from outside the story: takes no time, and nothing goes wrong.
pub fn look(plant: &Plant, shared: &Shared, request: Request<Body>) -> Answer {
    shared.look(true);
    let mut looking = std::pin::pin!(answer(plant.api.clone(), request));
    let looked = looking.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    shared.look(false);
    match looked {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("a look does not wait"),
    }
}
