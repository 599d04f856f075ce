//! The service for text messages.

use std::sync::Arc;

use async_trait::async_trait;
use outside::outcome::{RefusalKind, SendOutcome};
use outside::sms::{Sms, Texter};

use super::super::weather::{Fate, Function};
use super::{SLOWEST_CALL, Seen, Shared};

/// The service, as the function that sends reaches it.
#[derive(Debug)]
pub struct TextEdge {
    pub shared: Arc<Shared>,
}

#[async_trait]
impl Texter for TextEdge {
    async fn send(&self, sms: &Sms) -> SendOutcome {
        let unknown = || SendOutcome::Unknown { reason: "timeout".to_owned() };
        let fate = self.shared.step(Function::SendNotice, "text", SLOWEST_CALL).await;
        match fate {
            Fate::LostBefore => return unknown(),
            Fate::Throttled => {
                let reason = "ThrottlingException".to_owned();
                return SendOutcome::Refused { reason, kind: RefusalKind::Temporary };
            }
            _ => {}
        }
        let number = {
            let mut inner = self.shared.inner();
            inner.mails += 1;
            inner.mails
        };
        let (process, answered) = (self.shared.process(), fate == Fate::Done);
        self.shared.saw(Seen::Texted { process, sms: Box::new(sms.clone()), answered });
        match fate {
            Fate::KilledAfter => {
                self.shared.die().await;
                unknown()
            }
            Fate::LostAfter => unknown(),
            _ => SendOutcome::Accepted { message_id: format!("t{number}") },
        }
    }
}
