//! A signal for tests.

use domain::Money;
use domain::administration::Sector;
use domain::step::SignalKind;
use jiff::civil::date;

use crate::platform::{SignalAddress, SignalMessage, SignalPerson};

pub(crate) fn message() -> SignalMessage {
    SignalMessage {
        id: "d1.s1".to_owned(),
        idempotency_key: "d1.s1.create".to_owned(),
        kind: SignalKind::Early,
        sector: Sector::Energy,
        warm_handover: true,
        arrears: Money::from_cents(363_50),
        arrears_since: date(2026, 9, 15),
        months_in_arrears: 2,
        signalled_on: date(2026, 11, 24),
        client_number: "D-1001".to_owned(),
        person: SignalPerson {
            initials: Some("J.".to_owned()),
            prefix: Some("de".to_owned()),
            surname: "Vries".to_owned(),
            birth_date: date(1985, 4, 12),
            phones: vec!["+31612345678".to_owned()],
            emails: vec!["j.devries@example.nl".to_owned()],
        },
        address: SignalAddress {
            postcode: "3511AA".to_owned(),
            house_number: "1".to_owned(),
            suffix: Some("bis".to_owned()),
            street: "Oudegracht".to_owned(),
            city: "Utrecht".to_owned(),
        },
        municipality_code: "0344".to_owned(),
        planned_end_of_supply: None,
        supersedes: None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_signal_in_a_log_line_tells_nothing_about_the_resident() {
        let shown =
            format!("{:?} {:?} {:?}", super::message(), super::message().person, super::message().address);
        for planted in ["Vries", "1985", "3511AA", "Oudegracht", "devries@", "+316", "D-1001"] {
            assert!(!shown.contains(planted), "{planted}");
        }
    }
}
