//! Days that pass in a world: sweeps, what they lead to, and every message carried and handled.

use collect_debits::Collected;
use contracts::failure::Failure;
use contracts::queues::{
    AdvanceCase, BuildDossier, CheckPayment, DispatchWebhooks, EvaluateSignal, ImportRecords,
    ProjectOverview, SendLetter, SendMessage, SubmitSignal, SyncAccounting,
};
use domain::calendar::SendingWindow;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use poll_feedback::Polled;
use record_delivery::DeliveryEvent;
use runtime::queue::{QueueHandler, handle_batch};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{SWEEP_EVERY, World};
use crate::queues::{Queue, batch, deadline, lock};

impl World {
    /// Moves the calendar to this instant, running every sweep that falls due on the way.
    pub async fn go_to(&self, target: &str) {
        let target: Timestamp = target.parse().expect("an instant");
        let window = SendingWindow::default();
        self.settle().await;
        let mut tick = next_tick(self.now(), window);
        while tick <= target {
            self.set(tick);
            let next_due = self.sweep_and_settle().await;
            let following = tick + SignedDuration::from_secs(1);
            tick = next_tick(next_due.map_or(target, |due| due.max(following)).max(following), window);
        }
        self.set(target);
        self.settle().await;
    }

    /// One run of collect-debits now, and all that comes of it. `None` where its process died or the store was away: the
    /// next run goes on.
    pub async fn collect(&self) -> Option<Collected> {
        let done = self.perils.survive(self.collect.run(|| false)).await;
        self.settle().await;
        match done {
            Some(Ok(done)) => Some(done),
            None | Some(Err(Failure::Unavailable { .. })) => None,
            Some(Err(failure)) => panic!("collecting: {failure}"),
        }
    }

    /// One run of poll-feedback now, and all that comes of it. `None` where its process died or the store was away: the next
    /// run goes on.
    pub async fn poll(&self) -> Option<Polled> {
        let done = self.perils.survive(self.poll.run(|| false)).await;
        self.settle().await;
        match done {
            Some(Ok(done)) => Some(done),
            None | Some(Err(Failure::Unavailable { .. })) => None,
            Some(Err(failure)) => panic!("polling: {failure}"),
        }
    }

    /// One run of sweep-due for what has a schedule by day and night, and all that comes of it.
    pub async fn sweep_connections(&self) {
        let swept = self.perils.survive(self.sweep.connections(self.now(), || false)).await;
        self.settle().await;
        match swept {
            Some(Ok(_)) | None | Some(Err(Failure::Unavailable { .. })) => {}
            Some(Err(failure)) => panic!("a sweep: {failure}"),
        }
    }

    async fn sweep_and_settle(&self) -> Option<Timestamp> {
        let mut last = usize::MAX;
        loop {
            let swept = self.perils.survive(self.sweep.run(self.now(), || false)).await;
            self.settle().await;
            let swept = match swept {
                Some(Ok(swept)) => swept,
                // The next sweep finds whatever this one left.
                None | Some(Err(Failure::Unavailable { .. })) => return Some(self.now()),
                Some(Err(failure)) => panic!("a sweep: {failure}"),
            };
            // Whoever stays due although everything was done waits for a later instant.
            let given = swept.queued + swept.walked;
            if given == 0 || given >= last {
                return self.next_due().await;
            }
            last = given;
        }
    }

    /// When something falls due next, after all that the last sweep led to.
    async fn next_due(&self) -> Option<Timestamp> {
        let mut first = None;
        for shard in 0..store::keys::DUE_SHARDS {
            let next = self.store.next_due(shard, self.now()).await.expect("a read");
            first = first.into_iter().chain(next).min();
        }
        first
    }

    /// Carries and handles every message until none is left.
    pub async fn settle(&self) {
        for _ in 0..10_000 {
            let relayed = self.relay();
            let handled = self.handle_one().await;
            assert_eq!(self.dead_letters.all(), [], "nothing is parked in a story");
            if !relayed && !handled {
                return;
            }
        }
        panic!("messages beget messages without end");
    }

    /// What the relay and the rules of the bus do.
    fn relay(&self) -> bool {
        let records = self.table.drain_stream();
        for record in &records {
            let detail: Value = serde_json::from_str(&record.event.detail).expect("a detail is JSON");
            let money =
                ["PaymentReceived", "PaymentChanged", "PaymentUnbooked", "PaymentDeleted", "CostsCharged"]
                    .contains(&record.event.detail_type.as_str());
            let prepared = record.event.detail_type == "NoticePrepared";
            let wanted = [
                (&self.dispatches, self.subscribers.somebody_listens()),
                (&self.overviews, self.overview_is_kept()),
                (&self.syncs, money),
                (&self.notices, prepared && detail["channel"] != "letter"),
                (&self.notices, record.event.detail_type == "AccessCodeAsked"),
                (&self.posts, prepared && detail["channel"] == "letter"),
                (&self.dossiers, record.event.detail_type == "DossierRequested"),
                (&self.evaluations, detail["evaluate"].is_array()),
                (&self.submissions, detail["submit"] == json!(true)),
            ];
            let event =
                json!({ "detail-type": record.event.detail_type, "source": "tijdig", "detail": detail });
            for (queue, _) in wanted.iter().filter(|(_, wants)| *wants) {
                queue.push(event.to_string());
            }
        }
        let some = !records.is_empty();
        lock(&self.bus).extend(records);
        some
    }

    /// What one of the services tells next.
    fn take_event(&self) -> Option<Value> {
        let written = self.mail.take_event().or_else(|| self.sms.take_event());
        written.or_else(|| self.voice.take_event())
    }

    async fn handle_one(&self) -> bool {
        if let Some(report) = self.take_event() {
            self.reports.push(report.to_string());
        }
        self.deliver::<AdvanceCase, _>(&self.advance, &self.cases).await
            || self.deliver::<SendMessage, _>(&self.send, &self.notices).await
            || self.deliver::<SendLetter, _>(&self.write, &self.posts).await
            || self.deliver::<BuildDossier, _>(&self.build, &self.dossiers).await
            || self.deliver::<EvaluateSignal, _>(&self.evaluate, &self.evaluations).await
            || self.deliver::<SubmitSignal, _>(&self.submit, &self.submissions).await
            || self.deliver::<CheckPayment, _>(&self.check, &self.checks).await
            || self.deliver::<DeliveryEvent, _>(&self.record, &self.reports).await
            || self.deliver::<SyncAccounting, _>(&self.sync, &self.syncs).await
            || self.deliver::<ImportRecords, _>(&self.import, &self.imports).await
            || self.deliver::<DispatchWebhooks, _>(&self.dispatch, &self.dispatches).await
            || (self.overview_is_kept()
                && self.deliver::<ProjectOverview, _>(&self.project, &self.overviews).await)
    }

    /// Delivers the first message of a queue, if there is one. One that was not done comes back.
    async fn deliver<M, H>(&self, handler: &H, queue: &Queue) -> bool
    where
        M: DeserializeOwned + Send,
        H: QueueHandler<M>,
    {
        let Some(body) = queue.take() else { return false };
        let at_once = self.deliveries.div_ceil(2);
        let mut done = join_all((0..at_once).map(|_| self.deliver_once(handler, &body))).await;
        for _ in at_once..self.deliveries {
            done.push(self.deliver_once(handler, &body).await);
        }
        if done.contains(&false) {
            queue.give_back(body);
        }
        true
    }

    async fn deliver_once<M, H>(&self, handler: &H, body: &str) -> bool
    where
        M: DeserializeOwned + Send,
        H: QueueHandler<M>,
    {
        let batch = batch(&[body.to_owned()]);
        let work = handle_batch(handler, &self.dead_letters, batch, deadline());
        self.perils.survive(work).await.is_some_and(|answer| answer.batch_item_failures.is_empty())
    }
}

/// The first sweep at or after this instant: every quarter of an hour within the window.
fn next_tick(from: Timestamp, window: SendingWindow) -> Timestamp {
    let every = SWEEP_EVERY.as_secs();
    let ceiling = from.as_second().div_euclid(every) * every;
    let tick =
        if ceiling < from.as_second() || from.subsec_nanosecond() > 0 { ceiling + every } else { ceiling };
    window.next_open(Timestamp::from_second(tick).expect("within the calendar"))
}
