//! The function by itself, over the table in memory: what happened is written on timelines, and receivers answer as they are
//! told. Stories with everything around it are in the tests of the workspace.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use contracts::failure::Failure;
use contracts::queues::DispatchWebhooks;
use dispatch_webhooks::Dispatch;
use domain::administration::{Administration, Creditor, Sector};
use domain::debtor::{Debtor, DebtorKind};
use domain::dossier::Draft;
use domain::ids::{AdministrationId, DebtorId, WebhookId};
use domain::timeline::Event;
use domain::webhook::{Choice, DisabledReason, Subscription, SubscriptionState};
use domain::webhook_brake::AT_ONCE;
use domain::webhook_lane::Lane;
use jiff::{SignedDuration, Timestamp};
use outside::mail::{Mail, Mailer, SendOutcome};
use outside::secrets::MemorySecrets;
use outside::webhooks::secrets::{SigningSecrets, secrets_name};
use outside::webhooks::{Answered, Receivers, Signed};
use runtime::clock::Clock;
use runtime::hints::Hints;
use store::{DueWebhook, MemoryTable, Store, keys};

const URL: &str = "https://crm.example/hooks";
const OTHER: &str = "https://erp.example/hooks";
const BEGAN: &str = "2026-11-30T09:00:00Z";

/// Everything outside: receivers, mail and the function's own queue.
#[derive(Debug, Default)]
struct Outside {
    answer: Mutex<Option<Answered>>,
    arrived: Mutex<Vec<(String, Answered)>>,
    mails: Mutex<usize>,
    queue: Mutex<VecDeque<String>>,
    slow: Mutex<Slow>,
}

/// How the receiver at [`URL`] takes its time.
#[derive(Debug, Default)]
struct Slow {
    /// Milliseconds of the world's clock that one call takes; quick where there is none.
    takes: Option<(Arc<AtomicI64>, i64)>,
    under_way: usize,
    most: usize,
}

impl Outside {
    fn taken(&self) -> Vec<String> {
        let arrived = self.arrived.lock().unwrap();
        arrived.iter().filter(|(_, a)| *a == Answered::Status(204)).map(|(id, _)| id.clone()).collect()
    }

    fn enter(&self) {
        let mut slow = self.slow.lock().unwrap();
        slow.under_way += 1;
        slow.most = slow.most.max(slow.under_way);
    }

    fn tried(&self) -> usize {
        self.arrived.lock().unwrap().len()
    }
}

#[async_trait]
impl Receivers for Outside {
    async fn post(&self, url: &str, message: &Signed) -> Answered {
        assert!([URL, OTHER].contains(&url));
        let takes = self.slow.lock().unwrap().takes.clone().filter(|_| url == URL);
        if let Some((clock, milliseconds)) = takes {
            self.enter();
            // Whatever else may go on now does.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            clock.fetch_add(milliseconds, Ordering::SeqCst);
            self.slow.lock().unwrap().under_way -= 1;
        }
        let answer = self.answer.lock().unwrap().unwrap_or(Answered::Status(204));
        self.arrived.lock().unwrap().push((message.id.clone(), answer));
        answer
    }
}

#[async_trait]
impl Mailer for Outside {
    async fn send(&self, _mail: &Mail) -> SendOutcome {
        *self.mails.lock().unwrap() += 1;
        SendOutcome::Accepted { message_id: "m1".to_owned() }
    }
}

#[async_trait]
impl Hints for Outside {
    async fn put(&self, bodies: Vec<String>) -> Result<(), Failure> {
        self.queue.lock().unwrap().extend(bodies);
        Ok(())
    }

    async fn put_later(&self, _body: String, _after: Duration) -> Result<(), Failure> {
        // The schedule finds it too.
        Ok(())
    }
}

struct World {
    store: Store,
    settings: Administration,
    now: Arc<AtomicI64>,
    outside: Arc<Outside>,
    dispatch: Dispatch,
}

impl World {
    async fn new() -> World {
        let now = Arc::new(AtomicI64::new(BEGAN.parse::<Timestamp>().unwrap().as_millisecond()));
        let store = Store::new(Arc::new(MemoryTable::new()));
        let (outside, secrets) = (Arc::new(Outside::default()), Arc::new(MemorySecrets::default()));
        let creditor = Creditor {
            name: "Voorbeeld Energie".to_owned(),
            address_lines: Vec::new(),
            iban: "NL91ABNA0417164300".to_owned(),
            bic: None,
            phone: "1".to_owned(),
            email: "a@b.example".to_owned(),
            sender: "a@b.example".to_owned(),
            opening_hours: None,
            platform_identification: "1".to_owned(),
        };
        let id = AdministrationId::parse("demo").unwrap();
        let settings = Administration::new(id.clone(), creditor, Sector::Energy);
        store.put_administration(&settings, None).await.unwrap();
        let clock = Clock::shared(now.clone());
        let choice = Choice { url: URL.to_owned(), events: None, description: None, email: None };
        let crm = Subscription::new(webhook(), choice, clock.now().unwrap());
        store.put_subscription(&id, &crm, None).await.unwrap();
        SigningSecrets::new(&[7; 32]).keep(&*secrets, &secrets_name("t", &id, &webhook())).await.unwrap();
        let dispatch = Dispatch {
            store: store.clone(),
            clock,
            secrets,
            receivers: outside.clone(),
            mailer: outside.clone(),
            again: outside.clone(),
            prefix: "t".to_owned(),
        };
        World { store, settings, now, outside, dispatch }
    }

    fn at(&self) -> Timestamp {
        self.dispatch.clock.now().unwrap()
    }

    fn answer(&self, answer: Answered) {
        *self.outside.answer.lock().unwrap() = Some(answer);
    }

    async fn settled(&self) -> SubscriptionState {
        self.store.subscription(&self.settings.id, &webhook()).await.unwrap().unwrap().value.state
    }

    /// Something happens to a debtor, of which subscribers are told. The hint of it.
    async fn happens(&self, debtor: &str) -> DispatchWebhooks {
        let (a, id) = (&self.settings.id, DebtorId::parse(debtor).unwrap());
        let known = self.store.dossier(a, &id).await.unwrap();
        let version = known.as_ref().map(|k| k.version);
        let mut draft = match known {
            Some(known) => Draft::of(known.value, self.at(), "tool"),
            None => Draft::created(made(debtor), self.at(), "tool"),
        };
        draft.record(Event::CaseOpened { case: id.case(1) });
        self.store.commit(&self.settings, &draft, version, Vec::new()).await.unwrap();
        let sequence = draft.entries().last().map(|entry| entry.sequence);
        DispatchWebhooks { administration: a.clone(), webhook_id: None, debtor_id: Some(id), sequence }
    }

    async fn hint(&self, hint: &DispatchWebhooks) {
        self.dispatch.run(hint).await.unwrap();
        loop {
            let next = self.outside.queue.lock().unwrap().pop_front();
            let Some(body) = next else { return };
            self.dispatch.run(&serde_json::from_str(&body).unwrap()).await.unwrap();
        }
    }

    /// Everything that waits in the queue at the same time, until nothing does.
    async fn all_at_once(&self) {
        loop {
            let bodies: Vec<String> = self.outside.queue.lock().unwrap().drain(..).collect();
            if bodies.is_empty() {
                return;
            }
            let mut under_way = tokio::task::JoinSet::new();
            for body in bodies {
                let dispatch = self.dispatch.clone();
                under_way.spawn(async move {
                    let message = serde_json::from_str(&body).unwrap();
                    dispatch.run(&message).await.unwrap();
                });
            }
            while let Some(done) = under_way.join_next().await {
                done.unwrap();
            }
        }
    }

    /// A second subscriber.
    async fn other(&self) {
        let id: WebhookId = "erp".parse().unwrap();
        let choice = Choice { url: OTHER.to_owned(), events: None, description: None, email: None };
        let erp = Subscription::new(id.clone(), choice, self.at());
        self.store.put_subscription(&self.settings.id, &erp, None).await.unwrap();
        let name = secrets_name("t", &self.settings.id, &id);
        SigningSecrets::new(&[8; 32]).keep(&*self.dispatch.secrets, &name).await.unwrap();
    }

    async fn lane(&self, debtor: &str) -> Lane {
        let debtor = debtor.parse().unwrap();
        self.store.lane(&self.settings.id, &webhook(), &debtor).await.unwrap().unwrap().value
    }

    /// The schedule, every quarter of an hour.
    async fn hours(&self, hours: i64) {
        for _ in 0..hours * 4 {
            self.now.fetch_add(15 * 60 * 1_000, Ordering::SeqCst);
            for shard in 0..keys::DUE_SHARDS {
                for due in self.store.due_webhooks(shard, self.at(), 100, None).await.unwrap().items {
                    let DueWebhook { administration, webhook, debtor } = due;
                    let webhook_id = Some(webhook);
                    self.hint(&DispatchWebhooks {
                        administration,
                        webhook_id,
                        debtor_id: debtor,
                        sequence: None,
                    })
                    .await;
                }
            }
        }
    }

    async fn change(&self, change: impl Fn(&mut Subscription)) {
        let id = webhook();
        let changed = self.store.change_subscription(&self.settings.id, &id, |s| {
            change(s);
            Ok(())
        });
        changed.await.unwrap();
    }
}

fn webhook() -> WebhookId {
    "crm".parse().unwrap()
}

fn made(id: &str) -> Debtor {
    Debtor {
        id: id.parse().unwrap(),
        number: id.to_owned(),
        name: id.to_owned(),
        kind: DebtorKind::Consumer,
        person: None,
        emails: Vec::new(),
        phone: None,
        mobile: None,
        language: domain::Language::Nl,
        kvk_number: None,
        vat_id: None,
        iban: None,
        address: None,
        policy_id: None,
        labels: Vec::new(),
        modified_at: BEGAN.parse().unwrap(),
    }
}

#[tokio::test]
async fn what_happens_is_told_once_in_order_whichever_hints_come() {
    let world = World::new().await;
    let hints = [world.happens("d1").await, world.happens("d1").await, world.happens("d1").await];
    // The first is lost, and the last comes before the one in the middle.
    world.hint(&hints[2]).await;
    assert_eq!(world.outside.taken(), ["crm.d1.2-0", "crm.d1.3-0", "crm.d1.4-0"]);
    for hint in [&hints[1], &hints[2], &hints[0]] {
        world.hint(hint).await;
    }
    assert_eq!(world.outside.tried(), 3);
    let next = world.happens("d1").await;
    world.hint(&next).await;
    assert_eq!(world.outside.taken().last().map(String::as_str), Some("crm.d1.5-0"));
}

#[tokio::test]
async fn a_receiver_that_was_away_for_two_days_gets_everything_in_order() {
    let world = World::new().await;
    world.answer(Answered::Status(503));
    for _ in 0..4 {
        for debtor in ["d1", "d2"] {
            let hint = world.happens(debtor).await;
            world.hint(&hint).await;
        }
        world.hours(12).await;
    }
    assert_eq!(world.outside.taken(), [] as [&str; 0]);
    world.answer(Answered::Status(204));
    world.hours(30).await;
    let mut taken = world.outside.taken();
    taken.sort_by_key(|id| id.split('.').nth(1).map(str::to_owned));
    let expected = ["crm.d1.2-0", "crm.d1.3-0", "crm.d1.4-0", "crm.d1.5-0"];
    assert_eq!(taken[..4], expected);
    assert_eq!(taken[4..], expected.map(|id| id.replace("d1", "d2")));
}

#[tokio::test]
async fn a_slow_receiver_is_called_twice_at_a_time_and_keeps_nobody_else_waiting() {
    let world = World::new().await;
    let debtors: Vec<String> = (1..=12).map(|number| format!("d{number}")).collect();
    // Every call is answered, just before the time is up.
    world.outside.slow.lock().unwrap().takes = Some((world.now.clone(), 9_000));
    let first = world.happens("d0").await;
    world.hint(&first).await;
    world.outside.slow.lock().unwrap().most = 0;
    world.other().await;
    for debtor in &debtors {
        let hint = serde_json::to_string(&world.happens(debtor).await).unwrap();
        world.outside.queue.lock().unwrap().push_back(hint);
    }
    world.all_at_once().await;
    assert_eq!(world.outside.slow.lock().unwrap().most, AT_ONCE);
    let of = |id: &str| world.outside.taken().into_iter().filter(|taken| taken.starts_with(id)).count();
    assert_eq!(of("erp."), debtors.len(), "the other receiver has everything");
    // Whoever got no turn comes back at a time of its own, within a quarter of an hour.
    let mut later = BTreeSet::new();
    for debtor in &debtors {
        let lane = world.lane(debtor).await;
        later.extend(lane.due_at.filter(|at| *at > world.at() - SignedDuration::from_mins(5)));
    }
    let waiting = debtors.len() + 1 - of("crm.");
    assert!(waiting > 2 && later.len() == waiting, "{waiting} {later:?}");
    assert!(later.iter().all(|at| *at <= world.at() + SignedDuration::from_mins(15)), "{later:?}");

    world.outside.slow.lock().unwrap().takes = None;
    world.hours(1).await;
    let mut taken: Vec<String> =
        world.outside.taken().into_iter().filter(|id| id.starts_with("crm.")).collect();
    taken.sort();
    let mut expected: Vec<String> = (0..=12).map(|number| format!("crm.d{number}.2-0")).collect();
    expected.sort();
    assert_eq!(taken, expected, "each once");
}

#[tokio::test]
async fn after_ten_attempts_it_is_disabled_with_one_mail_and_goes_on_once_enabled() {
    let world = World::new().await;
    world.answer(Answered::Not("timeout"));
    let hint = world.happens("d1").await;
    world.hint(&hint).await;
    world.hours(100).await;
    assert_eq!((world.outside.tried(), *world.outside.mails.lock().unwrap()), (10, 1));
    assert!(matches!(
        world.settled().await,
        SubscriptionState::Disabled { reason: DisabledReason::Failing, .. }
    ));
    let hint = world.happens("d1").await;
    world.hint(&hint).await;
    world.hours(24).await;
    assert_eq!((world.outside.tried(), *world.outside.mails.lock().unwrap()), (10, 1));
    world.answer(Answered::Status(204));
    let now = world.at();
    world.change(|subscription| subscription.enable(now)).await;
    world.hours(1).await;
    assert_eq!(world.outside.taken(), ["crm.d1.2-0", "crm.d1.3-0"]);
    assert_eq!(
        world.store.subscription(&world.settings.id, &webhook()).await.unwrap().unwrap().value.due_at(),
        None
    );
}

#[tokio::test]
async fn one_that_is_gone_is_disabled_at_once() {
    let world = World::new().await;
    world.answer(Answered::Status(410));
    let hint = world.happens("d1").await;
    world.hint(&hint).await;
    assert!(matches!(
        world.settled().await,
        SubscriptionState::Disabled { reason: DisabledReason::Gone, .. }
    ));
    assert_eq!((world.outside.tried(), *world.outside.mails.lock().unwrap()), (1, 1));
}

#[tokio::test]
async fn what_was_delivered_is_delivered_again_before_what_is_new() {
    let world = World::new().await;
    for _ in 0..3 {
        let hint = world.happens("d1").await;
        world.hint(&hint).await;
    }
    let (a, d) = (&world.settings.id, "d1".parse().unwrap());
    let places = [2, 3].map(|sequence| domain::webhook_lane::Place { sequence, part: 0 });
    world.answer(Answered::Status(500));
    world.store.repeat_deliveries(a, &webhook(), &d, &places, world.at()).await.unwrap();
    let next = world.happens("d1").await;
    world.hint(&next).await;
    world.answer(Answered::Status(204));
    world.hours(1).await;
    let expected = ["2-0", "3-0", "4-0", "2-0", "3-0", "5-0"].map(|place| format!("crm.d1.{place}"));
    assert_eq!(world.outside.taken(), expected);
}

#[tokio::test]
async fn what_is_older_than_thirty_days_is_not_told_any_more() {
    let world = World::new().await;
    let now = world.at();
    world.change(|subscription| subscription.disable(DisabledReason::Asked, now)).await;
    let hint = world.happens("d1").await;
    world.hint(&hint).await;
    world.now.fetch_add(SignedDuration::from_hours(31 * 24).as_millis() as i64, Ordering::SeqCst);
    let hint = world.happens("d1").await;
    world.hint(&hint).await;
    let now = world.at();
    world.change(|subscription| subscription.enable(now)).await;
    world.hours(1).await;
    assert_eq!(world.outside.taken(), ["crm.d1.3-0"]);
    assert_eq!(*world.outside.mails.lock().unwrap(), 0);
}
