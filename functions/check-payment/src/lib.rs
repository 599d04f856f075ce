//! Looks at one payment request at its provider: what a callback hinted at, what is due without one, and what was begun and
//! whose answer was lost.

use async_trait::async_trait;
use contracts::failure::Failure;
use contracts::queues::CheckPayment;
use payment_requests::{Checked, PaymentRequests};
use runtime::queue::{Delivery, Handled, QueueHandler};

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Check {
    pub requests: PaymentRequests,
}

impl Check {
    pub async fn run(&self, message: &CheckPayment) -> Result<Handled, Failure> {
        Ok(match self.requests.check(message).await? {
            Checked::Applied => Handled::Done("applied"),
            Checked::Finished => Handled::Done("finished"),
            Checked::Nothing(why) => Handled::Skipped(why),
        })
    }
}

#[async_trait]
impl QueueHandler<CheckPayment> for Check {
    async fn handle(&self, message: CheckPayment, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&message).await
    }
}
