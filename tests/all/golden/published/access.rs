//! Samples of what happens at the door of a debtor's page.

use domain::step::SignalKind;
use domain::timeline::Event;

use super::{debtor, notice, reason, signal};

pub(super) fn next(event: &Event) -> Option<Event> {
    let code = debtor().access_code(1);
    Some(match event {
        Event::AccessCodeAsked { .. } => Event::AccessCodeSent { code },
        Event::AccessCodeSent { .. } => Event::AccessCodeFailed { code, reason: reason() },
        Event::AccessCodeFailed { .. } => Event::PortalOpened { notice: notice() },
        _ => Event::SignalBlocked {
            signal: signal(),
            kind: SignalKind::Early,
            conditions: vec!["birthDateKnown".to_owned()],
            rules_version: 1,
            settings_version: 1,
        },
    })
}
