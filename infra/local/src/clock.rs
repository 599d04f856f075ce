//! `GET|POST /local/clock`: moves the calendar forward, running every schedule that falls due on the way.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::calendar::Calendar;
use crate::cloud::Cloud;
use crate::failure::{Failure, Outcome, While};
use crate::mail_service::MailService;
use crate::problem;
use crate::schedule::{next_collection_after, next_pull_after, next_tick_after};
use crate::sms_service::SmsService;
use crate::voice_service::VoiceService;

/// The work of one run of the schedule: sends that time out and messages that come back included.
const SETTLE_LIMIT: Duration = Duration::from_secs(180);
/// Runs at one moment, for work that makes more work.
const ROUNDS: u32 = 12;
/// Between two looks at a connection, as it says itself: what was changed at a package before the calendar is moved is known
/// this much later.
const PULL_EVERY: SignedDuration = domain::connection::PULL_EVERY;
/// From the first run for direct debits of a morning until after the last one.
const REST_OF_MORNING: SignedDuration = SignedDuration::from_hours(2);
/// How often the calendar is compared with the schedule while nobody moves it.
const LOOK: Duration = Duration::from_secs(1);

/// What sweep-due answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Swept {
    queued: u64,
    walked: u64,
    stopped_early: bool,
    next_due_at: Option<Timestamp>,
}

/// What collect-debits answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Collected {
    joined: u64,
    cancelled: u64,
    ready: u64,
    released: u64,
    stopped_early: bool,
}

/// What poll-feedback answers, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Polled {
    applied: u64,
}

impl Collected {
    fn nothing(self) -> bool {
        self.joined + self.cancelled + self.ready + self.released == 0 && !self.stopped_early
    }
}

/// Keeps the schedules of the local run.
#[derive(Debug)]
pub struct Clock {
    calendar: Calendar,
    cloud: Cloud,
    mail: Arc<MailService>,
    sms: Arc<SmsService>,
    voice: Arc<VoiceService>,
    sweep_function: String,
    collect_function: String,
    poll_function: String,
    /// Until when the schedule was followed; held while it is.
    followed: Mutex<Timestamp>,
}

impl Clock {
    pub fn new(
        calendar: Calendar,
        cloud: Cloud,
        mail: Arc<MailService>,
        (sms, voice): (Arc<SmsService>, Arc<VoiceService>),
        stack: &str,
    ) -> Outcome<Clock> {
        let followed = Mutex::new(calendar.now()?);
        let function = |name: &str| format!("{stack}-{name}");
        let (sweep_function, collect_function) = (function("sweep-due"), function("collect-debits"));
        let poll_function = function("poll-feedback");
        Ok(Clock {
            calendar,
            cloud,
            mail,
            sms,
            voice,
            sweep_function,
            collect_function,
            poll_function,
            followed,
        })
    }

    /// Moves the calendar to `target`, and returns when all that fell due on the way is done.
    ///
    /// Accounting packages, and platforms that do not call, are not asked at each of their quarters of an hour: nobody changes anything there while the
    /// calendar is moved. They are asked once soon after the beginning, for what was changed before; at each stop that is
    /// made for debtors; and at the end. Nor are direct debits collected at each half hour: once a run found nothing to do, the
    /// others of that morning would find nothing either.
    pub async fn move_to(&self, target: Timestamp) -> Outcome<()> {
        let mut followed = self.followed.lock().await;
        self.wait_until_idle().await?;
        let begins = (*followed).min(self.calendar.now()?);
        let mut first_pull =
            Some(next_pull_after(begins.checked_add(PULL_EVERY).during("finding the next run")?)?);
        let mut after = Some(begins);
        let mut collection = next_collection_after(begins)?;
        loop {
            let tick = after.map(next_tick_after).transpose()?.unwrap_or(Timestamp::MAX);
            let pulled_first = first_pull.is_some_and(|at| at <= collection);
            if !pulled_first && collection <= tick && collection <= target {
                let at = collection;
                self.calendar.set(at)?;
                *followed = at;
                if self.collect(at).await? {
                    // What was collected may be due before anything else.
                    after = Some(at);
                    collection = next_collection_after(at)?;
                } else {
                    collection = next_collection_after(at.checked_add(REST_OF_MORNING).during("moving on")?)?;
                }
                continue;
            }
            if let Some(at) = first_pull.take_if(|at| *at <= tick && *at <= target) {
                self.calendar.set(at)?;
                *followed = at;
                self.pull(at).await?;
                // What came may be due before anything else.
                after = Some(at);
                continue;
            }
            if tick > target {
                break;
            }
            self.calendar.set(tick)?;
            *followed = tick;
            self.pull(tick).await?;
            let swept = self.sweep_until_settled(tick).await?;
            // Nothing falls due before the next due time, so the runs until then would find nothing.
            after = match swept.next_due_at {
                Some(due) => Some(before(due)?.max(tick)),
                None => None,
            };
        }
        if self.calendar.now()? < target {
            self.calendar.set(target)?;
            self.pull(target).await?;
        }
        *followed = target;
        self.wait_until_idle().await
    }

    /// One run of each schedule that asks outside parties, and all that it brings.
    async fn pull(&self, at: Timestamp) -> Outcome<()> {
        let queued = self.sweep_of(at, "connections").await?.queued;
        let told = self.poll(at).await?;
        if queued + told > 0 {
            self.wait_until_idle().await?;
        }
        Ok(())
    }

    /// One run of the schedule that asks platforms for reports. How many it brought.
    async fn poll(&self, at: Timestamp) -> Outcome<u64> {
        let event = serde_json::json!({ "time": at.to_string() });
        let answer = self.cloud.invoke(&self.poll_function, &event).await?;
        let done: Polled = serde_json::from_value(answer).during("reading what poll-feedback answered")?;
        Ok(done.applied)
    }

    /// One run of the schedule for direct debits, and all that it brings. Whether it did anything.
    async fn collect(&self, at: Timestamp) -> Outcome<bool> {
        let event = serde_json::json!({ "time": at.to_string() });
        let answer = self.cloud.invoke(&self.collect_function, &event).await?;
        let done: Collected =
            serde_json::from_value(answer).during("reading what collect-debits answered")?;
        if !done.nothing() {
            self.wait_until_idle().await?;
        }
        Ok(!done.nothing())
    }

    /// Runs sweep-due at one moment until running it again changes nothing.
    async fn sweep_until_settled(&self, tick: Timestamp) -> Outcome<Swept> {
        let mut swept = self.sweep(tick).await?;
        for _ in 1..ROUNDS {
            if swept.queued + swept.walked == 0 {
                break;
            }
            self.wait_until_idle().await?;
            let again = self.sweep(tick).await?;
            if again == swept && !again.stopped_early {
                break;
            }
            swept = again;
        }
        self.wait_until_idle().await?;
        Ok(swept)
    }

    /// One run of the schedule for debtors.
    async fn sweep(&self, tick: Timestamp) -> Outcome<Swept> {
        self.sweep_of(tick, "debtors").await
    }

    /// One run of a schedule, with the input that the template gives it.
    async fn sweep_of(&self, tick: Timestamp, of: &str) -> Outcome<Swept> {
        let event = serde_json::json!({ "time": tick.to_string(), "of": of });
        let answer = self.cloud.invoke(&self.sweep_function, &event).await?;
        serde_json::from_value(answer).during("reading what sweep-due answered")
    }

    /// Waits until nothing is under way any more.
    pub async fn wait_until_idle(&self) -> Outcome<()> {
        let idle = || self.mail.is_idle() && self.sms.is_idle() && self.voice.is_idle();
        self.cloud.wait_until_idle(SETTLE_LIMIT, idle).await
    }

    /// Follows the schedule while the calendar goes on by itself, for as long as the run lasts.
    pub async fn follow(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            // Whoever moves the calendar follows the schedule meanwhile.
            if let Ok(mut followed) = self.followed.try_lock()
                && let Err(failure) = self.catch_up(&mut followed).await
            {
                eprintln!("the schedule failed: {failure}");
            }
        }
    }

    async fn catch_up(&self, followed: &mut Timestamp) -> Outcome<()> {
        let now = self.calendar.now()?;
        let (pull, tick) = (next_pull_after(*followed)?, next_tick_after(*followed)?);
        let collection = next_collection_after(*followed)?;
        *followed = now;
        if collection <= now {
            self.collect(collection).await?;
        }
        if pull <= now {
            self.sweep_of(pull, "connections").await?;
            self.poll(pull).await?;
        }
        if tick <= now {
            self.sweep(tick).await?;
        }
        Ok(())
    }
}

/// The last moment whose next run may still be the one at `due`.
fn before(due: Timestamp) -> Outcome<Timestamp> {
    due.checked_sub(SignedDuration::from_nanos(1)).during("finding the next run")
}

pub fn routes(clock: Arc<Clock>) -> Router {
    Router::new().route("/local/clock", get(read).post(change)).with_state(clock)
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Now {
    now: Timestamp,
}

async fn read(State(clock): State<Arc<Clock>>) -> Response {
    problem::or(clock.calendar.now().map(|now| Json(Now { now }).into_response()))
}

async fn change(State(clock): State<Arc<Clock>>, Json(Now { now: target }): Json<Now>) -> Response {
    match clock.calendar.now() {
        Ok(now) if target < now => {
            return problem::answer(
                StatusCode::CONFLICT,
                &format!("The calendar only moves forward; it is {now}."),
            );
        }
        Ok(_) => {}
        Err(failure) => return problem::or(Err(failure)),
    }
    // A task of its own: a caller that goes away must not leave the calendar halfway.
    let moved =
        tokio::spawn(async move { clock.move_to(target).await.and_then(|()| clock.calendar.now()) }).await;
    let moved = moved.map_err(|_| Failure::because("moving the calendar panicked")).and_then(|moved| moved);
    problem::or(moved.map(|now| Json(Now { now }).into_response()))
}
