//! Looks at the conditions of a signal that a step asked for, and prepares it or writes down what blocks it.

use async_trait::async_trait;
use contracts::failure::Failure;
use contracts::queues::EvaluateSignal;
use domain::dossier::Draft;
use domain::signalling;
use runtime::clock::Clock;
use runtime::queue::{Delivery, Handled, QueueHandler};
use store::{Store, until_no_conflict};

/// Who the timeline says did it.
const BY: &str = "signal rules";

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Evaluate {
    pub store: Store,
    pub clock: Clock,
}

impl Evaluate {
    pub async fn run(&self, message: &EvaluateSignal) -> Result<Handled, Failure> {
        let EvaluateSignal { administration, debtor_id, evaluate } = message;
        let Some(settings) = self.store.administration(administration).await? else {
            return Ok(Handled::Skipped("no_such_administration"));
        };
        let settings = settings.value;
        until_no_conflict(|| async {
            let Some(known) = self.store.dossier(administration, debtor_id).await? else {
                return Ok(Handled::Skipped("no_such_debtor"));
            };
            let mut draft = Draft::of(known.value, self.clock.now()?, BY);
            // The heavier kind first: beside a crisis signal an early one tells nothing new.
            for kind in evaluate.iter().rev() {
                signalling::evaluate(&mut draft, &settings, *kind);
            }
            if draft.is_unchanged() {
                return Ok(Handled::Skipped("nothing_new"));
            }
            self.store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
            Ok(Handled::Done("evaluated"))
        })
        .await
    }
}

#[async_trait]
impl QueueHandler<EvaluateSignal> for Evaluate {
    async fn handle(&self, message: EvaluateSignal, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&message).await
    }
}
