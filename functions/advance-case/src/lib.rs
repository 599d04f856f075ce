//! Decides what happens next to one debtor: ends holds that ran out, settles calls that never answered, prepares the
//! notice that is due, and hints at work that is waiting to be done.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::failure::Failure;
use contracts::queues::{
    AdvanceCase, BuildDossier, CheckPayment, EvaluateSignal, SendLetter, SendNotice, SubmitSignal,
};
use domain::case_dossier;
use domain::dossier::{Dossier, Draft};
use domain::follow_up;
use domain::ids::AdministrationId;
use domain::notice::{Channel, NoticeState};
use domain::posting;
use domain::requesting;
use domain::signalling::{SignalWork, due_work};
use jiff::Timestamp;
use runtime::clock::Clock;
use runtime::hints::{Hints, hint};
use runtime::queue::{Delivery, Handled, QueueHandler};
use store::{Store, until_no_conflict};

/// Who the timeline says did it.
const BY: &str = "schedule";

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Advance {
    pub store: Store,
    pub clock: Clock,
    pub notices: Arc<dyn Hints>,
    pub letters: Arc<dyn Hints>,
    pub evaluations: Arc<dyn Hints>,
    pub submissions: Arc<dyn Hints>,
    pub checks: Arc<dyn Hints>,
    pub dossiers: Arc<dyn Hints>,
}

impl Advance {
    /// Brings one debtor up to now.
    pub async fn run(&self, message: &AdvanceCase) -> Result<Handled, Failure> {
        let AdvanceCase { administration, debtor_id } = message;
        let Some(settings) = self.store.administration(administration).await? else {
            return Ok(Handled::Skipped("no_such_administration"));
        };
        let settings = settings.value;
        let found = until_no_conflict(|| async {
            let Some(placed) = self.store.placed_dossier(administration, debtor_id).await? else {
                return Ok(None);
            };
            let now = self.clock.now()?;
            let waiting = placed.known.value.clone();
            let mut draft = Draft::of(waiting.clone(), now, BY);
            follow_up::advance(&mut draft, &settings);
            // Without anything to do it is written only to take its right place in the due index: the settings may
            // have changed since it was stored.
            let in_place = placed.is_right_for(&draft.dossier, &settings, now);
            if !(draft.is_unchanged() && in_place) {
                self.store.commit(&settings, &draft, Some(placed.known.version), Vec::new()).await?;
            }
            Ok(Some((waiting, draft.is_unchanged(), now)))
        })
        .await?;
        let Some((waiting, unchanged, now)) = found else { return Ok(Handled::Skipped("no_such_debtor")) };
        // What this run prepared is announced by the stream. Hints are for what an earlier announcement lost.
        let hinted = self.hint_waiting(administration, &waiting, now).await?;
        Ok(match (unchanged, hinted) {
            (false, _) => Handled::Done("advanced"),
            (true, true) => Handled::Done("hinted"),
            (true, false) => Handled::Skipped("nothing_due"),
        })
    }

    async fn hint_waiting(
        &self,
        administration: &AdministrationId,
        dossier: &Dossier,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let mut hinted = false;
        let prepared = dossier.notices.iter().filter(|n| matches!(n.state, NoticeState::Prepared { .. }));
        for notice in prepared {
            let (administration, notice_id) = (administration.clone(), notice.id.clone());
            match notice.channel {
                Channel::Letter => hint(&*self.letters, &SendLetter { administration, notice_id }).await?,
                Channel::Email | Channel::Sms | Channel::Phone => {
                    hint(&*self.notices, &SendNotice { administration, notice_id }).await?;
                }
            }
            hinted = true;
        }
        for notice in posting::to_look_at(dossier, now) {
            let (administration, notice_id) = (administration.clone(), notice.id.clone());
            hint(&*self.letters, &SendLetter { administration, notice_id }).await?;
            hinted = true;
        }
        for request in requesting::due(dossier, now) {
            let payment_request_id = Some(request.id.clone());
            let administration = administration.clone();
            hint(&*self.checks, &CheckPayment { administration, payment_request_id, told: None }).await?;
            hinted = true;
        }
        for asked in case_dossier::to_build(dossier, now) {
            let (administration, dossier_id) = (administration.clone(), asked.id.clone());
            hint(&*self.dossiers, &BuildDossier { administration, dossier_id }).await?;
            hinted = true;
        }
        let mut evaluate = Vec::new();
        for work in due_work(dossier, now) {
            match work {
                SignalWork::Evaluate(kind) => evaluate.push(kind),
                SignalWork::Submit(signal_id) => {
                    let message = SubmitSignal { administration: administration.clone(), signal_id };
                    hint(&*self.submissions, &message).await?;
                    hinted = true;
                }
            }
        }
        if !evaluate.is_empty() {
            // Together, as the notice asked for them: beside a heavier kind a lighter one may tell nothing new.
            evaluate.sort_unstable();
            evaluate.dedup();
            let debtor_id = dossier.debtor.id.clone();
            let administration = administration.clone();
            hint(&*self.evaluations, &EvaluateSignal { administration, debtor_id, evaluate }).await?;
            hinted = true;
        }
        Ok(hinted)
    }
}

#[async_trait]
impl QueueHandler<AdvanceCase> for Advance {
    async fn handle(&self, message: AdvanceCase, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&message).await
    }
}
